"""The loss and the gradients in one place: a button on each leads to the other."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from aestudio.gui.plots.gradient_curves import GradientCurves
from aestudio.gui.plots.loss_curves import LossCurves


class CurvePages(QStackedWidget):
    """Shows the loss first."""

    def __init__(
        self, loss: LossCurves, gradients: GradientCurves, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._loss, self._gradients = loss, gradients
        for page in (loss, gradients):
            self.addWidget(page)
        loss.gradients_toggle.clicked.connect(self._show_gradients)
        gradients.loss_toggle.clicked.connect(self._show_loss)

    def _show_gradients(self) -> None:
        self._turn_to(self._gradients, self._loss.gradients_toggle, self._gradients.loss_toggle)

    def _show_loss(self) -> None:
        self._turn_to(self._loss, self._gradients.loss_toggle, self._loss.gradients_toggle)

    def _turn_to(self, page: QWidget, pressed: QToolButton, counterpart: QToolButton) -> None:
        has_focus = pressed.hasFocus()
        # Each stays as it is on its own page: up on the loss, down on the gradients.
        pressed.setChecked(not pressed.isChecked())
        self.setCurrentWidget(page)
        if has_focus:
            counterpart.setFocus()
