"""Asks with how many seeds to train the recipe, and from which on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

_USUAL_COUNT = 5


class SeedsDialog(QDialog):
    """One recipe, several seeds."""

    #: (number of seeds, the first of them)
    confirmed = Signal(int, int)

    def __init__(self, data: str, title: str, epochs: int, parent: QWidget) -> None:
        from aestudio.workflows.ensembles import FEWEST_SEEDS, LARGEST_SEED, MOST_SEEDS

        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Same recipe, several seeds"))
        words = PlainLabel(
            self.tr(
                "Trains the recipe ({title}, {epochs} epochs) on {data} again and again, each time "
                "from other first weights and in another order, and shows how much the results "
                "scatter. A difference between two recipes that is smaller may be chance."
            ).format(title=title, epochs=epochs, data=data)
        )
        self.count = _number(_USUAL_COUNT, FEWEST_SEEDS, MOST_SEEDS, self.tr("Seeds"))
        self.first = _number(0, 0, LARGEST_SEED - MOST_SEEDS, self.tr("First seed"))
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
        column.addStretch(1)
        column.addWidget(buttons)
        self.resize(52 * SPACING, 32 * SPACING)

    def _confirm(self) -> None:
        self.confirmed.emit(self.count.value(), self.first.value())
        self.accept()


def _number(value: int, least: int, most: int, name: str) -> QSpinBox:
    edit = QSpinBox()
    edit.setRange(least, most)
    edit.setValue(value)
    edit.setAccessibleName(name)
    return edit
