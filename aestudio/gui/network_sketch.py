"""Keeps the drawing of the network in step with the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from aestudio.errors import StudioError
from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.training_setup import TrainingSetup
from aestudio.gui.widgets.forms.recipe_panel import RecipePanel

if TYPE_CHECKING:
    from aestudio.workflows.planning.network_description import NetworkDescription

#: A value that is being typed is not drawn letter by letter.
_DELAY_MS = 150


class NetworkSketch(QObject):
    """Describes the recipe's network in the background whenever the recipe has changed."""

    def __init__(
        self, setup: TrainingSetup, panel: RecipePanel, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._setup = setup
        self._panel = panel
        self._background = background
        self._describing: Task | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._describe)
        panel.experiment_changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._timer.start()

    def _describe(self) -> None:
        experiment, dataset = self._panel.experiment, self._setup.dataset
        if experiment is None or dataset is None:
            return
        if self._describing is not None:
            self._describing.cancel()

        def work(report: TaskReport) -> NetworkDescription:
            from aestudio.workflows.planning.network_description import (
                category_places,
                describe,
                network_shape,
            )

            return describe(experiment, network_shape(dataset), category_places(dataset))

        self._describing = self._background.prepare(work, "describing the network")
        self._describing.done.connect(self._on_described)
        self._describing.failed.connect(self._on_failed)
        self._describing.start()

    def _on_described(self, description: NetworkDescription) -> None:
        if self.sender() is self._describing:
            self._describing = None
            self._panel.show_network(description)

    def _on_failed(self, error: StudioError) -> None:
        if self.sender() is self._describing:
            self._describing = None
            # The estimate of the time, which builds the same network, says what is wrong.
            self._panel.hide_network()
