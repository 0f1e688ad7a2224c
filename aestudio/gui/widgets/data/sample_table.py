"""All samples of a table or of texts as a list, as quick for a million rows as for ten.

A cell is written when it comes into view. A click on a head puts the rows in order, a click with the
other button offers what can be done with a column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QMenu,
    QTableView,
    QWidget,
)

from aestudio.gui.theme import Theme
from aestudio.gui.widgets.plain_table import make_plain_and_quick

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from aestudio.gui.workspaces.sample_rows import SampleRows

Index = QModelIndex | QPersistentModelIndex

#: A wider table keeps the usual widths: to fit them takes longer than a person waits.
_FITTED_COLUMNS = 200
_MOST_WIDTH = 360
#: More selected rows than this are let go when the rows are put in another order.
_MOST_KEPT_SELECTED = 2_000
_PADDING = 11
#: No letter is wider, in pixels; texts that fit even so need not be measured.
_WIDEST = 18
_SINGLE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_LEFT = int(Qt.AlignmentFlag.AlignLeft) | _SINGLE
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | _SINGLE


class SampleModel(QAbstractTableModel):
    """The rows that are wanted, in the order that is wanted."""

    def __init__(self, samples: SampleRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.samples = samples
        #: What stands where a cell is missing.
        self.gap = self.tr("missing")
        self._found = self._rows = samples.search.matching("")
        self._order: tuple[int, bool] | None = None

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The rows of the dataset that are shown, from top to bottom."""
        return self._rows

    def is_like(self, samples: SampleRows) -> bool:
        """Whether these are samples of the same source below the same heads."""
        own = self.samples
        return own.dataset.source == samples.dataset.source and own.heads == samples.heads

    def show_rows(self, rows: npt.NDArray[np.int64]) -> None:
        """Show these rows only, in the order that was chosen last."""
        self.beginResetModel()
        self._found = rows
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        self._rows = self._found
        if self._order is not None:
            place, descending = self._order
            by = self.samples.heads[place].by
            self._rows = self.samples.search.in_order(self._found, by, descending=descending)

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.samples.heads)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.beginResetModel()
        is_descending = order == Qt.SortOrder.DescendingOrder
        self._order = None if column < 0 else (column, is_descending)
        self._arrange()
        self.endResetModel()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        head = self.samples.heads[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return head.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("{0}: click to sort, click right for more").format(head.title)
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and head.is_number else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        text = self.cells(index.row())[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.gap if text is None else text
        if role == Qt.ItemDataRole.ToolTipRole:
            row = int(self._rows[index.row()])
            return text if self.samples.is_table else self.samples.words(row)
        return None

    def cells(self, row: int) -> tuple[str | None, ...]:
        """Return what stands in a row of the list; None where a cell is missing."""
        return self.samples.written(int(self._rows[row]))


class _Brushes:
    """The colours of the list in the theme of the moment."""

    def __init__(self, theme: Theme) -> None:
        self.text, self.muted = QColor(theme.text), QColor(theme.muted_text)
        self.chosen = QColor(theme.accent_soft)
        self.below = QColor(theme.panel)
        self.grounds = QColor(theme.panel), QColor(theme.window)


class SampleTable(QTableView):
    """Rows that can be put in order, scrolled through and selected."""

    #: How many samples are selected now.
    selection_changed = Signal(int)
    #: The person pressed Delete.
    removal_requested = Signal()
    #: The person wants to see more of one row.
    opened = Signal(int)
    #: The name of a column of the table that is not to be learned from.
    column_left_out = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model: SampleModel | None = None
        #: Columns of what was read have names by which they can be left out.
        self.can_leave_columns_out = False
        make_plain_and_quick(self, self.tr("All samples"))
        self._brushes = _Brushes(theme)
        # What is painted in full can be moved when it is scrolled, and only the rest is painted anew.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        heads = self.horizontalHeader()
        heads.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        heads.customContextMenuRequested.connect(self._on_head_menu)
        heads.setSectionsClickable(True)
        heads.sortIndicatorChanged.connect(self._on_sort)
        theme.changed.connect(self._on_theme)

    @property
    def num_shown(self) -> int:
        return 0 if self._model is None else self._model.rowCount()

    @property
    def shown(self) -> list[int]:
        """The rows of the dataset from top to bottom."""
        return [] if self._model is None else self._model.rows.tolist()

    @property
    def selected(self) -> list[int]:
        """The selected rows of the dataset, in order."""
        if self._model is None:
            return []
        rows: set[int] = set()
        for part in self._selected_parts():
            rows.update(self._model.rows[part.top() : part.bottom() + 1].tolist())
        return sorted(rows)

    @property
    def num_selected(self) -> int:
        return sum(part.height() for part in self._selected_parts())

    def _selected_parts(self) -> list[QItemSelectionRange]:
        # Annotated without the iteration that it has.
        selection: Any = self.selectionModel().selection() if self._model is not None else ()
        return list(selection)

    def set_samples(self, samples: SampleRows) -> None:
        """Show all samples of another dataset; the same one stays in the order that it is in."""
        former, self._model = self._model, SampleModel(samples, self)
        heads = self.horizontalHeader()
        order = heads.sortIndicatorSection(), heads.sortIndicatorOrder()
        if former is None or not former.is_like(samples):
            order = -1, Qt.SortOrder.AscendingOrder
        self._model.sort(*order)
        self.setModel(self._model)
        if former is not None:
            former.deleteLater()
        heads.blockSignals(True)
        heads.setSortIndicatorShown(True)
        heads.setSortIndicatorClearable(True)
        heads.setSortIndicator(*order)
        heads.blockSignals(False)
        heads.setStretchLastSection(False)
        if len(samples.heads) <= _FITTED_COLUMNS:
            self._fit_columns()
        # Only now: a width that is set takes the place of the stretched one.
        heads.setStretchLastSection(not samples.is_table)
        self.selection_changed.emit(0)

    def show_rows(self, rows: npt.NDArray[np.int64]) -> None:
        """Show these rows of the dataset only."""
        if self._model is not None:
            self._model.show_rows(rows)
            self.selection_changed.emit(0)

    def select_row(self, row: int) -> None:
        """Select one row of the dataset, if it is shown."""
        if self._model is not None and row in (shown := self.shown):
            self.selectRow(shown.index(row))

    def row_at(self, position: QPoint) -> int | None:
        """Return the row of the dataset at a place of the viewport."""
        index = self.indexAt(position)
        if self._model is None or not index.isValid():
            return None
        return int(self._model.rows[index.row()])

    def head_menu(self, place: int) -> QMenu:
        """Return what can be done with a column."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heads = self.horizontalHeader()
        for words, order in (
            (self.tr("Smallest first"), Qt.SortOrder.AscendingOrder),
            (self.tr("Largest first"), Qt.SortOrder.DescendingOrder),
        ):
            action = menu.addAction(words)
            action.triggered.connect(
                lambda _=False, order=order: heads.setSortIndicator(place, order)
            )
        as_read = menu.addAction(self.tr("Order of the file"))
        as_read.setEnabled(heads.sortIndicatorSection() >= 0)
        as_read.triggered.connect(lambda: heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder))
        column = None if self._model is None else self._model.samples.heads[place].column
        if column is not None and self.can_leave_columns_out:
            menu.addSeparator()
            leave = menu.addAction(self.tr("Leave out column '{0}'").format(column.name))
            leave.triggered.connect(lambda: self.column_left_out.emit(column.name))
        return menu

    def _fit_columns(self) -> None:
        self.resizeColumnsToContents()
        for place in range(self.horizontalHeader().count()):
            self.setColumnWidth(place, min(self.columnWidth(place), _MOST_WIDTH))

    def _on_head_menu(self, position: QPoint) -> None:
        place = self.horizontalHeader().logicalIndexAt(position)
        if place >= 0:
            self.head_menu(place).popup(self.horizontalHeader().mapToGlobal(position))

    def _on_sort(self, place: int, order: Qt.SortOrder) -> None:
        if self._model is not None:
            kept = self.selected
            self._model.sort(place, order)
            self._select_again(kept)
            self.scrollToTop()

    def _select_again(self, rows: list[int]) -> None:
        """Select what was selected before the rows were put in another order."""
        if self._model is None or not 0 < len(rows) <= _MOST_KEPT_SELECTED:
            self.selection_changed.emit(self.num_selected)
            return
        wanted, selection = set(rows), QItemSelection()
        last = self._model.columnCount() - 1
        for place, row in enumerate(self.shown):
            if row in wanted:
                ends = self._model.index(place, 0), self._model.index(place, last)
                selection.select(*ends)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # Qt

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit(self.num_selected)

    def paintEvent(self, event: QPaintEvent) -> None:
        # By itself, and not cell by cell through a style sheet: that takes longer than a frame.
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._brushes.below)
        if self._model is None or not self.num_shown:
            return
        first = max(0, self.rowAt(event.rect().top()))
        last = self.rowAt(event.rect().bottom())
        last = self.num_shown - 1 if last < 0 else last
        heads = self.horizontalHeader()
        left, right = event.rect().left(), event.rect().right()
        spans = [
            (place, begin, width)
            for place in range(heads.count())
            if (begin := heads.sectionViewportPosition(place)) <= right
            and begin + (width := heads.sectionSize(place)) > left
        ]
        for row in range(first, last + 1):
            self._paint_row(painter, row, spans)

    def _paint_row(
        self, painter: QPainter, row: int, spans: Sequence[tuple[int, int, int]]
    ) -> None:
        """Paint one row in the columns of which (place, left edge, width) are given."""
        if self._model is None or not spans:
            return
        brushes, metrics = self._brushes, self.fontMetrics()
        is_chosen = self.selectionModel().isRowSelected(row, self.rootIndex())
        top, height = self.rowViewportPosition(row), self.rowHeight(row)
        begin, end = spans[0][1], spans[-1][1] + spans[-1][2]
        ground = brushes.chosen if is_chosen else brushes.grounds[row % 2]
        painter.fillRect(begin, top, end - begin, height, ground)
        cells, heads = self._model.cells(row), self._model.samples.heads
        painter.setPen(brushes.text)
        for place, left, span in spans:
            text, width = cells[place], span - 2 * _PADDING
            is_muted = place == 0 or text is None
            if text is None:
                text = self._model.gap
            if len(text) * _WIDEST > width and metrics.horizontalAdvance(text) > width:
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            if is_muted:
                painter.setPen(brushes.muted)
            flags = _RIGHT if heads[place].is_number else _LEFT
            painter.drawText(left + _PADDING, top, width, height, flags, text)
            if is_muted:
                painter.setPen(brushes.text)

    def _on_theme(self) -> None:
        self._brushes = _Brushes(self._theme)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Delete and self.selected:
            self.removal_requested.emit()
        elif key == Qt.Key.Key_Escape and self.selected:
            self.clearSelection()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open(self.indexAt(event.position().toPoint()))

    def _open(self, index: QModelIndex) -> None:
        if self._model is not None and index.isValid():
            self.opened.emit(int(self._model.rows[index.row()]))
