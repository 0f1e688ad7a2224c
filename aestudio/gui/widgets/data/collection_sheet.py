"""The list of several data sets: what each is, and what came of training on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidgetItem

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import plain_tooltip
from aestudio.gui.widgets.results.table_sheet import TableSheet

if TYPE_CHECKING:
    from aestudio.workflows.datasets.collection import Collection, Entry
    from aestudio.workflows.several_sets.onlooker import Standing
    from aestudio.workflows.several_sets.results import SetResult

_NUM_COLUMNS = 8
_RUN_COLUMN = _NUM_COLUMNS - 1


class CollectionSheet(TableSheet):
    """One row for each data set; one that cannot be read says why instead of its figures."""

    def __init__(self, theme: Theme, table_name: str) -> None:
        super().__init__(theme, table_name)
        self._collection: Collection | None = None
        #: What came of the sets that were trained on, and what is being done, by their sources.
        self._results: dict[str, SetResult] = {}
        self._doing: dict[str, str] = {}
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def show_collection(self, collection: Collection) -> None:
        self._collection = collection
        self.remarks.setText("\n".join(map(str, collection.findings)))
        self.remarks.setVisible(bool(collection.findings))
        self.fill()

    def forget_results(self) -> None:
        """Show of no set that it was trained on."""
        self._results.clear()
        self._doing.clear()
        self.fill()

    def show_standing(self, standing: Standing) -> None:
        """Show beside a set what is being done with it."""
        words = {
            "reading": self.tr("reading…"),
            "preparing": self.tr("preparing…"),
            "measuring": self.tr("measuring…"),
        }.get(standing.stage) or self.tr("epoch {0} of {1}").format(
            standing.epoch, standing.num_epochs
        )
        source = standing.entry.source
        if self._doing.get(source) != words:
            self._doing[source] = words
            self._fill_run_of(source)

    def show_result(self, result: SetResult) -> None:
        """Show beside a set what came of it."""
        self._doing.pop(result.entry.source, None)
        self._results[result.entry.source] = result
        self._fill_run_of(result.entry.source)

    def run_at(self, row: int, column: int) -> str:
        """Return the folder of the run that a cell stands for; nothing for most cells."""
        return self.run_of(row) if column == _RUN_COLUMN else ""

    def run_of(self, row: int) -> str:
        """Return the folder of the run of a row; nothing where it was not trained on."""
        if self._collection is None:
            return ""
        result = self._results.get(self._collection.entries[row].source)
        return (result.run if result is not None else None) or ""

    def fill(self) -> None:
        if self._collection is None:
            return
        table = self.table
        current = max(0, table.currentRow())
        table.clear()
        table.clearSpans()
        table.setColumnCount(_NUM_COLUMNS)
        table.setColumnHidden(_RUN_COLUMN, True)
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
            self.tr("Error beside PCA's"),
        )

    def _fill_row(self, row: int, entry: Entry) -> None:
        name = QTableWidgetItem(entry.name)
        name.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(entry))
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
        self._fill_run(row, entry)

    def _fill_run_of(self, source: str) -> None:
        entries = self._collection.entries if self._collection is not None else ()
        for row, entry in enumerate(entries):
            if entry.source == source and entry.problem is None:
                self._fill_run(row, entry)

    def _fill_run(self, row: int, entry: Entry) -> None:
        """Say what is being done with a set, or what came of it."""
        doing, result = self._doing.get(entry.source, ""), self._results.get(entry.source)
        if not doing and result is None:
            return
        self.table.setColumnHidden(_RUN_COLUMN, False)
        item = QTableWidgetItem(doing)
        if result is not None and not doing:
            item.setText(self._in_short(result))
            told = result.words()
            if result.run:
                item.setForeground(QColor(self.theme.colors.accent))
                told += "\n" + self.tr("Click here, or press Enter, to open the run.")
            elif result.error is not None:
                item.setForeground(QColor(self.theme.colors.error))
            item.setToolTip(plain_tooltip(told))
            if (name := self.table.item(row, 0)) is not None:
                spoken = f"{_spoken(entry)}. {result.words()}"
                name.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.table.setItem(row, _RUN_COLUMN, item)

    def _in_short(self, result: SetResult) -> str:
        """Say in a few words what came of a set."""
        if result.evaluation is not None:
            # The figure itself has no meaning without its unit; beside PCA's it has.
            return result.beside_pca or self.tr("trained")
        return {
            "trained": self.tr("trained"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("not trained"),
        }.get(result.end, "")


def _spoken(entry: Entry) -> str:
    """Say what the row of a set says, for who hears it."""
    return f"{entry.name}, {entry.words()}"
