"""The table of an ensemble: each result's mean and spread over the seeds, then every single run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.table_sheet import TableSheet

if TYPE_CHECKING:
    from aestudio.workflows.comparison.ensembles import Ensemble

_NUM_SUMMARIES = 2


class SpreadSheet(TableSheet):
    """One row for each figure; mean and standard deviation stand before the seeds."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Mean and spread over the seeds"), parent)
        self._ensemble: Ensemble | None = None
        self.heading = PlainLabel()
        self.column.insertWidget(0, self.heading)

    def show_ensemble(self, ensemble: Ensemble) -> None:
        """Replace what is shown."""
        self._ensemble = ensemble
        self.heading.setText(f"{ensemble.heading}.")
        words = self.tr(
            "A difference between two recipes that is smaller than the spread may be chance."
        )
        self.remarks.setText("\n".join([words, *ensemble.problems()]))
        self.fill()

    def fill(self) -> None:
        if self._ensemble is None:
            return
        head, *rows = self._ensemble.rows()
        table = self.table
        table.clear()
        table.setColumnCount(len(head))
        table.setRowCount(len(rows))
        heads = ["", self.tr("mean"), self.tr("spread"), *head[1 + _NUM_SUMMARIES :]]
        for column, text in enumerate(heads):
            item = self.add_head(column, text)
            if column == _NUM_SUMMARIES:
                item.setToolTip(
                    self.tr("Standard deviation of single runs about their mean (n - 1)")
                )
        for row, texts in enumerate(rows):
            self._fill_row(row, texts)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(9 * SPACING)

    def _fill_row(self, row: int, texts: tuple[str, ...]) -> None:
        from aestudio.workflows.comparison.ensembles import figure_title

        for column, text in enumerate(texts):
            item = QTableWidgetItem(figure_title(text) if column == 0 else text)
            if column == 0:
                item.setForeground(QColor(self.theme.muted_text))
            elif column == 1:
                item.setFont(self.bold())
            elif column == _NUM_SUMMARIES and text:
                item.setText(f"± {text}")
            self.table.setItem(row, column, item)
