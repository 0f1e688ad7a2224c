"""The page after a drop of several data sets: a row for each. One click opens it, a button trains all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.collection_sheet import CollectionSheet
from aestudio.gui.widgets.data.each_bar import EachBar
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.datasets.collection import Collection
    from aestudio.workflows.several_sets.onlooker import Standing
    from aestudio.workflows.several_sets.results import SetResult

_ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CollectionPage(QWidget):
    """Shows one :class:`~aestudio.workflows.datasets.collection.Collection`."""

    back_requested = Signal()
    #: The path of the data set that was chosen.
    chosen = Signal(str)
    #: The folder of the run of one that was trained on.
    run_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: tuple[str, ...] = ()
        self._name = ElidedLabel()
        self._name.setFont(theme.font("title"))
        self._words = PlainLabel()
        back = QPushButton(self.tr("Other data"))
        back.setAccessibleName(self.tr("Go back and choose other data"))
        back.clicked.connect(self.back_requested)
        self._sheet = CollectionSheet(theme, self.tr("The data sets"))
        self.table = self._sheet.table
        self.table.cellClicked.connect(self._open_cell)
        self.table.installEventFilter(self)
        self.table.setAccessibleDescription(
            self.tr("Enter opens the run of a row, or its data where it has none; Space its data.")
        )
        self.each = EachBar(theme)
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
        column.addWidget(self.each)

    def lists(self, source: str) -> bool:
        """Whether one of the rows stands for ``source``."""
        return source in self._sources

    def show_collection(self, collection: Collection) -> None:
        """Replace what is shown."""
        self._sources = tuple(entry.source for entry in collection.entries)
        self._name.setText(collection.name)
        words = self.tr("These are {0} different data sets. Which one should be opened?")
        self._words.setText(words.format(f"{len(collection.entries):,}"))
        self._sheet.show_collection(collection)

    def show_begun(self) -> None:
        """Show that each is being trained on."""
        self._sheet.forget_results()
        self.each.show_begun()

    def show_standing(self, standing: Standing) -> None:
        """Show how far the training on each has come."""
        self._sheet.show_standing(standing)
        self.each.show_standing(standing)

    def show_set_result(self, result: SetResult) -> None:
        """Show what came of one of them in its row."""
        self._sheet.show_result(result)

    def show_end(self, words: str) -> None:
        """Show that no more is being trained on, and what came of it."""
        self.each.show_idle(words)

    def focus_rows(self) -> None:
        """Let the arrow keys choose a row."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the run of the current row by Enter, or what has none; its data by the space bar."""
        row = self.table.currentRow()
        is_for_row = watched is self.table and row >= 0
        if is_for_row and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _ENTER_KEYS:
                self._open_run_or_row(self._sheet.run_of(row), row)
                return True
            if event.key() == Qt.Key.Key_Space:
                self._open_row(row)
                return True
        return super().eventFilter(watched, event)

    def _open_cell(self, row: int, column: int) -> None:
        self._open_run_or_row(self._sheet.run_at(row, column), row)

    def _open_run_or_row(self, run: str, row: int) -> None:
        if run:
            self.run_chosen.emit(run)
        else:
            self._open_row(row)

    def _open_row(self, row: int) -> None:
        self.chosen.emit(self._sources[row])
