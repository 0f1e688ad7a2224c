"""Asks which types to train on the same data, for how long, and with how many numbers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

_NAME_ROLE = Qt.ItemDataRole.UserRole + 1
_MOST_EPOCHS, _MOST_NUMBERS = 100_000, 65_536


class TypesDialog(QDialog):
    """Every type is ticked at first."""

    #: (names of types, number of epochs, code size)
    confirmed = Signal(object, int, int)

    def __init__(
        self, data: str, titles: Mapping[str, str], epochs: int, code_size: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Same data, every type"))
        words = PlainLabel(
            self.tr(
                "Trains each of these types on {data}, one after the other, with the same number "
                "of epochs and of code numbers, and sets the runs side by side."
            ).format(data=data)
        )
        self.types = QListWidget()
        self.types.setSpacing(SPACING // 4)
        self.types.setAccessibleName(self.tr("Types to train"))
        for name, title in titles.items():
            item = QListWidgetItem(title)
            item.setData(_NAME_ROLE, name)
            item.setToolTip(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.types.addItem(item)
        self.epochs = _number(epochs, _MOST_EPOCHS, self.tr("Epochs"))
        self.code_size = _number(code_size, _MOST_NUMBERS, self.tr("Code size"))
        form = QFormLayout()
        form.addRow(self.tr("Epochs"), self.epochs)
        form.addRow(self.tr("Code size"), self.code_size)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train = buttons.addButton(
            self.tr("Train them"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.train.setProperty("role", "primary")
        buttons.accepted.connect(self._confirm)
        buttons.rejected.connect(self.reject)
        self.types.itemChanged.connect(self._on_ticked)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        for part in (words, self.types):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(buttons)
        self.resize(52 * SPACING, 64 * SPACING)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the types that are ticked."""
        items = (self.types.item(row) for row in range(self.types.count()))
        return tuple(
            str(item.data(_NAME_ROLE))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def _on_ticked(self) -> None:
        self.train.setEnabled(bool(self.chosen))
        self.train.setToolTip("" if self.chosen else self.tr("Tick at least one type"))

    def _confirm(self) -> None:
        self.confirmed.emit(self.chosen, self.epochs.value(), self.code_size.value())
        self.accept()


def _number(value: int, most: int, name: str) -> QSpinBox:
    edit = QSpinBox()
    edit.setRange(1, most)
    edit.setValue(value)
    edit.setAccessibleName(name)
    return edit
