"""Asks with how many seeds to train the recipe, and from which on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from aestudio.gui.durations import spoken
from aestudio.gui.series_times import Measure, SeriesTimes
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

_USUAL_COUNT = 5
_RECIPE = "recipe"


class SeedsDialog(QDialog):
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
        from aestudio.workflows.ensembles import FEWEST_SEEDS, LARGEST_SEED, MOST_SEEDS

        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Same recipe, several seeds"))
        self._epochs = epochs
        self._times = times
        times.setParent(self)
        times.changed.connect(self._show_time)
        self.estimate = PlainLabel("", "muted")
        words = PlainLabel(
            self.tr(
                "Trains the recipe ({title}, {epochs} epochs) on {data} again and again, each time "
                "from other first weights and in another order, and shows how much the results "
                "scatter. A difference between two recipes that is smaller may be chance."
            ).format(title=title, epochs=epochs, data=data)
        )
        self.count = _number(_USUAL_COUNT, FEWEST_SEEDS, MOST_SEEDS, self.tr("Seeds"))
        self.first = _number(0, 0, LARGEST_SEED - MOST_SEEDS, self.tr("First seed"))
        self.count.valueChanged.connect(self._show_time)
        form = QFormLayout()
        form.addRow(self.tr("Seeds"), self.count)
        form.addRow(self.tr("First seed"), self.first)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train = buttons.addButton(
            self.tr("Train them"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.train.setProperty("role", "primary")
        buttons.accepted.connect(self._confirm)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        column.addWidget(words)
        column.addLayout(form)
        column.addWidget(self.estimate)
        column.addStretch(1)
        column.addWidget(buttons)
        self.resize(52 * SPACING, 36 * SPACING)
        times.start({_RECIPE: measure})

    def done(self, result: int) -> None:
        """Close, whichever way; nothing is measured for nobody."""
        self._times.stop()
        super().done(result)

    @property
    def _run_s(self) -> float:
        return self._epochs * self._times.epoch_s.get(_RECIPE, 0.0)

    def _show_time(self) -> None:
        problem = self._times.problems.get(_RECIPE, "")
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


def _number(value: int, least: int, most: int, name: str) -> QSpinBox:
    edit = QSpinBox()
    edit.setRange(least, most)
    edit.setValue(value)
    edit.setAccessibleName(name)
    return edit
