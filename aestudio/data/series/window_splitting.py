"""Holding back windows so that no step of a series is both trained on and held back.

Stretches of neighbouring windows, spread over the whole time, are held back; windows that reach into
such a stretch without lying in it belong to neither part.

Shapes: N windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Severity
from aestudio.data.series.window_places import WindowPlaces
from aestudio.data.splitting import Split, mixed, split

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions

Mask = npt.NDArray[np.bool_]

#: More stretches than this would not represent the time any better.
_MOST_STRETCHES = 10
#: A stretch is at least this many windows long, so that the windows lost at its ends weigh little.
_LENGTHS_OF_STRETCH = 4


def split_windows(places: WindowPlaces, options: DataOptions) -> Split:
    """Hold back about ``validation_fraction`` of the windows, chosen by ``split_seed`` alone.

    Where the series is so short that no window could be trained on beside a held-back one, windows
    are drawn as if they did not overlap.
    """
    found = _separate(places, options)
    return split(len(places.start), options) if found is None else found


def window_split_finding(places: WindowPlaces, options: DataOptions) -> Iterator[Finding]:
    """Yield what is particular about the split of these windows."""
    num_windows = len(places.start)
    if options.validation_fraction == 0 or num_windows < 2:
        return
    found = _separate(places, options)
    if found is None:
        yield Finding(
            Severity.WARNING,
            "Windows overlap, and so few fit into the series that those held back for validation share steps with those trained on: the validation loss will look too good.",
            "Set 'Window stride' to the length of a window, or make windows shorter.",
        )
        return
    num_unused = num_windows - len(found.train) - len(found.validation)
    text = "Validation holds back whole stretches of time, so that it shares no step with training"
    if num_unused:
        text += f"; {num_unused:,} windows that reach into them are not used"
    yield Finding(Severity.NOTE, f"{text}.")


def _separate(places: WindowPlaces, options: DataOptions) -> Split | None:
    """Split without a shared step, or return None where one part would be empty."""
    num_windows = len(places.start)
    share = options.validation_fraction
    if share == 0 or num_windows < 2:
        return None
    num_held = min(max(1, round(num_windows * share)), num_windows - 1)
    while num_held:
        is_held = _stretches(places, num_held, options.split_seed)
        is_trained = ~is_held & ~_reach_into(places, is_held)
        if is_trained.any():
            return Split(train=np.flatnonzero(is_trained), validation=np.flatnonzero(is_held))
        # Fewer leave more room beside them.
        num_held //= 2
    return None


def _stretches(places: WindowPlaces, num_held: int, seed: int) -> Mask:
    """Mark one run of neighbours in each of several equal sections."""
    num_windows = len(places.start)
    along_a_window = -(-places.length // places.stride)
    count = num_held // (_LENGTHS_OF_STRETCH * along_a_window)
    count = min(max(1, count), _MOST_STRETCHES)
    ends = np.linspace(0, num_windows, count + 1).round().astype(np.int64)
    lengths = np.diff(np.linspace(0, num_held, count + 1).round().astype(np.int64))
    is_held = np.zeros(num_windows, np.bool_)
    offsets = mixed(count, seed)
    for first, stop, length, offset in zip(ends, ends[1:], lengths, offsets, strict=False):
        start = first + int(offset) % max(1, int(stop - first - length + 1))
        is_held[start : min(start + length, stop)] = True
    return is_held


def _reach_into(places: WindowPlaces, is_held: Mask) -> Mask:
    """Mark every window that shares a step with a held one."""
    # Series follow each other with more than a window in between, so that one axis holds them all.
    span = int(places.start.max()) + 2 * places.length
    at = places.series * span + places.start
    held = at[is_held]
    after = np.searchsorted(held, at)
    next_one = held[np.minimum(after, len(held) - 1)]
    one_before = held[np.maximum(after - 1, 0)]
    nearest = np.minimum(np.abs(next_one - at), np.abs(at - one_before))
    return np.asarray(nearest < places.length)
