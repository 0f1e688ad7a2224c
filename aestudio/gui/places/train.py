"""The place of the Train workspace: with the recipe at its left and what stands between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.gui.places.registry import Built, place

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow


@place(
    "train",
    title="Train",
    hint="Train and watch",
    help="The recipe, and everything live while it learns",
    menu_title="Show &train",
    order=20,
)
def build(window: MainWindow) -> Built:
    from aestudio.gui.network_sketch import NetworkSketch
    from aestudio.gui.rate_finding import RateFinder
    from aestudio.gui.training_setup import TrainingSetup
    from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
    from aestudio.gui.workspaces.train import TrainWorkspace

    recipe = window.recipe = RecipePanel(window.theme)
    train = window.train = TrainWorkspace(window.theme)
    train.set_recipe_panel(recipe)
    setup = window.setup = TrainingSetup(train, recipe, window.background, window)
    NetworkSketch(setup, recipe, window.background, window)
    RateFinder(window.theme, setup, recipe, train, window.background, window)
    train.message.connect(window.messages.show_message)
    train.failed.connect(window.show_error)
    train.failed.connect(setup.show_failure)
    train.training_changed.connect(window.show_training)
    train.run_finished.connect(window.list_finished_run)
    train.export_requested.connect(window.dialogs.export_run)
    setup.failed.connect(window.show_error)
    setup.setting_taken.connect(window.go_to_train)
    setup.recipe_wanted.connect(window.opener.open_recipe)
    recipe.refused.connect(window.show_error)
    layout = window.settings.layout("train")
    if not layout.isEmpty() and not window.is_safe_start:
        train.restore_layout(layout)

    def end() -> None:
        window.settings.set_layout("train", train.save_layout())
        train.stop_and_join()

    return Built(page=train, on_closing=end)
