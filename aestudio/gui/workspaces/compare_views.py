"""A comparison in several views: figures, curves, pictures and maps of the same runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from aestudio.gui.plots.linked_maps import LinkedMaps
from aestudio.gui.plots.run_curves import OverlaidCurves
from aestudio.gui.plots.run_pictures import RunPictures
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.comparison_sheet import ComparisonSheet
from aestudio.gui.widgets.results.spread_sheet import SpreadSheet
from aestudio.gui.workspaces.compare_work import Compared

if TYPE_CHECKING:
    from aestudio.workflows.comparison.ensembles import Ensemble


class ComparisonViews(QStackedWidget):
    """A tab for each view, or a hint while there is no comparison."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: The runs that the spread was measured over.
        self._seeded: frozenset[Path] = frozenset()
        self.spread = SpreadSheet(theme)
        self.sheet = ComparisonSheet(theme)
        self.curves = OverlaidCurves(theme)
        self.pictures = RunPictures(theme)
        self.maps = LinkedMaps(theme)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Views of the comparison"))
        self.tabs.tabBar().setAccessibleName(self.tr("Views of the comparison"))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for view, title in (
            (self.spread, self.tr("Seeds")),
            (self.sheet, self.tr("Results")),
            (self.curves, self.tr("Curves")),
            (self.pictures, self.tr("Reconstructions")),
            (self.maps, self.tr("Maps")),
        ):
            self.tabs.addTab(view, title)
        self._hint = PlainLabel("", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self._hint)
        self.addWidget(self.tabs)

    @property
    def hint(self) -> str:
        """What is said while there is no comparison."""
        return self._hint.text()

    def set_hint(self, words: str) -> None:
        self._hint.setText(words)

    def set_ensemble(self, ensemble: Ensemble, runs: list[Path]) -> None:
        """Take the spread over ``runs``, which is shown with the comparison of some of them."""
        self._seeded = frozenset(runs)
        self.spread.show_ensemble(ensemble)

    def show_comparison(self, result: Compared) -> None:
        """Show the runs side by side in every view."""
        comparison, shared = result.comparison, result.comparison.shared
        names = [run.label for run in comparison.runs]
        self.sheet.show_comparison(comparison)
        is_seeded = {Path(run.path) for run in comparison.runs} <= self._seeded
        self.tabs.setTabVisible(self.tabs.indexOf(self.spread), is_seeded)
        if is_seeded:
            self.tabs.setCurrentWidget(self.spread)
        self.curves.show_runs(names, comparison.curves)
        for view in (self.pictures, self.maps):
            view.show_nothing(comparison.why_no_pictures)
        if shared is not None and result.art is not None:
            (errors,) = (row.texts for row in comparison.results if row.key == "squared_error")
            said = [self.tr("squared error {error}").format(error=error) for error in errors]
            self.pictures.show_samples(names, shared, result.art, said, result.sample_names)
            self.maps.show_samples(names, shared, result.art)
        self.setCurrentWidget(self.tabs)
