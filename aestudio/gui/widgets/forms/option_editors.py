"""The right control for each option, chosen from what the option declares."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from aestudio.gui.restyling import set_styled
from aestudio.gui.widgets.forms.number_edit import NumberEdit, WholeNumberEdit, format_number
from aestudio.gui.widgets.labels import plain_tooltip
from aestudio.options import OptionField

#: Short names that mean little to a newcomer, in words.
_CHOICE_TITLES = {
    "mse": "squared error",
    "l1": "absolute error",
    "bce": "cross-entropy",
    "as_numbers": "as numbers",
    "cross_entropy": "cross-entropy",
    "one_hot": "one input each",
    "leaky_relu": "leaky relu",
    "minmax": "0 to 1, as observed",
    "unit": "0 to 1, by number type",
    "standard": "mean 0, spread 1",
    "robust": "mean 0, spread 1, robust",
    "log": "logarithms",
    "quantile": "ranks",
    "mask": "leave out",
    "fp32": "32 bits",
    "bf16": "16 bits (bf16)",
    "cpu": "processor (CPU)",
    "cuda": "graphics card (CUDA)",
    "mps": "Apple graphics",
    "rgb": "colour",
    "rgba": "colour and alpha",
    "auto": "automatic",
}


class OptionEditor(QObject):
    """One control, and the value that stands in it; ``edited`` speaks only of the person's doing."""

    edited = Signal(object)
    #: What can be typed has been typed: the focus leaves, or Return was pressed.
    finished = Signal()

    def __init__(self, field: OptionField, control: QWidget) -> None:
        super().__init__(control)
        self.field = field
        self.control = control
        control.setAccessibleName(field.title)
        control.setAccessibleDescription(f"{field.help} {field.hint}".strip())
        control.setToolTip(explanation(field))
        # A wheel that scrolls the form must not change what lies under it.
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self)

    def value(self) -> Any:
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show ``value`` without a word to anybody."""
        self.control.blockSignals(True)
        self._show(value)
        self.control.blockSignals(False)

    def set_invalid(self, is_invalid: bool) -> None:
        """Mark the control as holding a value that cannot be used."""
        set_styled(self.control, "invalid", is_invalid)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _speak(self) -> None:
        self.edited.emit(self.value())


class ChoiceEditor(OptionEditor):
    """One of a few names."""

    def __init__(
        self, field: OptionField, parent: QWidget, titles: dict[str, str] | None = None
    ) -> None:
        self._box = QComboBox(parent)
        # Wide enough to read, never so wide that a long choice widens the form.
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(6)
        choices = titles or {name: choice_title(name) for name in field.choices}
        for name, title in choices.items():
            self._box.addItem(title, name)
        super().__init__(field, self._box)
        self._box.activated.connect(self._speak)

    def value(self) -> str:
        return str(self._box.currentData())

    def _show(self, value: Any) -> None:
        self._box.setCurrentIndex(self._box.findData(str(value)))


class SwitchEditor(OptionEditor):
    """On or off."""

    def __init__(self, field: OptionField, parent: QWidget) -> None:
        self._box = QCheckBox(parent)
        super().__init__(field, self._box)
        self._box.clicked.connect(self._speak)

    def value(self) -> bool:
        return self._box.isChecked()

    def _show(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class NumberEditor(OptionEditor):
    """A number, whole or of any magnitude."""

    def __init__(self, field: OptionField, parent: QWidget, box_class: type[NumberEdit]) -> None:
        self._box = box_class(field.minimum, field.maximum, parent, unit=field.unit)
        super().__init__(field, self._box)
        self._box.edited.connect(self._speak)
        self._box.editingFinished.connect(self.finished)

    def value(self) -> float | str:
        return self._box.value()

    def _show(self, value: Any) -> None:
        self._box.set_value(value)


class TextEditor(OptionEditor):
    """A list such as ``512, 256, 128``, a number that may be left empty, or plain text."""

    def __init__(self, field: OptionField, parent: QWidget) -> None:
        self._line = QLineEdit(parent)
        self._is_list = get_origin(field.annotation) is tuple
        self._may_be_empty = type(None) in _members(field.annotation)
        if self._is_list or self._may_be_empty:
            self._line.setPlaceholderText(self.tr("automatic"))
        super().__init__(field, self._line)
        self._line.textEdited.connect(self._speak)
        self._line.editingFinished.connect(self.finished)

    def value(self) -> Any:
        text = self._line.text().strip()
        if self._is_list:
            return [_number_or_text(part) for part in text.strip("[]()").split(",") if part.strip()]
        if self._may_be_empty:
            return _number_or_text(text) if text else None
        return text

    def _show(self, value: Any) -> None:
        if isinstance(value, tuple | list):
            self._line.setText(", ".join(_shown(part) for part in value))
        else:
            self._line.setText("" if value is None else _shown(value))


def make_editor(
    field: OptionField, parent: QWidget, titles: dict[str, str] | None = None
) -> OptionEditor:
    """Return the editor for one option; ``titles`` names choices that the field does not know."""
    if titles or field.choices:
        return ChoiceEditor(field, parent, titles)
    if field.annotation is bool:
        return SwitchEditor(field, parent)
    if field.annotation is int:
        return NumberEditor(field, parent, WholeNumberEdit)
    if field.annotation is float:
        return NumberEditor(field, parent, NumberEdit)
    return TextEditor(field, parent)


def choice_title(name: str) -> str:
    """Return the words for one choice."""
    return _CHOICE_TITLES.get(name, name)


def explanation(field: OptionField) -> str:
    """Return the tooltip of an option: what it does, what to try, its name in files."""
    lines = [field.help]
    if field.hint:
        lines.append(f"Try: {field.hint}")
    lines.append(field.key)
    return plain_tooltip("\n".join(lines))


def _members(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return ()


def _number_or_text(text: str) -> int | float | str:
    text = text.strip()
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def _shown(value: object) -> str:
    return format_number(value) if isinstance(value, float) else str(value)
