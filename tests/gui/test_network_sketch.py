"""The recipe shows its network as an hourglass, and follows what the person changes."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
from tests.gui.conftest import PATIENCE_MS


def recipe_for(qtbot: QtBot, window: MainWindow, data: str) -> RecipePanel:
    """Open ``data`` and wait until the network of its recipe is on the screen."""
    assert window.setup is not None
    assert window.recipe is not None
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data(data)
    window.show_workspace("train")
    qtbot.waitUntil(window.recipe.hourglass.isVisible, timeout=PATIENCE_MS)
    return window.recipe


def test_the_drawing_follows_the_recipe(qtbot: QtBot, full_window: MainWindow) -> None:
    recipe = recipe_for(qtbot, full_window, "digits")
    hourglass = recipe.hourglass
    assert "code, Code, 2, " in hourglass.accessibleDescription()
    assert hourglass.layer_text(0) == "Data: gives 1 x 8 x 8"
    assert hourglass.layer_text(hourglass.width()).startswith("Reconstruction: gives 1 x 8 x 8, ")
    assert hourglass.layer_text(hourglass.width() / 2).startswith("Code: gives 2, ")

    recipe.put({"network.hidden": (20, 10), "network.code_size": 3})
    qtbot.waitUntil(
        lambda: "code, Code, 3, 66" in hourglass.accessibleDescription(), timeout=PATIENCE_MS
    )


def test_a_network_that_cannot_be_is_not_drawn(qtbot: QtBot, full_window: MainWindow) -> None:
    recipe = recipe_for(qtbot, full_window, "breast-cancer")
    hourglass = recipe.hourglass
    assert full_window.setup is not None
    with qtbot.waitSignal(full_window.setup.failed, timeout=PATIENCE_MS):
        recipe.put({"network.kind": "convolutional"})
    recipe.show_all_settings(None)
    qtbot.waitUntil(hourglass.isHidden, timeout=PATIENCE_MS)


def test_all_settings_get_the_room_of_the_drawing(qtbot: QtBot, full_window: MainWindow) -> None:
    recipe = recipe_for(qtbot, full_window, "digits")
    hourglass = recipe.hourglass
    recipe.show_all_settings("")
    assert hourglass.isHidden()
    recipe.show_all_settings(None)
    assert hourglass.isVisible()
