"""Many small pictures, or rows of a table as small lines, in a grid that fills its width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from aestudio.gui.theme import Theme

_CAPTION_HEIGHT = 16


class ThumbnailGrid(QWidget):
    """Paints as many tiles as fit; pictures are magnified without smoothing."""

    def __init__(
        self,
        theme: Theme,
        *,
        tile: int,
        gap: int,
        shows_captions: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tile = tile
        self._gap = gap
        self._caption_height = _CAPTION_HEIGHT if shows_captions else 0
        self._images: list[QImage] = []
        self._profiles: npt.NDArray[np.float32] | None = None
        self._captions: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def num_tiles(self) -> int:
        return len(self._images) if self._profiles is None else len(self._profiles)

    def set_pictures(
        self, pictures_NHW3: npt.NDArray[np.uint8], captions: Sequence[str] = ()
    ) -> None:
        """Show (N, H, W, 3) pictures."""
        self._images = [_to_image(picture) for picture in pictures_NHW3]
        self._profiles = None
        self._captions = captions
        self.update()

    def set_profiles(
        self, profiles_ND: npt.NDArray[np.float32], captions: Sequence[str] = ()
    ) -> None:
        """Show (N, D) rows as lines; values lie between 0 and 1, gaps are not numbers."""
        self._images = []
        self._profiles = profiles_ND
        self._captions = captions
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(6 * (self._tile + self._gap), 2 * self._row_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * (self._tile + self._gap), self._row_height)

    @property
    def _row_height(self) -> int:
        return self._tile + self._caption_height + self._gap

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        columns = max(1, (self.width() + self._gap) // (self._tile + self._gap))
        rows = max(1, (self.height() + self._gap) // self._row_height)
        shown = columns * rows
        for index in range(shown if self.num_tiles == 0 else min(self.num_tiles, shown)):
            left = (index % columns) * (self._tile + self._gap)
            top = (index // columns) * self._row_height
            self._paint_tile(painter, index, QRect(left, top, self._tile, self._tile))

    def _paint_tile(self, painter: QPainter, index: int, tile: QRect) -> None:
        if self.num_tiles == 0:
            # An empty place shows where a picture will be.
            painter.fillRect(tile, QColor(self._theme.raised))
            return
        if self._profiles is not None:
            painter.fillRect(tile, QColor(self._theme.raised))
            self._paint_profile(painter, self._profiles[index], tile)
        else:
            painter.drawImage(_fitted(self._images[index].size(), tile), self._images[index])
        if self._caption_height and index < len(self._captions):
            below = QRect(tile.left(), tile.bottom() + 1, tile.width(), self._caption_height)
            painter.setPen(QColor(self._theme.muted_text))
            text = painter.fontMetrics().elidedText(
                self._captions[index], Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_profile(
        self, painter: QPainter, profile_D: npt.NDArray[np.float32], tile: QRect
    ) -> None:
        inner = tile.adjusted(3, 3, -3, -3)
        finite = np.isfinite(profile_D)
        across = np.linspace(inner.left(), inner.right(), num=len(profile_D))
        points = [
            QPointF(x, inner.bottom() - float(value) * inner.height())
            for x, value in zip(across[finite], profile_D[finite], strict=True)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.accent), 1.2))
        painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _to_image(picture_HW3: npt.NDArray[np.uint8]) -> QImage:
    height, width, _ = picture_HW3.shape
    packed = np.ascontiguousarray(picture_HW3)
    image = QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # The image must not point into memory that numpy may free.
    return image.copy()


def _fitted(size: QSize, tile: QRect) -> QRect:
    fitted = QRect(tile)
    fitted.setSize(size.scaled(tile.size(), Qt.AspectRatioMode.KeepAspectRatio))
    fitted.moveCenter(tile.center())
    return fitted
