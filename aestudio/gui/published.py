"""Connects the shelf of published results with the window: one training at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aestudio.gui.recipe_running import RecipeRunner
from aestudio.gui.widgets.dialogs.published_dialog import PublishedDialog

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow
    from aestudio.workflows.recipes.running import RecipeResult


class PublishedResults(QObject):
    """Owns the dialog and what runs in it."""

    message = Signal(str, str)
    failed = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        from aestudio.workflows.recipes.recipe_card import list_recipes

        super().__init__(window)
        self._window = window
        self.runner = RecipeRunner(window.background, self)
        self.dialog = PublishedDialog(window.theme, list_recipes(), self.runner, window)
        self._train_command = window.commands.action("train")
        self._was_busy = False
        self.dialog.run_wanted.connect(window.show_run)
        self.runner.changed.connect(self._on_changed)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self._train_command.changed.connect(self._on_command_changed)
        self._on_command_changed()

    def show(self) -> None:
        """Bring the dialog to the front."""
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _on_changed(self) -> None:
        is_busy = self.runner.is_busy
        if is_busy == self._was_busy:
            return
        self._was_busy = is_busy
        window = self._window
        reason = self.tr("A published recipe is running") if is_busy else ""
        if window.setup is not None:
            window.setup.set_elsewhere(reason)
        window.commands.set_enabled("train", not is_busy, reason)
        if not is_busy and window.runs is not None:
            window.runs.refresh()

    def _on_command_changed(self) -> None:
        """Every training disables this command while it is going."""
        is_elsewhere = not self._train_command.isEnabled() and not self.runner.is_busy
        self.dialog.set_elsewhere(self._train_command.toolTip() if is_elsewhere else "")

    def _on_finished(self, result: RecipeResult) -> None:
        words = self.tr("{0}: obtained {1:.4g}, published {2:.4g}; {3}.")
        self.message.emit(
            words.format(
                result.recipe.card.title, result.obtained, result.published, result.verdict
            ),
            "good" if result.holds else "warning",
        )

    def _on_failed(self, name: str, error: object) -> None:
        self.failed.emit(error)
