"""The tool of the learning rate in the recipe: tries rates on the data and puts one in."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from aestudio.gui.background import Background
from aestudio.gui.theme import Theme
from aestudio.gui.training_setup import TrainingSetup
from aestudio.gui.widgets.dialogs.rate_dialog import RateDialog
from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
from aestudio.gui.workspaces.train import TrainWorkspace

RATE_KEY = "training.learning_rate"


class RateFinder(QObject):
    """Adds the button to the recipe, and opens the dialog when there is something to try."""

    def __init__(
        self,
        theme: Theme,
        setup: TrainingSetup,
        panel: RecipePanel,
        train: TrainWorkspace,
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._setup = setup
        self._panel = panel
        self._train = train
        self._background = background
        self.action = QAction(self.tr("Find…"), self)
        # Buttons would drop the ellipsis.
        self.action.setIconText(self.action.text())
        self.action.triggered.connect(self.open)
        panel.add_tool(RATE_KEY, self.action)
        setup.readiness_changed.connect(self._update)
        train.training_changed.connect(self._update)
        self._update()

    @property
    def why_not(self) -> str:
        """Why rates cannot be tried now; empty when they can."""
        if self._train.is_training:
            return self.tr("A run is going; stop it to try learning rates")
        return self._setup.why_not

    def open(self) -> None:
        """Try rates with the recipe as it stands."""
        experiment, dataset = self._panel.experiment, self._setup.dataset
        if self.why_not or experiment is None or dataset is None:
            return
        window = self._panel.window()
        dialog = RateDialog(self._theme, self._background, experiment, dataset, window)
        dialog.rate_chosen.connect(self._on_chosen)
        dialog.open()
        dialog.start()

    def _on_chosen(self, rate: float) -> None:
        self._panel.put({RATE_KEY: rate})

    def _update(self) -> None:
        reason = self.why_not
        self.action.setEnabled(not reason)
        self.action.setToolTip(
            reason or self.tr("Try growing learning rates for a few seconds, and take a good one")
        )
