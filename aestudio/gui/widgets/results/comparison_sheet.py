"""The table of a comparison: what came of the runs, and what differs in their recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QWidget

from aestudio.gui.plots.run_colors import run_icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.results.table_sheet import TableSheet

if TYPE_CHECKING:
    from aestudio.workflows.comparison.comparison_table import ComparedRow
    from aestudio.workflows.comparison.run_comparison import RunComparison

_MOST_NAME = 24
_TITLE_WIDTH = 22 * SPACING
_BEST = "\N{BLACK STAR}"


class ComparisonSheet(TableSheet):
    """Results above, differing settings below; the best of a row has a star."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Results and differences"), parent)
        self._comparison: RunComparison | None = None
        self.table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def show_comparison(self, comparison: RunComparison) -> None:
        """Replace what is shown."""
        self._comparison = comparison
        star = self.tr("{star} the best of its row.").format(star=_BEST)
        self.remarks.setText("\n".join([star, *comparison.remarks()]))
        self.fill()

    def fill(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        parts: list[tuple[str, tuple[ComparedRow, ...]]] = [
            (self.tr("Results"), comparison.results),
            (self.tr("Settings that differ"), comparison.differences),
        ]
        table = self.table
        table.clear()
        table.clearSpans()
        table.setColumnCount(1 + len(comparison.runs))
        table.setRowCount(sum(1 + len(rows) for _, rows in parts if rows))
        self._head(comparison)
        row = 0
        for title, rows in parts:
            if not rows:
                continue
            table.setItem(row, 0, self._heading(title))
            table.setSpan(row, 0, 1, table.columnCount())
            for place, compared in enumerate(rows, start=row + 1):
                self._fill_row(place, compared)
            row += 1 + len(rows)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, min(table.sizeHintForColumn(0), _TITLE_WIDTH))

    def _head(self, comparison: RunComparison) -> None:
        self.table.setHorizontalHeaderItem(0, QTableWidgetItem(""))
        for place, run in enumerate(comparison.runs):
            item = self.add_head(1 + place, _shortened(run.label))
            item.setIcon(run_icon(place, self.theme, self.devicePixelRatioF()))
            item.setToolTip(f"{run.name}\n{run.path}")

    def _heading(self, title: str) -> QTableWidgetItem:
        item = QTableWidgetItem(title)
        item.setFont(self.theme.font("heading"))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        return item

    def _fill_row(self, row: int, compared: ComparedRow) -> None:
        title = QTableWidgetItem(compared.title)
        title.setForeground(QColor(self.theme.muted_text))
        title.setToolTip(f"{compared.title}. {compared.help}".strip())
        self.table.setItem(row, 0, title)
        for place, text in enumerate(compared.texts):
            is_best = place in compared.best
            item = QTableWidgetItem(f"{text} {_BEST}" if is_best else text)
            item.setToolTip(self.tr("{0}: the best").format(text) if is_best else text)
            if is_best:
                item.setFont(self.bold())
                item.setForeground(QColor(self.theme.good))
            self.table.setItem(row, 1 + place, item)


def _shortened(name: str) -> str:
    """Both ends of a long name: runs of one data set begin alike, and end in their time."""
    half = (_MOST_NAME - 1) // 2
    return name if len(name) <= _MOST_NAME else f"{name[:half]}…{name[-half:]}"
