"""Asks with how many seeds to train the recipe, and from which on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aestudio.gui.durations import spoken
from aestudio.gui.series_times import Measure, SeriesTimes
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.dialogs.series_dialog import SeriesDialog

_USUAL_COUNT = 5
_RECIPE = "recipe"


class SeedsDialog(SeriesDialog):
    """One recipe, several seeds."""

    #: (number of seeds, the first of them, the seconds that one takes or 0)
    confirmed = Signal(int, int, float)

    def __init__(
        self,
        data: str,
        title: str,
        epochs: int,
        times: SeriesTimes,
        measure: Measure,
        parent: QWidget,
    ) -> None:
        from aestudio.workflows.comparison.ensembles import FEWEST_SEEDS, LARGEST_SEED, MOST_SEEDS

        super().__init__(
            self.tr("Same recipe, several seeds"),
            self.tr(
                "Trains the recipe ({title}, {epochs} epochs) on {data} again and again, each time "
                "from other first weights and in another order, and shows how much the results "
                "scatter. A difference between two recipes that is smaller may be chance."
            ).format(title=title, epochs=epochs, data=data),
            times,
            parent,
        )
        self._epochs = epochs
        times.changed.connect(self._show_time)
        self.count = self.add_number(self.tr("Seeds"), _USUAL_COUNT, FEWEST_SEEDS, MOST_SEEDS)
        self.first = self.add_number(self.tr("First seed"), 0, 0, LARGEST_SEED - MOST_SEEDS)
        self.count.valueChanged.connect(self._show_time)
        self.column.insertStretch(self.column.indexOf(self.buttons), 1)
        self.buttons.accepted.connect(self._confirm)
        self.resize(52 * SPACING, 36 * SPACING)
        times.start({_RECIPE: measure})

    @property
    def _run_s(self) -> float:
        return self._epochs * self.times.epoch_s.get(_RECIPE, 0.0)

    def _show_time(self) -> None:
        problem = self.times.problems.get(_RECIPE, "")
        self.estimate.set_role("error" if problem else "muted")
        if problem:
            self.estimate.setText(problem)
        elif self._run_s:
            words = self.tr("About {time} on this computer.")
            self.estimate.setText(words.format(time=spoken(self.count.value() * self._run_s)))
        else:
            self.estimate.setText(self.tr("Measuring how long it takes here…"))

    def _confirm(self) -> None:
        self.confirmed.emit(self.count.value(), self.first.value(), self._run_s)
        self.accept()
