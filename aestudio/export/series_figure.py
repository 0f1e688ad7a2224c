"""Samples over time with their reconstructions, each with its axes, as one picture.

Shapes: P samples, T steps, C channels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.analysis.palette import OKABE_ITO
from aestudio.analysis.time_ticks import TimeTicks, time_ticks
from aestudio.data.series.sample_times import Moments
from aestudio.export.page_canvas import HAIRLINE, INK, SOFT_INK, Box, Canvas, Color
from aestudio.export.page_charts import limits_of, place_on, ticks

WIDTH = 1600
_COLUMNS = 2
_MARGIN, _GAP, _PADDING = 32, 20, 18
_PANEL_HEIGHT = 250
_HEADING, _FOOT, _AXIS_WIDTH = 30, 26, 62
_LEGEND_HEIGHT = 44
_TEXT = 14
_DATE_LENGTH = len("2014-07-01")
#: A mark of the time axis has so much room.
_MARK_WIDTH = 78
#: More lines than this cannot be told apart in one panel.
_MOST_CHANNELS = 3
#: Orange, sky blue and green: as far apart as three colours can be.
_RECONSTRUCTION: tuple[Color, ...] = (OKABE_ITO[5], OKABE_ITO[1], OKABE_ITO[2])


def draw_series(
    originals_PTC: npt.NDArray[np.generic],
    reconstructions_PTC: npt.NDArray[np.generic],
    *,
    names: Sequence[str],
    moments: Moments | None = None,
    channel_names: Sequence[str] = (),
) -> npt.NDArray[np.uint8]:
    """Draw every sample in a panel of its own, (height, 1600, 3); of many channels the first three.

    ``names`` are the headings; where ``moments`` are known, the axis says when the steps were.
    """
    count = len(originals_PTC)
    rows = -(-count // _COLUMNS)
    height = 2 * _MARGIN + _LEGEND_HEIGHT + rows * (_PANEL_HEIGHT + _GAP) - _GAP
    canvas = Canvas(WIDTH, height)
    originals = np.asarray(originals_PTC[..., :_MOST_CHANNELS], np.float64)
    outputs = np.asarray(reconstructions_PTC[..., :_MOST_CHANNELS], np.float64)
    _draw_legend(canvas, originals.shape[2], channel_names, originals_PTC.shape[2])
    wide = (WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS
    limits = limits_of(originals, outputs)
    for index in range(count):
        row, column = divmod(index, _COLUMNS)
        left = _MARGIN + column * (wide + _GAP)
        top = _MARGIN + _LEGEND_HEIGHT + row * (_PANEL_HEIGHT + _GAP)
        _draw_panel(
            canvas,
            (left, top, left + wide, top + _PANEL_HEIGHT),
            originals[index],
            outputs[index],
            limits,
            names[index],
            _time_marks(moments, index, originals.shape[1], wide),
        )
    return canvas.finished()


def _draw_legend(canvas: Canvas, shown: int, names: Sequence[str], count: int) -> None:
    y = _MARGIN + _LEGEND_HEIGHT / 2 - 8
    canvas.mark((_MARGIN, y), INK)
    x = _MARGIN + 26 + canvas.text((_MARGIN + 26, y), "original", _TEXT + 1, anchor="lm") + 24
    for channel in range(shown):
        canvas.mark((x, y), _RECONSTRUCTION[channel])
        name = f": {names[channel]}" if shown > 1 and channel < len(names) else ""
        text = f"reconstruction{name}"
        x += 26 + canvas.text((x + 26, y), text, _TEXT + 1, anchor="lm", most_width=360) + 24
    if count > shown:
        text = f"the first {shown} of {count} channels"
        canvas.text((x, y), text, _TEXT + 1, SOFT_INK, anchor="lm")


def _time_marks(moments: Moments | None, index: int, num_steps: int, wide: float) -> TimeTicks:
    most = max(2, int((wide - _AXIS_WIDTH) // _MARK_WIDTH))
    if moments is None:
        # Without times, steps are counted from 1.
        return time_ticks(np.arange(1.0, num_steps + 1), is_date=False, unit="step", most=most)
    return time_ticks(moments.values[index], is_date=moments.is_date, unit=moments.unit, most=most)


def _draw_panel(
    canvas: Canvas,
    box: Box,
    original_TC: npt.NDArray[np.float64],
    output_TC: npt.NDArray[np.float64],
    limits: tuple[float, float],
    name: str,
    marks: TimeTicks,
) -> None:
    left, top, right, bottom = box
    canvas.card(box)
    plot = (
        left + _PADDING + _AXIS_WIDTH,
        top + _HEADING + _PADDING / 2,
        right - _PADDING,
        bottom - _FOOT - _PADDING / 2,
    )
    # Windows of a day are called by the day that their axis is headed with.
    is_same = len(name) >= _DATE_LENGTH and name[:_DATE_LENGTH] in marks.heading
    title, beside = (marks.heading, "") if is_same else (name, marks.heading)
    used = canvas.text((left + _PADDING, top + 24), title, _TEXT + 2, most_width=(right - left) / 2)
    if beside:
        at = (left + _PADDING + used + 14, top + 24)
        canvas.text(at, beside, _TEXT, SOFT_INK, most_width=300)
    for value in ticks(*limits):
        y = float(place_on(value, limits, (plot[3], plot[1])))
        canvas.line([(plot[0], y), (plot[2], y)], HAIRLINE, 1)
        canvas.text((plot[0] - 8, y), f"{value:g}", _TEXT, SOFT_INK, anchor="rm")
    canvas.line([(plot[0], plot[3]), (plot[2], plot[3])], SOFT_INK, 1)
    for place, text in zip(marks.places, marks.texts, strict=True):
        x = plot[0] + place * (plot[2] - plot[0])
        canvas.line([(x, plot[3]), (x, plot[3] + 5)], SOFT_INK, 1)
        canvas.text((x, plot[3] + 9), text, _TEXT, SOFT_INK, anchor="mt")
    across = np.linspace(plot[0], plot[2], len(original_TC))
    for samples, colors, width in (
        (original_TC, (INK,) * _MOST_CHANNELS, 1.4),
        (output_TC, _RECONSTRUCTION, 2.0),
    ):
        for values, color in zip(samples.T, colors, strict=False):
            _draw_line(canvas, across, values, limits, (plot[3], plot[1]), color, width)


def _draw_line(
    canvas: Canvas,
    across: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    limits: tuple[float, float],
    ends: tuple[float, float],
    color: Color,
    width: float,
) -> None:
    """Draw a line that breaks off where a value is missing."""
    known = np.isfinite(values)
    down = place_on(np.where(known, values, limits[0]), limits, ends)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    for first, stop in edges.reshape(-1, 2):
        canvas.line(np.stack([across[first:stop], down[first:stop]], axis=1), color, width)
