"""All texts of a dataset in a list that is as quick for a million as for ten, with a search."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from aestudio.data.arrays.tokens import texts_of
from aestudio.data.dataset import Dataset
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

Index = QModelIndex | QPersistentModelIndex

#: The search begins when nothing has been typed for so long.
_PAUSE_MS = 150
_ROW_HEIGHT = 26


class TextModel(QAbstractTableModel):
    """Row, label and text of each sample, written when it is looked at."""

    def __init__(self, dataset: Dataset, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset = dataset
        self._rows: list[int] | range = range(dataset.num_samples)
        self._heads = [self.tr("Row"), self.tr("Text")]
        if dataset.labels is not None:
            self._heads.insert(1, self.tr("Label"))

    def keep(self, words: str) -> None:
        """Show the texts in which ``words`` occur, the case of letters aside."""
        wanted = words.casefold()
        self.beginResetModel()
        every = range(self._dataset.num_samples)
        self._rows = [row for row in every if wanted in self._original(row).casefold()]
        if not wanted:
            self._rows = every
        self.endResetModel()

    def text(self, row: int) -> str:
        """The text of a sample as the model is given it: cut off, with what is unknown."""
        dataset = self._dataset
        return texts_of(dataset.x[row : row + 1], dataset.symbols, dataset.padding)[0]

    def _original(self, row: int) -> str:
        """What can be searched for: the text, and what else the sample is called."""
        names = self._dataset.sample_names
        return self.text(row) if not names else names[row]

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._heads[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        is_text = index.column() == len(self._heads) - 1
        if role == Qt.ItemDataRole.ToolTipRole and is_text:
            return self._original(row)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.column() == 0:
            return f"{row:,}"
        return self.text(row) if is_text else self._label(row)

    def _label(self, row: int) -> str:
        labels = self._dataset.labels
        place = -1 if labels is None else int(labels[row])
        return self._dataset.label_names[place] if place >= 0 else ""


class TextList(QWidget):
    """A table of texts below a line to search in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: TextModel | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search in the texts"))
        self.search.setAccessibleName(self.tr("Search in the texts"))
        self.search.setClearButtonEnabled(True)
        self._found = PlainLabel("", "muted", wraps=False)
        self.view = QTableView()
        self.view.setAccessibleName(self.tr("The texts"))
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setAlternatingRowColors(True)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.search.textChanged.connect(lambda: self._pause.start())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.search)
        column.addWidget(self.view, 1)
        column.addWidget(self._found)
        self._found.hide()

    @property
    def num_shown(self) -> int:
        return 0 if self._model is None else self._model.rowCount()

    def set_dataset(self, dataset: Dataset) -> None:
        """Show the texts of another dataset, all of them."""
        former, self._model = self._model, TextModel(dataset, self)
        self.view.setModel(self._model)
        if former is not None:
            former.deleteLater()
        self.view.resizeColumnToContents(0)
        self.search.clear()
        self._pause.stop()
        self._found.hide()

    def _search(self) -> None:
        if self._model is None:
            return
        words = self.search.text()
        self._model.keep(words)
        found = self.tr("{count} texts found").format(count=f"{self.num_shown:,}")
        self._found.setText(found)
        self._found.setVisible(bool(words))
