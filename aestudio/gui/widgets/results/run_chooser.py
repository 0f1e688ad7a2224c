"""A list of runs with a check box each; those that cannot be chosen say why."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from aestudio.gui.plots.run_colors import run_icon
from aestudio.gui.theme import Theme
from aestudio.runs.listing import RunSummary
from aestudio.workflows.comparison.compared_count import MOST

_PATH_ROLE = Qt.ItemDataRole.UserRole + 1


class RunChooser(QListWidget):
    """Keeps the order in which runs were chosen: their colours follow it."""

    chosen_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[RunSummary] = []
        self._chosen: list[Path] = []
        self.setAccessibleName(self.tr("Runs to compare"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_item_changed)
        theme.changed.connect(self._mark)

    @property
    def chosen(self) -> tuple[Path, ...]:
        return tuple(self._chosen)

    @property
    def num_usable(self) -> int:
        """How many of the listed runs can be compared."""
        return sum(not self.why_not(run) for run in self._runs)

    def set_runs(self, runs: list[RunSummary]) -> None:
        """Show these runs; what was chosen stays chosen where it is still there."""
        self._runs = runs
        self.blockSignals(True)
        self.clear()
        for run in runs:
            item = QListWidgetItem(self._words(run))
            item.setData(_PATH_ROLE, run.path)
            self.addItem(item)
        self.blockSignals(False)
        usable = {run.path for run in runs if not self.why_not(run)}
        self._take([path for path in self._chosen if path in usable])

    def choose(self, paths: list[Path]) -> None:
        """Choose these, as far as they are listed and can be compared."""
        usable = {run.path for run in self._runs if not self.why_not(run)}
        self._take([path for path in dict.fromkeys(paths) if path in usable][:MOST])

    def why_not(self, run: RunSummary) -> str:
        """Why a run can never be compared; empty when it can."""
        if run.info is None:
            return self.tr("damaged: {reason}").format(reason=run.problem)
        return "" if run.info.progress.epoch else self.tr("no epoch is done yet")

    def _take(self, paths: list[Path]) -> None:
        has_changed = paths != self._chosen
        self._chosen = paths
        self._mark()
        if has_changed:
            self.chosen_changed.emit()

    def _words(self, run: RunSummary) -> str:
        if reason := self.why_not(run):
            return f"{run.name}\n{reason}"
        assert run.info is not None
        recipe = run.info.recipe
        return f"{run.name}\n{recipe.autoencoder}, {recipe.code_size}, {run.info.data.name}"

    def _mark(self) -> None:
        """Checks, colours, and which of the others can still be chosen."""
        self.blockSignals(True)
        is_full = len(self._chosen) >= MOST
        for place, run in enumerate(self._runs):
            item = self.item(place)
            is_chosen = run.path in self._chosen
            reason = self.why_not(run)
            if not reason and is_full and not is_chosen:
                reason = self.tr("{most} runs are chosen already").format(most=MOST)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
            item.setFlags(flags if reason else flags | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            item.setToolTip(f"{run.name}: {reason}" if reason else str(run.path))
            color = self._theme.muted_text if reason else self._theme.text
            item.setForeground(QColor(color))
            if is_chosen:
                number = self._chosen.index(run.path)
                item.setIcon(run_icon(number, self._theme, self.devicePixelRatioF()))
            else:
                item.setData(Qt.ItemDataRole.DecorationRole, None)
        self.blockSignals(False)
        self.viewport().update()

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        path = item.data(_PATH_ROLE)
        is_chosen = item.checkState() == Qt.CheckState.Checked
        if is_chosen and path not in self._chosen:
            self._take([*self._chosen, path][:MOST])
        elif not is_chosen and path in self._chosen:
            self._take([known for known in self._chosen if known != path])
