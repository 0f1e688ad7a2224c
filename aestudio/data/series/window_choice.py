"""How long windows are, how far apart, and where they begin.

What is chosen for a person is a function of the series alone, and what is written down of it (length
and stride) gives the same windows again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.files.plain_words import printable
from aestudio.data.series.time_words import DAY_S
from aestudio.data.series.window_places import WindowPlaces, places_along
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions
    from aestudio.data.series.series_set import OneSeries, SeriesSet

#: Rounds of the calendar and the clock, the likeliest first; each with a moment at which one begins.
_MONDAY_S = 4 * DAY_S
_ROUNDS = ((DAY_S, 0.0), (7 * DAY_S, _MONDAY_S), (3600.0, 0.0), (60.0, 0.0))
#: A round makes a good window when it has this many steps, and when there are some of them.
_ROUND_STEPS = (20, 512)
_FEWEST_ROUNDS = 10
#: Without a round: this many steps, or fewer for a short series.
_USUAL_STEPS = 64
#: What comes more than a thousand times a second is sound, of which 64 steps hold no period.
_USUAL_STEPS_OF_SOUND, _STEP_OF_SOUND_S = 256, 1e-3
_SHORTEST = 4
_WINDOWS_OF_SHORT_SERIES = 20
#: Windows overlap, up to eightfold, until there are this many; fewer do where each is a round.
_ENOUGH_WINDOWS, _ENOUGH_ROUNDS = 500, 200
_MOST_OVERLAP = 8


def choose_places(found: SeriesSet, options: DataOptions) -> WindowPlaces:
    """Return where the windows lie; length and stride are chosen where the options leave them open.

    Raises
    ------
    DataError
        No window fits into the series.
    """
    length = options.window or _length(found)
    stride = options.window_stride or _stride(found, length, is_length_given=bool(options.window))
    pieces = [_beginning_with_a_round(series, found, length) for series in found.series]
    places = places_along([series.name for series in found.series], pieces, length, stride)
    if not len(places.start):
        # Where no whole round fits, any beginning is better than none.
        pieces = [series.pieces for series in found.series]
        places = places_along([series.name for series in found.series], pieces, length, stride)
    if not len(places.start):
        raise _too_short(found, length)
    return places


def _length(found: SeriesSet) -> int:
    num_steps = sum(len(series.values) for series in found.series)
    longest = _longest_piece(found)
    if found.step and found.is_date:
        for round_s, _ in _ROUNDS:
            steps = round_s / found.step
            fits = _ROUND_STEPS[0] <= steps <= min(_ROUND_STEPS[1], longest)
            if fits and _is_whole(steps) and num_steps >= _FEWEST_ROUNDS * steps:
                return round(steps)
    is_sound = found.step is not None and found.unit == "s" and found.step < _STEP_OF_SOUND_S
    usual = _USUAL_STEPS_OF_SOUND if is_sound else _USUAL_STEPS
    return max(min(usual, longest // _WINDOWS_OF_SHORT_SERIES), min(_SHORTEST, longest), 2)


def _stride(found: SeriesSet, length: int, *, is_length_given: bool) -> int:
    """Windows beside each other; overlapping where that makes too few and nobody said a word."""
    if is_length_given:
        return length
    enough = _ENOUGH_WINDOWS if _round_of(found, length) is None else _ENOUGH_ROUNDS
    overlap = 1
    while overlap < _MOST_OVERLAP and _count(found, length, length // overlap) < enough:
        overlap *= 2
    return max(1, length // overlap)


def _count(found: SeriesSet, length: int, stride: int) -> int:
    return sum(
        max(0, (stop - first - length) // max(1, stride) + 1)
        for series in found.series
        for first, stop in series.pieces
    )


def _round_of(found: SeriesSet, length: int) -> tuple[float, float] | None:
    """The round of calendar or clock that a window is long, with a moment at which one begins."""
    if not found.is_date or not found.step:
        return None
    return next(
        (
            (round_s, begin_s)
            for round_s, begin_s in _ROUNDS
            if abs(length * found.step / round_s - 1) < 1e-6
        ),
        None,
    )


def _beginning_with_a_round(
    series: OneSeries, found: SeriesSet, length: int
) -> Sequence[tuple[int, int]]:
    """The pieces of a series, each from its first midnight (full hour, Monday) on."""
    its_round = _round_of(found, length)
    if its_round is None or series.moments is None or not found.step:
        return series.pieces
    round_s, begin_s = its_round
    pieces = []
    for first, stop in series.pieces:
        moments = series.moments[first : min(stop, first + length + 1)]
        # Clocks of loggers are a little off: the nearest step to the beginning counts.
        into_round = (moments - begin_s + found.step / 2) % round_s
        begins = np.flatnonzero(into_round < found.step)
        pieces.append((first + int(begins[0]) if len(begins) else first, stop))
    return pieces


def _longest_piece(found: SeriesSet) -> int:
    return max(stop - first for series in found.series for first, stop in series.pieces)


def _is_whole(steps: float) -> bool:
    return abs(steps - round(steps)) < 1e-6 * steps


def _too_short(found: SeriesSet, length: int) -> DataError:
    longest = _longest_piece(found)
    has_gaps = any(series.breaks for series in found.series)
    where = "the longest stretch without a gap" if has_gaps else "the longest series"
    step = f"Set data.window to at most {longest}" if longest > 1 else "Choose longer series"
    return DataError(
        f"a window of {length:,} steps does not fit: {where} has {longest:,}.",
        subject=printable(found.source),
        next_step=f"{step}, or data.gaps to fill." if has_gaps else f"{step}.",
    )
