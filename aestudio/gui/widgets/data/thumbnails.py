"""Many small pictures, rows of a table as small lines, or texts, in a grid that fills its width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.tile_painting import (
    CAPTION_HEIGHT,
    paint_picture,
    paint_profile,
    to_image,
)

if TYPE_CHECKING:
    # Not at run time: the window opens before numpy is imported.
    import numpy as np
    import numpy.typing as npt

#: A text gets at least so much room, where nobody says how many stand side by side.
_TEXT_WIDTH = 84
_TEXT_MARGIN = 4


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
        self._caption_height = CAPTION_HEIGHT if shows_captions else 0
        self._images: list[QImage] = []
        self._profiles: npt.NDArray[np.float32] | None = None
        self._texts: Sequence[str] = ()
        self._captions: Sequence[str] = ()
        self._columns: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def num_tiles(self) -> int:
        if self._texts:
            return len(self._texts)
        return len(self._images) if self._profiles is None else len(self._profiles)

    def set_pictures(
        self,
        pictures_NHW3: npt.NDArray[np.uint8],
        captions: Sequence[str] = (),
        *,
        columns: int | None = None,
    ) -> None:
        """Show (N, H, W, 3) pictures, in rows of ``columns`` or of as many as fit."""
        self._columns = columns
        self._images = [to_image(picture) for picture in pictures_NHW3]
        self._profiles, self._texts = None, ()
        self._captions = captions
        self.update()

    def set_profiles(
        self,
        profiles_ND: npt.NDArray[np.float32],
        captions: Sequence[str] = (),
        *,
        columns: int | None = None,
    ) -> None:
        """Show (N, D) rows as lines; values lie between 0 and 1, gaps are not numbers."""
        self._columns = columns
        self._images = []
        self._profiles, self._texts = profiles_ND, ()
        self._captions = captions
        self.update()

    def set_texts(self, texts: Sequence[str], *, columns: int | None = None) -> None:
        """Show texts, a line each, in rows of ``columns`` or of as many as fit."""
        self._columns = columns
        self._images, self._profiles = [], None
        self._texts = texts
        self.update()

    def sizeHint(self) -> QSize:
        step = self._tile + self._gap
        return QSize(6 * step, 2 * (step + self._caption_height))

    def minimumSizeHint(self) -> QSize:
        step = self._tile + self._gap
        return QSize(2 * step, step + self._caption_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._texts:
            self._paint_texts(painter)
            return
        # Tiles grow or shrink a little so that a row fills the width.
        fitting = max(1, round((self.width() + self._gap) / (self._tile + self._gap)))
        columns = self._columns or fitting
        tile = (self.width() + self._gap) // max(columns, fitting) - self._gap
        row_height = tile + self._caption_height + self._gap
        rows = max(1, (self.height() + self._gap) // row_height)
        shown = columns * rows
        for index in range(shown if self.num_tiles == 0 else min(self.num_tiles, shown)):
            left = (index % columns) * (tile + self._gap)
            top = (index // columns) * row_height
            self._paint_tile(painter, index, QRect(left, top, tile, tile))

    def _paint_texts(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        fitting = max(1, self.width() // _TEXT_WIDTH)
        columns = self._columns or min(fitting, len(self._texts))
        wide = (self.width() + self._gap) // columns - self._gap
        step = metrics.height() + 2 * _TEXT_MARGIN + self._gap
        shown = columns * max(1, (self.height() + self._gap) // step)
        for index, text in enumerate(self._texts[:shown]):
            row, column = divmod(index, columns)
            tile = QRect(column * (wide + self._gap), row * step, wide, step - self._gap)
            painter.fillRect(tile, QColor(self._theme.raised))
            inner = tile.adjusted(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)
            painter.setPen(QColor(self._theme.text))
            line = " ".join(text.split())
            elided = metrics.elidedText(line, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_tile(self, painter: QPainter, index: int, tile: QRect) -> None:
        if self.num_tiles == 0:
            # An empty place shows where a picture will be.
            painter.fillRect(tile, QColor(self._theme.raised))
            return
        if self._profiles is not None:
            painter.fillRect(tile, QColor(self._theme.raised))
            paint_profile(painter, self._profiles[index], tile, self._theme.accent)
        else:
            paint_picture(painter, self._images[index], tile)
        if self._caption_height and index < len(self._captions):
            below = QRect(tile.left(), tile.bottom() + 1, tile.width(), self._caption_height)
            painter.setPen(QColor(self._theme.muted_text))
            text = painter.fontMetrics().elidedText(
                self._captions[index], Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
