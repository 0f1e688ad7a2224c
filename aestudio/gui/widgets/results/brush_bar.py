"""What one paints with, and the ways to take it back."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from aestudio.analysis.painting import BRUSHES, Brush, BrushName
from aestudio.gui.plots.flow_layout import FlowLayout
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.forms.number_edit import indent_text
from aestudio.gui.widgets.labels import plain_tooltip

_STRONGEST_PERCENT = 200
#: At first the brush is as wide as this share of the picture.
_FIRST_SHARE = 1 / 8


class BrushBar(QWidget):
    """A row of controls that wraps where it does not fit."""

    diameter_changed = Signal(int)
    undo_wanted = Signal()
    clear_wanted = Signal()
    damage_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        for name, kind in BRUSHES.items():
            self.kind.addItem(kind.title, name)
            self.kind.setItemData(self.kind.count() - 1, kind.help, Qt.ItemDataRole.ToolTipRole)
        self.size_edit = QSpinBox()
        self.size_edit.setSuffix(self.tr(" px"))
        self.size_edit.setMinimum(1)
        self.size_edit.setToolTip(self.tr("How wide the brush is, in pixels of the sample"))
        self.strength = QSpinBox()
        self.strength.setSuffix(self.tr(" %"))
        self.strength.setRange(1, _STRONGEST_PERCENT)
        self.strength.setSingleStep(5)
        self.strength.setValue(round(100 * Brush("noise", 1).strength))
        self.undo = _button(self.tr("Undo"), self.tr("Take the last stroke back (Ctrl+Z)"))
        self.clear = _button(self.tr("Clear"), self.tr("Show the clean sample again"))
        self.damage = _button(self.tr("Damage as in training"), "")
        row = FlowLayout(self, gap=SPACING)
        for title, purpose, control in (
            (self.tr("Brush"), self.tr("What the brush does"), self.kind),
            (self.tr("Size"), self.tr("Size of the brush in pixels"), self.size_edit),
            (self.tr("Noise"), self.tr("Strength of the noise in percent"), self.strength),
        ):
            control.setAccessibleName(purpose)
            row.addWidget(_titled(title, control))
        for edit in (self.size_edit, self.strength):
            indent_text(edit)
        for button in (self.undo, self.clear, self.damage):
            row.addWidget(button)
        self.kind.currentIndexChanged.connect(self._on_kind_chosen)
        self.size_edit.valueChanged.connect(self.diameter_changed)
        self.undo.clicked.connect(self.undo_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.damage.clicked.connect(self.damage_wanted)
        self._on_kind_chosen()

    @property
    def brush(self) -> Brush:
        """What is chosen now."""
        name = cast("BrushName", self.kind.currentData())
        return Brush(name, self.size_edit.value(), self.strength.value() / 100)

    def choose(self, name: BrushName) -> None:
        self.kind.setCurrentIndex(self.kind.findData(name))

    def set_picture_size(self, width: int, height: int) -> None:
        """Offer sizes that suit samples of this size."""
        self.size_edit.setMaximum(max(width, height))
        self.size_edit.setValue(max(1, round(_FIRST_SHARE * min(width, height))))

    def set_learned_damage(self, description: str) -> None:
        """What the model was trained with; empty: nothing."""
        self.damage.setEnabled(bool(description))
        self.damage.setToolTip(
            plain_tooltip(
                self.tr("{damage}, anew each time").format(damage=description)
                if description
                else self.tr("Only a denoising model is trained with damaged samples.")
            )
        )

    def set_undo_enabled(self, can_undo: bool, is_clean: bool) -> None:
        """``is_clean``: there is nothing to clear."""
        self.undo.setEnabled(can_undo)
        self.clear.setEnabled(not is_clean)

    def _on_kind_chosen(self) -> None:
        name = self.brush.name
        self.kind.setToolTip(BRUSHES[name].help)
        self.strength.setEnabled(name == "noise")
        self.strength.setToolTip(
            self.tr("Standard deviation, as a share of the range from black to white")
            if name == "noise"
            else self.tr("Only the brush “Noise” has a strength.")
        )


def _button(text: str, tooltip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tooltip)
    return button


def _titled(title: str, control: QWidget) -> QWidget:
    label = QLabel(title)
    label.setProperty("role", "muted")
    label.setBuddy(control)
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, SPACING // 2, 0)
    row.setSpacing(SPACING // 2)
    row.addWidget(label)
    row.addWidget(control)
    return pair
