"""How one sample is drawn into a small square: a picture, or a row of numbers as a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

if TYPE_CHECKING:
    # Not at run time: the window opens before numpy is imported.
    import numpy as np
    import numpy.typing as npt

#: Of the line of words below a tile.
CAPTION_HEIGHT = 16
#: Below this, rounding the magnification down would waste too much of the tile.
_WHOLE_FROM = 2


def to_image(picture_HW3: npt.NDArray[np.uint8]) -> QImage:
    """Return an 8-bit RGB picture, (H, W, 3), as Qt draws it."""
    height, width, _ = picture_HW3.shape
    image = QImage(picture_HW3.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    # The image must not point into memory that goes with the bytes.
    return image.copy()


def paint_picture(painter: QPainter, image: QImage, tile: QRect) -> None:
    """Draw the picture as large as it fits, magnified without smoothing."""
    ratio = painter.device().devicePixelRatioF()
    longest = max(image.width(), image.height())
    magnification = tile.width() * ratio / longest
    size = QSizeF(image.size())
    if magnification >= _WHOLE_FROM:
        # Whole device pixels per pixel, so that all of them are equally large.
        size *= int(magnification) / ratio
    else:
        size.scale(QSizeF(tile.size()), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(0, 0), size)
    place.moveCenter(QRectF(tile).center())
    place.moveTopLeft(QPointF(round(place.x() * ratio) / ratio, round(place.y() * ratio) / ratio))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, magnification < 1)
    painter.drawImage(place, image)


def paint_profile(
    painter: QPainter, profile_D: npt.NDArray[np.float32], tile: QRect, color: str
) -> None:
    """Draw values between 0 and 1 as a line; what is not a number is left out."""
    inner = tile.adjusted(3, 3, -3, -3)
    step = inner.width() / max(1, len(profile_D) - 1)
    points = [
        QPointF(inner.left() + place * step, inner.bottom() - value * inner.height())
        for place, value in enumerate(profile_D.tolist())
        if math.isfinite(value)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(color), 1.2))
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
