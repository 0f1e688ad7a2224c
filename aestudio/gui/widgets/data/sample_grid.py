"""All samples of a dataset as small pictures, as quick for a million as for ten.

Only what is in view is drawn, and what has been drawn once is kept for a while.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.tile_painting import (
    CAPTION_HEIGHT,
    paint_picture,
    paint_profile,
    to_image,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from aestudio.gui.workspaces.sample_tiles import SampleTiles

_TILE = 72
#: Series need room along the time.
_SERIES_WIDTH = 168
_GAP = SPACING
#: Tiles that are kept, so that scrolling back draws nothing anew.
_MOST_KEPT = 4096
_FRAME_WIDTH = 2


class SampleGrid(QAbstractScrollArea):
    """Tiles that can be scrolled through and selected, with the mouse or the keyboard."""

    #: How many samples are selected now.
    selection_changed = Signal(int)
    #: The person pressed Delete.
    removal_requested = Signal()
    #: The person wants to see more of one row.
    opened = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tiles: SampleTiles | None = None
        self._rows: npt.NDArray[np.int64] | None = None
        self._kept: OrderedDict[int, QImage | npt.NDArray[np.float32]] = OrderedDict()
        self._selected: set[int] = set()
        self._current = -1
        self._anchor = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("All samples"))
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.viewport().update)

    @property
    def num_shown(self) -> int:
        return 0 if self._rows is None else len(self._rows)

    @property
    def selected(self) -> list[int]:
        """The selected rows of the dataset, in order."""
        return sorted(self._selected)

    @property
    def num_selected(self) -> int:
        return len(self._selected)

    def set_samples(self, tiles: SampleTiles) -> None:
        """Show all samples of another dataset from the top."""
        self._tiles = tiles
        self._kept.clear()
        self._select(set())
        self.show_rows(tiles.search.matching(""))

    def show_rows(self, rows: npt.NDArray[np.int64]) -> None:
        """Show these rows of the dataset only; of the selected ones those stay that are shown."""
        self._rows = rows
        if self._selected:
            self._select(self._selected.intersection(rows.tolist()))
        self._current = self._anchor = -1
        self.verticalScrollBar().setValue(0)
        self._measure()
        self.viewport().update()

    def tile_rect(self, place: int) -> QRect:
        """Where the tile at a place of the grid is, in the viewport; without its caption."""
        row, column = divmod(place, self._columns)
        top = row * self._row_height - self.verticalScrollBar().value()
        return QRect(column * (self._tile + _GAP), top, self._tile, self._tile_height)

    def row_at(self, position: QPoint) -> int | None:
        """Return the row of the dataset at a place of the viewport."""
        place = self._place_at(position)
        return None if self._rows is None or place < 0 else int(self._rows[place])

    def select_row(self, row: int) -> None:
        """Select one row of the dataset."""
        self._select({row})

    def sizeHint(self) -> QSize:
        return QSize(6 * (_TILE + _GAP), 3 * (_TILE + CAPTION_HEIGHT + _GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * (_TILE + _GAP), _TILE + CAPTION_HEIGHT + _GAP)

    # What is where

    @property
    def _columns(self) -> int:
        return max(1, round((self.viewport().width() + _GAP) / (self._wanted_width + _GAP)))

    @property
    def _wanted_width(self) -> int:
        return _TILE if self._tiles is None or self._tiles.is_pictures else _SERIES_WIDTH

    @property
    def _tile(self) -> int:
        # Tiles grow or shrink a little so that a row fills the width.
        return max(8, (self.viewport().width() + _GAP) // self._columns - _GAP)

    @property
    def _tile_height(self) -> int:
        return self._tile if self._wanted_width == _TILE else _TILE

    @property
    def _row_height(self) -> int:
        return self._tile_height + CAPTION_HEIGHT + _GAP

    def _measure(self) -> None:
        num_rows = -(-self.num_shown // self._columns)
        bar = self.verticalScrollBar()
        bar.setSingleStep(max(1, self._row_height // 2))
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, num_rows * self._row_height - _GAP - self.viewport().height()))

    def _place_at(self, position: QPoint) -> int:
        top = position.y() + self.verticalScrollBar().value()
        place = top // self._row_height * self._columns + position.x() // (self._tile + _GAP)
        return place if 0 <= place < self.num_shown else -1

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._tiles is None or self._rows is None:
            return
        painter = QPainter(self.viewport())
        offset = self.verticalScrollBar().value()
        exposed = event.rect()
        first = (exposed.top() + offset) // self._row_height * self._columns
        last = ((exposed.bottom() + offset) // self._row_height + 1) * self._columns
        rows: list[int] = self._rows[max(0, first) : last].tolist()
        self._fetch(rows)
        for place, row in enumerate(rows, start=max(0, first)):
            self._paint_tile(painter, row, self.tile_rect(place), place == self._current)

    def _fetch(self, rows: list[int]) -> None:
        """Draw what is not kept, all at once."""
        tiles = self._tiles
        if tiles is None:
            return
        missing = [row for row in rows if row not in self._kept]
        if missing and tiles.is_pictures:
            side = round(self._tile * self.devicePixelRatioF())
            for row, picture in zip(missing, tiles.pictures(missing, side), strict=True):
                self._kept[row] = to_image(picture)
        elif missing:
            self._kept.update(zip(missing, tiles.profiles(missing), strict=True))
        for row in rows:
            self._kept.move_to_end(row)
        while len(self._kept) > max(_MOST_KEPT, len(rows)):
            self._kept.popitem(last=False)

    def _paint_tile(self, painter: QPainter, row: int, tile: QRect, is_current: bool) -> None:
        kept = self._kept[row]
        if isinstance(kept, QImage):
            paint_picture(painter, kept, tile)
        else:
            painter.fillRect(tile, QColor(self._theme.raised))
            colors = self._theme.series if len(kept) > 1 else (self._theme.accent,)
            for line, color in zip(kept, colors, strict=False):
                paint_profile(painter, line, tile, color)
        is_selected = row in self._selected
        if is_selected or (is_current and self.hasFocus()):
            style = Qt.PenStyle.SolidLine if is_selected else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(self._theme.accent), _FRAME_WIDTH, style))
            painter.drawRect(tile.adjusted(1, 1, -1, -1))
        if self._tiles is not None:
            below = QRect(tile.left(), tile.bottom() + 1, tile.width(), CAPTION_HEIGHT)
            painter.setPen(QColor(self._theme.text if is_selected else self._theme.muted_text))
            text = painter.fontMetrics().elidedText(
                self._tiles.caption(row), Qt.TextElideMode.ElideRight, below.width()
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    # Choosing

    def _select(self, rows: set[int]) -> None:
        self._selected = rows
        self.viewport().update()
        self.selection_changed.emit(len(rows))

    def _choose(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        if self._rows is None or not 0 <= place < len(self._rows):
            self._select(set())
            return
        row = int(self._rows[place])
        self._current = place
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor >= 0:
            low, high = sorted((self._anchor, place))
            self._select(set(self._rows[low : high + 1].tolist()))
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._anchor = place
            self._select(self._selected ^ {row})
        else:
            self._anchor = place
            self._select({row})
        self._say(row)

    def _say(self, row: int) -> None:
        if self._tiles is not None:
            self.setAccessibleDescription(
                self.tr("Sample {0}: {1}").format(
                    self._tiles.cells.number(row), self._tiles.caption(row)
                )
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._place_at(event.position().toPoint()), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        page = max(1, self.viewport().height() // self._row_height) * self._columns
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -self.num_shown,
            Qt.Key.Key_End: self.num_shown,
        }
        if key in moves and self.num_shown:
            place = min(max(0, self._current + moves[Qt.Key(key)]), self.num_shown - 1)
            self._choose(place, modifiers & Qt.KeyboardModifier.ShiftModifier)
            self._show_place(place)
        elif key == Qt.Key.Key_A and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._select(set() if self._rows is None else set(self._rows.tolist()))
        elif key == Qt.Key.Key_Escape and self._selected:
            self._select(set())
        elif key == Qt.Key.Key_Delete and self._selected:
            self.removal_requested.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected:
            self.opened.emit(self.selected[0])
        else:
            super().keyPressEvent(event)

    def _show_place(self, place: int) -> None:
        tile, bar = self.tile_rect(place), self.verticalScrollBar()
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top())
        beyond = tile.bottom() + CAPTION_HEIGHT - self.viewport().height()
        if beyond > 0:
            bar.setValue(bar.value() + beyond)

    # Qt

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # What stays in view is moved; only what comes into view is painted.
        self.viewport().scroll(0, dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._kept.clear()
        self._measure()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._rows is not None and self._tiles is not None:
            place = self._place_at(event.pos())
            if place >= 0:
                row = int(self._rows[place])
                number, words = str(self._tiles.cells.number(row)), self._tiles.words(row)
                told = words if words == number else f"{number}: {words}"
                QToolTip.showText(event.globalPos(), told, self)
            return True
        return bool(super().viewportEvent(event))
