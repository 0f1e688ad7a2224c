"""The page after a drop of a folder with several data sets: a row for each, and one click opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel, plain_tooltip
from aestudio.gui.widgets.results.table_sheet import TableSheet

if TYPE_CHECKING:
    from aestudio.workflows.datasets.collection import Collection, Entry

_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_NUM_COLUMNS = 7


class CollectionPage(QWidget):
    """Shows one :class:`~aestudio.workflows.datasets.collection.Collection`."""

    back_requested = Signal()
    #: The path of the data set that was chosen.
    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: tuple[str, ...] = ()
        self._name = ElidedLabel()
        self._name.setFont(theme.font("title"))
        self._words = PlainLabel()
        back = QPushButton(self.tr("Other data"))
        back.setAccessibleName(self.tr("Go back and choose other data"))
        back.clicked.connect(self.back_requested)
        self._sheet = _Sheet(theme, self.tr("The data sets in this folder"))
        self.table = self._sheet.table
        self.table.cellClicked.connect(self._open_row)
        self.table.installEventFilter(self)
        titles = QVBoxLayout()
        titles.setSpacing(SPACING // 2)
        titles.addWidget(self._name)
        titles.addWidget(self._words)
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        top.addLayout(titles, 1)
        top.addWidget(back)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 3 * SPACING, 3 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self._sheet, 1)

    def lists(self, source: str) -> bool:
        """Whether one of the rows stands for ``source``."""
        return source in self._sources

    def show_collection(self, collection: Collection) -> None:
        """Replace what is shown."""
        self._sources = tuple(entry.source for entry in collection.entries)
        self._name.setText(collection.name)
        words = self.tr("This folder holds {0} data sets. Which one should be opened?")
        self._words.setText(words.format(f"{len(collection.entries):,}"))
        self._sheet.show_collection(collection)

    def focus_rows(self) -> None:
        """Let the arrow keys choose a row."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the current row by Enter or the space bar."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_opening = event.key() in _OPENING_KEYS and self.table.currentRow() >= 0
            if watched is self.table and is_opening:
                self._open_row(self.table.currentRow())
                return True
        return super().eventFilter(watched, event)

    def _open_row(self, row: int) -> None:
        self.chosen.emit(self._sources[row])


class _Sheet(TableSheet):
    """One row for each data set; one that cannot be read says why instead of its figures."""

    def __init__(self, theme: Theme, table_name: str) -> None:
        super().__init__(theme, table_name)
        self._collection: Collection | None = None
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def show_collection(self, collection: Collection) -> None:
        self._collection = collection
        self.remarks.setText("\n".join(map(str, collection.findings)))
        self.remarks.setVisible(bool(collection.findings))
        self.fill()

    def fill(self) -> None:
        if self._collection is None:
            return
        table = self.table
        current = max(0, table.currentRow())
        table.clear()
        table.clearSpans()
        table.setColumnCount(_NUM_COLUMNS)
        table.setRowCount(len(self._collection.entries))
        for column, text in enumerate(self._heads()):
            self.add_head(column, text)
        for row, entry in enumerate(self._collection.entries):
            self._fill_row(row, entry)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(9 * SPACING)
        table.setCurrentCell(current, 0)

    def _heads(self) -> tuple[str, ...]:
        return (
            self.tr("Name"),
            self.tr("Kind"),
            self.tr("Samples"),
            self.tr("Each sample"),
            self.tr("Labels"),
            self.tr("Missing"),
            self.tr("Worth knowing"),
        )

    def _fill_row(self, row: int, entry: Entry) -> None:
        name = QTableWidgetItem(entry.name)
        name.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.name}, {entry.words()}")
        name.setToolTip(plain_tooltip(entry.source))
        self.table.setItem(row, 0, name)
        if entry.problem is not None:
            why = QTableWidgetItem(entry.words())
            why.setForeground(QColor(self.theme.colors.error))
            why.setToolTip(plain_tooltip(str(entry.problem)))
            self.table.setItem(row, 1, why)
            self.table.setSpan(row, 1, 1, _NUM_COLUMNS - 1)
            return
        name.setFont(self.bold())
        texts = (
            entry.kind,
            f"{entry.num_samples:,}",
            entry.size,
            f"{len(entry.labels):,}" if entry.labels else "",
            f"{100 * entry.missing_share:.3g} %" if entry.missing_share else "",
            f"{len(entry.findings):,}" if entry.findings else "",
        )
        for column, text in enumerate(texts, start=1):
            item = QTableWidgetItem(text)
            if column == len(texts) and entry.findings:
                told = "\n".join(finding.text for finding in entry.findings)
                item.setToolTip(plain_tooltip(told))
            self.table.setItem(row, column, item)
