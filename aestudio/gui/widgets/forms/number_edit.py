"""Boxes for numbers: type freely, or step; what is typed is never corrected behind one's back."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

_LADDER = (1.0, 2.0, 5.0)
#: Where a step up from zero goes.
_FIRST_STEP = 0.01
_TOLERANCE = 1e-9
_INDENT = 5


class NumberEdit(QAbstractSpinBox):
    """Gives out what stands in the box: a float, or the text where that is no number.

    A step goes along 1, 2, 5, 10, 20, 50, which suits numbers of any magnitude.
    """

    edited = Signal(object)

    def __init__(
        self,
        minimum: float | None,
        maximum: float | None,
        parent: QWidget | None = None,
        *,
        unit: str = "",
    ) -> None:
        super().__init__(parent)
        self._suffix = f" {unit}" if unit else ""
        self._minimum = -math.inf if minimum is None else minimum
        self._maximum = math.inf if maximum is None else maximum
        indent_text(self)
        self.lineEdit().textEdited.connect(lambda _text: self.edited.emit(self.value()))

    def value(self) -> float | str:
        text = self._bare_text()
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text

    def set_value(self, value: float) -> None:
        self.lineEdit().setText(format_number(value) + self._suffix)

    def stepBy(self, steps: int) -> None:
        """Move ``steps`` rungs up or down, within the limits."""
        value = self.value()
        if isinstance(value, str) or not math.isfinite(value):
            return
        for _ in range(abs(steps)):
            value = self._next(value) if steps > 0 else self._previous(value)
        self.set_value(min(max(value, self._minimum), self._maximum))
        self.edited.emit(self.value())

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        value = self.value()
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if isinstance(value, str):
            return flags
        if value < self._maximum:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if value > self._minimum:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        # Everything may be typed; the recipe says in words what is wrong with it.
        return (QValidator.State.Acceptable, text, position)

    def _bare_text(self) -> str:
        return self.lineEdit().text().removesuffix(self._suffix).strip()

    def _next(self, value: float) -> float:
        return next_rung(value)

    def _previous(self, value: float) -> float:
        return previous_rung(value)


class WholeNumberEdit(NumberEdit):
    """The same for whole numbers: a step is 1, or 10 from 100 on, 100 from 1000 on."""

    def value(self) -> int | float | str:
        text = self._bare_text()
        try:
            return int(text)
        except ValueError:
            return super().value()

    def set_value(self, value: float) -> None:
        self.lineEdit().setText(f"{int(value)}{self._suffix}")

    def _next(self, value: float) -> float:
        return math.floor(value) + whole_step(value)

    def _previous(self, value: float) -> float:
        # From 100 the step down is the one of 99.
        return math.ceil(value) - whole_step(value - 1)


def indent_text(box: QAbstractSpinBox) -> None:
    """Start the number where the text of the other controls starts; style sheets cannot."""
    box.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


def format_number(value: float) -> str:
    """Return the shortest text of a number that a person would write."""
    return f"{value:.6g}"


def next_rung(value: float) -> float:
    """Return the next larger of 1, 2 and 5 times a power of ten; from zero, 0.01."""
    if value < 0.0:
        return -previous_rung(-value)
    if value == 0.0:
        return _FIRST_STEP
    power = 10.0 ** math.floor(math.log10(value))
    rungs = [factor * power for factor in (*_LADDER, 10.0, 20.0)]
    return next(rung for rung in rungs if rung > value * (1 + _TOLERANCE))


def whole_step(value: float) -> int:
    """Return the power of ten below that of ``value``, at least 1."""
    return int(10 ** max(0, len(str(abs(int(value)))) - 2))


def previous_rung(value: float) -> float:
    """Return the next smaller of 1, 2 and 5 times a power of ten; below a millionth, zero."""
    if value <= 0.0:
        return -next_rung(-value)
    power = 10.0 ** math.floor(math.log10(value))
    rungs = [factor * power for factor in (0.2, 0.5, *_LADDER)]
    below = [rung for rung in rungs if rung < value * (1 - _TOLERANCE)]
    return below[-1] if below[-1] >= 1e-7 else 0.0
