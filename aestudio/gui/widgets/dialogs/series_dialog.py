"""What dialogs share that ask how to train several runs one after the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from aestudio.gui.series_times import SeriesTimes
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel


class SeriesDialog(QDialog):
    """Words, numbers to choose, how long it would take here, and a button that trains.

    The time is measured while the dialog is open; a subclass starts that, shows it in ``estimate``
    and connects ``buttons.accepted``.
    """

    def __init__(self, title: str, words: str, times: SeriesTimes, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.times = times
        times.setParent(self)
        self.form = QFormLayout()
        self.estimate = PlainLabel("", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train = self.buttons.addButton(
            self.tr("Train them"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.train.setProperty("role", "primary")
        self.buttons.rejected.connect(self.reject)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        self.column.setSpacing(2 * SPACING)
        self.column.addWidget(PlainLabel(words))
        self.column.addLayout(self.form)
        self.column.addWidget(self.estimate)
        self.column.addWidget(self.buttons)

    def done(self, result: int) -> None:
        """Close, whichever way; nothing is measured for nobody."""
        self.times.stop()
        super().done(result)

    def add_number(self, name: str, value: int, least: int, most: int) -> QSpinBox:
        """Let a number be chosen."""
        edit = QSpinBox()
        edit.setRange(least, most)
        edit.setValue(value)
        edit.setAccessibleName(name)
        self.form.addRow(name, edit)
        return edit
