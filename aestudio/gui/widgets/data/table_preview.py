"""A table as it is: its columns with their figures, and all of its rows to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTabWidget,
    QWidget,
)

from aestudio.data.columns import ColumnKind
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.sample_browser import SampleBrowser
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.widgets.forms.table_fields import LEAVE_OUT, table_fields
from aestudio.gui.widgets.plain_table import make_plain_and_quick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aestudio.data.column_statistics import ColumnFigures
    from aestudio.data.dataset import Dataset

Index = QModelIndex | QPersistentModelIndex

_SHAPE_WIDTH = 14 * SPACING
_SHAPE = 2
#: From this place on, figures stand at the right.
_MISSING = 3
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ColumnsModel(QAbstractTableModel):
    """One row per column; a box before its name says whether it is learned from, where that is open."""

    #: The names of the columns that are not ticked.
    left_out_changed = Signal(object)

    def __init__(
        self,
        figures: Sequence[ColumnFigures],
        *,
        can_leave_out: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._figures = figures
        self._can_leave_out = can_leave_out
        self._left_out: set[str] = set()
        self._heads = (
            self.tr("Column"), self.tr("Kind"), self.tr("Distribution"), self.tr("Missing"),
            self.tr("Different"), self.tr("Lowest"), self.tr("Typical"), self.tr("Highest"),
            self.tr("Mean"), self.tr("Spread"),
        )  # fmt: skip
        self._explained = {
            _MISSING: self.tr("The share of the rows in which the cell is empty"),
            _MISSING + 1: self.tr("How many different values there are"),
            _MISSING + 3: self.tr("The median, or the most frequent category"),
            _MISSING + 6: self.tr("Standard deviation"),
        }

    def shares(self, row: int) -> tuple[float, ...]:
        return self._figures[row].shares

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._figures)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explained.get(section)
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section >= _MISSING else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        figures = self._figures[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(figures, index.column())
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and self._can_leave_out:
            is_left = figures.column.name in self._left_out
            return Qt.CheckState.Unchecked if is_left else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= _MISSING:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return ", ".join(figures.column.categories[:50]) or figures.column.name
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        has_box = index.column() == 0 and self._can_leave_out
        return flags | Qt.ItemFlag.ItemIsUserCheckable if has_box else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        name = self._figures[index.row()].column.name
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._left_out.discard(name)
        else:
            self._left_out.add(name)
        self.dataChanged.emit(index, index, [role])
        names = [one.column.name for one in self._figures if one.column.name in self._left_out]
        self.left_out_changed.emit(names)
        return True

    def _text(self, figures: ColumnFigures, place: int) -> str:
        missing = f"{100 * figures.share_missing:.3g} %" if figures.num_missing else ""
        number = (
            ("", "") if figures.mean is None else (f"{figures.mean:.5g}", f"{figures.spread:.4g}")
        )
        return (
            figures.column.name, _KINDS[figures.column.kind], "", missing,
            f"{figures.num_distinct:,}", figures.lowest, figures.middle or figures.most_frequent,
            figures.highest, *number,
        )[place]  # fmt: skip


_KINDS = {
    ColumnKind.NUMERIC: "number",
    ColumnKind.BOOLEAN: "true or false",
    ColumnKind.CATEGORICAL: "category",
    ColumnKind.DATE: "date",
}


class _Shape(QStyledItemDelegate):
    """Paints the distribution of a column as bars."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        model = index.model()
        assert isinstance(model, ColumnsModel)
        shares = model.shares(index.row())
        box: QRect = option.rect.adjusted(SPACING // 2, 4, -SPACING // 2, -4)
        highest = max(shares, default=0.0)
        if not highest:
            return
        step = box.width() / len(shares)
        for place, share in enumerate(shares):
            height = round(box.height() * share / highest)
            left = round(box.left() + place * step)
            width = max(1, round(box.left() + (place + 1) * step) - left - (step > 4))
            painter.fillRect(
                left, box.bottom() + 1 - height, width, height, QColor(self._theme.accent)
            )


class TablePreview(QTabWidget):
    """Columns on one page, rows on the other."""

    #: The person ticked or unticked columns; the argument is the names not to learn from.
    left_out_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = QTableView()
        make_plain_and_quick(self.columns, self.tr("Columns of the table with their figures"))
        self.list = SampleTable(theme)
        self.list.setAccessibleName(self.tr("Rows of the table"))
        self.rows = SampleBrowser(self.list)
        self.rows.setContentsMargins(0, SPACING, 0, 0)
        self.columns.setItemDelegateForColumn(_SHAPE, _Shape(theme, self))
        self.addTab(self.columns, self.tr("Columns"))
        self.addTab(self.rows, self.tr("Rows"))
        self.setDocumentMode(True)
        self.tabBar().setAccessibleName(self.tr("Columns or rows"))
        theme.changed.connect(self.columns.viewport().update)

    def set_table(self, dataset: Dataset, figures: Sequence[ColumnFigures]) -> None:
        """Show the columns of another table; its rows are given to the browser of them."""
        # Columns of a bare array have no names by which reading could leave them out.
        can_leave_out = LEAVE_OUT in table_fields(dataset)
        self.list.can_leave_columns_out = can_leave_out
        model = ColumnsModel(figures, can_leave_out=can_leave_out, parent=self)
        model.left_out_changed.connect(self.left_out_changed)
        former = self.columns.model()
        self.columns.setModel(model)
        if former is not None:
            former.deleteLater()
        self.columns.resizeColumnsToContents()
        # The border of the boxes is not counted in.
        self.columns.setColumnWidth(0, self.columns.columnWidth(0) + SPACING)
        self.columns.setColumnWidth(_SHAPE, _SHAPE_WIDTH)
