"""The charts of the one-page summary: curves, the latent map, and samples that are no pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from aestudio.analysis.palette import OKABE_ITO, UNLABELLED, class_colors
from aestudio.export.page_canvas import HAIRLINE, INK, SOFT_INK, Box, Canvas, Color, text_width

Curve = tuple["npt.NDArray[np.float64]", "npt.NDArray[np.float64]"]  #: x, y

_LABEL_SIZE = 15
_MOST_LEGEND_ENTRIES = 24


def draw_curves(
    canvas: Canvas, box: Box, train: Mapping[str, Curve], validation: Mapping[str, Curve]
) -> None:
    """Draw every term; training solid, validation dashed, the y axis logarithmic where it can be."""
    left, top, right, bottom = box
    names = list(dict.fromkeys([*train, *validation]))
    finite = [_finite(curve) for curves in (train, validation) for curve in curves.values()]
    drawn = [curve for curve in finite if curve[0].size]
    if not drawn:
        _say(canvas, box, "no finished epoch yet")
        return
    x_low, x_high = _span([curve[0] for curve in drawn])
    y_low, y_high = _span([curve[1] for curve in drawn])
    is_log = y_low > 0 and y_high / y_low > 5
    plot = (left + 62, top + 34, right - 8, bottom - 34)
    scale_y = np.log10 if is_log else np.asarray
    limits = (float(scale_y(y_low)), float(scale_y(y_high)))
    for tick in _log_ticks(y_low, y_high) if is_log else ticks(y_low, y_high):
        y = float(place_on(float(scale_y(tick)), limits, (plot[3], plot[1])))
        canvas.line([(plot[0], y), (plot[2], y)], HAIRLINE, 1)
        canvas.text((plot[0] - 8, y), f"{tick:g}", _LABEL_SIZE, SOFT_INK, anchor="rm")
    # Epochs are whole numbers, and so are the marks under them.
    for tick in ticks(x_low, x_high, least_step=1.0):
        x = float(place_on(tick, (x_low, x_high), (plot[0], plot[2])))
        canvas.text((x, plot[3] + 8), f"{tick:g}", _LABEL_SIZE, SOFT_INK, anchor="mt")
    legend_x = plot[0]
    for index, name in enumerate(names):
        color = OKABE_ITO[index % len(OKABE_ITO)]
        for curves, is_dashed in ((train, False), (validation, True)):
            if name not in curves:
                continue
            xs, ys = _finite(curves[name])
            points = np.stack(
                [
                    place_on(xs, (x_low, x_high), (plot[0], plot[2])),
                    place_on(scale_y(ys), limits, (plot[3], plot[1])),
                ],
                axis=1,
            )
            _draw_curve(canvas, points, color, is_dashed)
        canvas.mark((legend_x, top + 12), color)
        legend_x += 26 + canvas.text((legend_x + 26, top + 12), name, _LABEL_SIZE, anchor="lm") + 18
    if validation:
        canvas.mark((legend_x, top + 12), SOFT_INK, is_dashed=True)
        canvas.text((legend_x + 26, top + 12), "validation", _LABEL_SIZE, SOFT_INK, anchor="lm")


def draw_map(
    canvas: Canvas,
    box: Box,
    points_N2: npt.NDArray[np.floating],
    labels_N: npt.NDArray[np.int64],
    label_names: Sequence[str],
) -> None:
    """Draw the codes, coloured by label, with a legend below."""
    left, top, right, bottom = box
    points = np.asarray(points_N2, np.float64)
    is_finite = np.isfinite(points).all(axis=1)
    points, labels = points[is_finite], labels_N[is_finite]
    if not len(points):
        _say(canvas, box, "no codes yet")
        return
    used = [index for index in range(len(label_names)) if (labels == index).any()]
    bottom -= _draw_legend(canvas, (left, bottom, right), used, label_names)
    low, high = points.min(axis=0), points.max(axis=0)
    # One scale for both directions, because distances on the map are meant to be compared.
    extent = max(float((high - low).max()), 1e-12)
    middle = (low + high) / 2
    reach = min(right - left, bottom - top) - 16
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    placed = centre + (points - middle) / extent * reach * np.array([1, -1])
    colors = np.tile(np.array(UNLABELLED), (len(points), 1))
    palette = class_colors(max(1, len(label_names)))
    known = (labels >= 0) & (labels < len(label_names))
    colors[known] = palette[labels[known]]
    radius = float(np.clip(110 / math.sqrt(len(points)), 2.2, 5))
    # Classes in mixed order, so that the last one does not hide the others.
    order = np.random.default_rng(0).permutation(len(points))
    canvas.cloud(placed[order], colors[order], radius)


def draw_profile(
    canvas: Canvas,
    box: Box,
    original: npt.NDArray[np.floating],
    reconstruction: npt.NDArray[np.floating] | None,
    limits: tuple[float, float],
) -> None:
    """Draw one sample that is no picture: its numbers as a line, the reconstruction over it.

    ``limits`` are the numbers at the bottom and at the top.
    """
    left, top, right, bottom = box
    canvas.line([(left, bottom), (right, bottom)], HAIRLINE, 1)
    for sample, color in ((original, INK), (reconstruction, OKABE_ITO[5])):
        if sample is None:
            continue
        values = np.asarray(sample, np.float64).ravel()
        xs = np.linspace(left, right, len(values)) if len(values) > 1 else np.array([left])
        keep = np.isfinite(values)
        ys = place_on(values[keep], limits, (bottom, top))
        canvas.line(np.stack([xs[keep], ys], axis=1), color, 1.5)


def limits_of(*samples: npt.NDArray[np.generic]) -> tuple[float, float]:
    """The range of all finite numbers, so that profiles side by side can be compared."""
    values = np.concatenate([np.asarray(sample, np.float64).ravel() for sample in samples])
    finite = values[np.isfinite(values)]
    return _widened(float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def _draw_curve(
    canvas: Canvas, points: npt.NDArray[np.float64], color: Color, is_dashed: bool
) -> None:
    if not is_dashed:
        canvas.line(points, color, 2.2)
        return
    if len(points) == 1:
        canvas.dots(points, color, 3)
        return
    # Dashes of equal length along the curve, however its points lie.
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    for start in np.arange(0.0, along[-1], 11.0):
        inner = points[(along > start) & (along < start + 6)]
        ends = [
            [np.interp(place, along, points[:, axis]) for axis in (0, 1)]
            for place in (start, min(start + 6, along[-1]))
        ]
        canvas.line(np.concatenate([ends[:1], inner, ends[1:]]), color, 2.2)


def _draw_legend(
    canvas: Canvas, edge: tuple[float, float, float], used: list[int], names: Sequence[str]
) -> float:
    """Draw the labels in rows that end at the bottom edge; return the height that they take."""
    left, bottom, right = edge
    palette = class_colors(max(1, len(names)))
    entries = [(names[index][:24], palette[index].tolist()) for index in used]
    more = len(entries) - _MOST_LEGEND_ENTRIES
    if more > 0:
        entries = [*entries[:_MOST_LEGEND_ENTRIES], (f"and {more} more", list(SOFT_INK))]
    rows: list[list[tuple[float, str, list[int]]]] = [[]]
    x = left
    for name, color in entries:
        width = 20 + text_width(name, _LABEL_SIZE) + 18
        if x + width > right and rows[-1]:
            rows.append([])
            x = left
        rows[-1].append((x, name, color))
        x += width
    height = 24.0 * len(rows) if entries else 0.0
    for index, row in enumerate(rows):
        y = bottom - height + 24 * index + 12
        for x, name, color in row:
            canvas.dots([(x + 7, y)], (color[0], color[1], color[2]), 6)
            canvas.text((x + 20, y), name, _LABEL_SIZE, anchor="lm")
    return height + 6


def _say(canvas: Canvas, box: Box, text: str) -> None:
    left, top, right, bottom = box
    canvas.text(((left + right) / 2, (top + bottom) / 2), text, 18, SOFT_INK, anchor="mm")


def _finite(curve: Curve) -> Curve:
    xs, ys = (np.asarray(values, np.float64) for values in curve)
    keep = np.isfinite(xs) & np.isfinite(ys)
    return xs[keep], ys[keep]


def _span(arrays: Sequence[npt.NDArray[np.float64]]) -> tuple[float, float]:
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    return _widened(low, high)


def _widened(low: float, high: float) -> tuple[float, float]:
    """A range of some width, around a single value too."""
    if high > low:
        return low, high
    margin = abs(low) / 10 or 1.0
    return low - margin, high + margin


def place_on(
    value: npt.ArrayLike, limits: tuple[float, float], ends: tuple[float, float]
) -> npt.NDArray[np.float64]:
    share = (np.asarray(value, np.float64) - limits[0]) / (limits[1] - limits[0])
    return np.asarray(ends[0] + share * (ends[1] - ends[0]))


def ticks(low: float, high: float, least_step: float = 0.0) -> list[float]:
    """Four to nine round numbers within the range; fewer where ``least_step`` allows no more."""
    rough = max((high - low) / 5, least_step)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{index * step:.10g}") for index in range(first, last + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 5) if math.log10(high / low) < 2.5 else (1,)
    candidates = [factor * 10.0**power for power in powers for factor in factors]
    return [float(f"{tick:.10g}") for tick in candidates if low <= tick <= high]
