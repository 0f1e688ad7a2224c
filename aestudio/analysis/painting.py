"""Painting on a sample: strokes of a brush change pixels of a picture, in the data's own scale.

Places are (x, y) in pixels from the upper left corner: the pixel in row r and column c covers the
square from (c, r) to (c + 1, r + 1). ``low`` and ``high`` are the values drawn black and white. Of
pictures with four channels the last is the opacity: colours cover, and noise leaves it as it is.

Shapes: C channels, H height, W width.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Place = tuple[float, float]
Box = tuple[slice, slice, slice]

BrushName = Literal["dark", "light", "background", "noise"]

#: So many steps can be taken back; each keeps the pixels that it has changed.
MOST_STEPS = 100
#: A fourth channel of four is the opacity; elsewhere this chooses nothing.
_OPACITY = slice(3, 4)
_NOTHING = slice(0, 0)


@dataclass(frozen=True, slots=True)
class BrushKind:
    """What a brush is called, and what it does to the pixels that it touches."""

    title: str
    help: str


BRUSHES: dict[BrushName, BrushKind] = {
    "dark": BrushKind("Erase to dark", "Makes black what it touches, as if it were missing."),
    "light": BrushKind("Erase to light", "Makes white what it touches."),
    "background": BrushKind(
        "Background colour",
        "Covers what it touches with the colour that is in the middle among those of the border.",
    ),
    "noise": BrushKind("Noise", "Adds normal noise to what it touches, once with each stroke."),
}


@dataclass(frozen=True, slots=True)
class Brush:
    """What a stroke is made with."""

    name: BrushName
    #: In pixels of the sample.
    diameter: float
    #: Standard deviation of the noise as a share of the range from black to white.
    strength: float = 0.5


class Canvas:
    """A sample (C, H, W) that is painted on, stroke by stroke; the noise is the same each time."""

    def __init__(self, clean_CHW: Array, low: float, high: float) -> None:
        self.clean = np.array(clean_CHW, np.float32)
        self.clean.flags.writeable = False
        self._painted = self.clean.copy()
        self._low, self._high = low, high
        self._opacity = _OPACITY if len(self.clean) == _OPACITY.stop else _NOTHING
        self._stroke: _Stroke | None = None
        self._num_strokes = 0
        self._steps: deque[tuple[Box, Floats]] = deque(maxlen=MOST_STEPS)

    @property
    def painted(self) -> Floats:
        """A copy of the picture as it is now, (C, H, W)."""
        return self._painted.copy()

    @property
    def is_clean(self) -> bool:
        return np.array_equal(self._painted, self.clean)

    @property
    def can_undo(self) -> bool:
        return self._stroke is not None or bool(self._steps)

    def begin(self, brush: Brush, place: Place) -> None:
        """Put the brush down."""
        self.end()
        self._num_strokes += 1
        self._stroke = _Stroke(
            diameter=brush.diameter,
            before=self._painted.copy(),
            paint=self._paint(brush),
            is_touched=np.zeros(self.clean.shape[1:], np.bool_),
            place=place,
        )
        self.go_on(place)

    def go_on(self, place: Place) -> None:
        """Draw the brush in a straight line to ``place``; nothing happens while it is up."""
        stroke = self._stroke
        if stroke is None:
            return
        height, width = self.clean.shape[1:]
        rows, columns, is_touched = touched(stroke.place, place, stroke.diameter, height, width)
        stroke.place = place
        stroke.is_touched[rows, columns] |= is_touched
        box = slice(None), rows, columns
        self._painted[box] = np.where(is_touched, stroke.paint[box], self._painted[box])

    def end(self) -> None:
        """Take the brush up; what it has done since it was put down is one step."""
        stroke, self._stroke = self._stroke, None
        if stroke is not None and stroke.is_touched.any():
            self._keep(stroke.before, stroke.is_touched)

    def replace(self, picture_CHW: Array) -> None:
        """Let another picture stand here, as one step."""
        self.end()
        before = self._painted
        self._painted = np.array(picture_CHW, np.float32)
        is_changed = (before != self._painted).any(axis=0)
        if is_changed.any():
            self._keep(before, is_changed)

    def clear(self) -> None:
        """Show the clean sample again, as one step."""
        self.replace(self.clean)

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        self.end()
        if self._steps:
            box, before = self._steps.pop()
            self._painted[box] = before

    def _keep(self, before_CHW: Floats, is_changed_HW: Bools) -> None:
        rows = np.flatnonzero(is_changed_HW.any(axis=1))
        columns = np.flatnonzero(is_changed_HW.any(axis=0))
        box = (
            slice(None),
            slice(int(rows[0]), int(rows[-1]) + 1),
            slice(int(columns[0]), int(columns[-1]) + 1),
        )
        self._steps.append((box, before_CHW[box].copy()))

    def _paint(self, brush: Brush) -> Floats:
        """What the picture would be if the stroke touched all of it, (C, H, W)."""
        if brush.name == "noise":
            noise = np.random.default_rng(self._num_strokes).standard_normal(
                self.clean.shape, np.float32
            )
            paint = self._painted + noise * np.float32(brush.strength * (self._high - self._low))
            paint[self._opacity] = self._painted[self._opacity]
            return paint
        if brush.name == "background":
            color_C11 = background_color(self.clean)[:, None, None]
        else:
            value = self._low if brush.name == "dark" else self._high
            color_C11 = np.full((len(self.clean), 1, 1), value, np.float32)
            color_C11[self._opacity] = self._high
        return np.broadcast_to(color_C11, self.clean.shape)


@dataclass(slots=True, kw_only=True, eq=False)
class _Stroke:
    """A stroke that is being made."""

    diameter: float
    before: Floats
    #: What a pixel becomes when it is touched.
    paint: Floats
    is_touched: Bools
    place: Place


def touched(
    start: Place, end: Place, diameter: float, height: int, width: int
) -> tuple[slice, slice, Bools]:
    """Return a block of rows and columns, and which of its pixels a straight stroke touches.

    Touched are those whose centre is at most half a ``diameter`` from the line, and those that the
    two ends lie in: the finest brush leaves no gap.
    """
    radius = diameter / 2
    rows, columns = (
        _stretch(min(start[axis], end[axis]) - radius, max(start[axis], end[axis]) + radius, size)
        for axis, size in ((1, height), (0, width))
    )
    x_W = np.arange(columns.start, columns.stop) + 0.5 - start[0]
    y_H1 = (np.arange(rows.start, rows.stop) + 0.5 - start[1])[:, None]
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length2 = along_x**2 + along_y**2
    share = np.clip((x_W * along_x + y_H1 * along_y) / length2, 0.0, 1.0) if length2 else 0.0
    distance2 = (x_W - share * along_x) ** 2 + (y_H1 - share * along_y) ** 2
    is_touched = np.asarray(distance2 <= radius**2)
    for x, y in (start, end):
        if 0 <= x < width and 0 <= y < height:
            is_touched[int(y) - rows.start, int(x) - columns.start] = True
    return rows, columns, is_touched


def background_color(picture_CHW: Array) -> Floats:
    """Return the median of the pixels at the border, channel by channel, (C,)."""
    is_inside = np.zeros(picture_CHW.shape[1:], np.bool_)
    is_inside[1:-1, 1:-1] = True
    border_CP = picture_CHW[:, ~is_inside].astype(np.float32)
    return np.asarray(np.median(border_CP, axis=1), np.float32)


def _stretch(first: float, last: float, size: int) -> slice:
    """Return the pixels between two places, as far as there are any."""
    start = min(max(0, int(np.floor(first))), size)
    return slice(start, max(start, min(size, int(np.floor(last)) + 1)))
