"""A sheet of paper to draw on: text, cards, lines, dots and pictures, smooth at the end.

All lengths are pixels of the finished page. Everything is drawn at twice that size and reduced
once, which smooths lines and text; pictures are magnified by whole pixels and stay crisp.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Color = tuple[int, int, int]
Box = tuple[float, float, float, float]  #: left, top, right, bottom

INK: Color = (28, 31, 36)
SOFT_INK: Color = (104, 110, 120)
HAIRLINE: Color = (226, 229, 234)
PAPER: Color = (245, 246, 248)
CARD: Color = (255, 255, 255)

_OVERSAMPLING = 2


class Canvas:
    """A page of ``width`` x ``height`` pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        size = (width * _OVERSAMPLING, height * _OVERSAMPLING)
        self._image = Image.new("RGB", size, PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> npt.NDArray[np.uint8]:
        """The page, (height, width, 3)."""
        reduced = self._image.resize((self.width, self.height), Image.Resampling.BOX)
        return np.asarray(reduced, dtype=np.uint8)

    def card(self, box: Box) -> None:
        """Draw a white sheet with round corners."""
        self._draw.rounded_rectangle(
            _enlarged(box), radius=12 * _OVERSAMPLING, fill=CARD, outline=HAIRLINE, width=2
        )

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        color: Color = INK,
        *,
        anchor: str = "ls",
        most_width: float | None = None,
    ) -> float:
        """Write one line and return its width; what does not fit into ``most_width`` is cut.

        ``anchor`` is Pillow's: "ls" puts the left end of the base line at ``at``.
        """
        shown = " ".join(text.split())
        if most_width is not None:
            shown = _fitted(shown, size, most_width)
        font = _font(size)
        x, y = at
        self._draw.text(
            (x * _OVERSAMPLING, y * _OVERSAMPLING), shown, fill=color, font=font, anchor=anchor
        )
        return font.getlength(shown) / _OVERSAMPLING

    def line(self, points: npt.ArrayLike, color: Color, width: float = 2.0) -> None:
        """Draw a line through the points (N, 2)."""
        corners = [tuple(point) for point in np.asarray(points, np.float64) * _OVERSAMPLING]
        if len(corners) > 1:
            thickness = max(1, round(width * _OVERSAMPLING))
            self._draw.line(corners, fill=color, width=thickness, joint="curve")
        elif corners:
            self.dots(np.asarray(points, np.float64), color, width)

    def dots(self, points_N2: npt.ArrayLike, color: Color, radius: float) -> None:
        reach = radius * _OVERSAMPLING
        for x, y in np.asarray(points_N2, np.float64) * _OVERSAMPLING:
            self._draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=color)

    def cloud(
        self, points_N2: npt.NDArray[np.float64], colors_N3: npt.ArrayLike, radius: float
    ) -> None:
        """Draw many dots, each in its own colour."""
        for point, color in zip(points_N2, np.asarray(colors_N3).tolist(), strict=True):
            self.dots(point[None], (color[0], color[1], color[2]), radius)

    def picture(
        self, at: tuple[float, float], picture_HW3: npt.NDArray[np.uint8], side: float
    ) -> None:
        """Draw a picture, as large as fits into a square of ``side`` pixels, in its centre."""
        image = Image.fromarray(np.ascontiguousarray(picture_HW3))
        room = side * _OVERSAMPLING
        factor = room / max(image.size)
        if factor >= 2:
            # Whole pixels only: uneven ones would look like a pattern in the data.
            factor = int(factor)
            resampling = Image.Resampling.NEAREST
        else:
            resampling = Image.Resampling.LANCZOS
        size = tuple(max(1, round(length * factor)) for length in image.size)
        enlarged = image.resize((size[0], size[1]), resampling)
        left = round(at[0] * _OVERSAMPLING + (room - size[0]) / 2)
        top = round(at[1] * _OVERSAMPLING + (room - size[1]) / 2)
        self._image.paste(enlarged, (left, top))

    def mark(self, at: tuple[float, float], color: Color, *, is_dashed: bool = False) -> None:
        """Draw the short line of a legend, 18 pixels wide."""
        x, y = at
        if is_dashed:
            for start in (0, 7, 14):
                self.line([(x + start, y), (x + start + 4, y)], color, 3)
        else:
            self.line([(x, y), (x + 18, y)], color, 3)


def text_width(text: str, size: float) -> float:
    return _font(size).getlength(text) / _OVERSAMPLING


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _OVERSAMPLING)


def _fitted(text: str, size: float, most_width: float) -> str:
    if text_width(text, size) <= most_width:
        return text
    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if text_width(f"{text[:middle]}...", size) <= most_width:
            fitting = middle
        else:
            too_long = middle
    return f"{text[:fitting].rstrip()}..."


def _enlarged(box: Box) -> Box:
    left, top, right, bottom = (length * _OVERSAMPLING for length in box)
    return left, top, right, bottom
