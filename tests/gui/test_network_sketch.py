"""The recipe shows its network as an hourglass, and follows what the person changes."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS


def test_the_drawing_follows_the_recipe(qtbot: QtBot, full_window: MainWindow) -> None:
    window = full_window
    assert window.setup is not None
    assert window.recipe is not None
    hourglass = window.recipe.hourglass
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    window.show_workspace("train")
    qtbot.waitUntil(hourglass.isVisible, timeout=PATIENCE_MS)
    assert "code, Code, 2, " in hourglass.accessibleDescription()
    assert hourglass.layer_text(0) == "Data: gives 1 x 8 x 8"
    assert hourglass.layer_text(hourglass.width()).startswith("Reconstruction: gives 1 x 8 x 8, ")
    assert hourglass.layer_text(hourglass.width() / 2).startswith("Code: gives 2, ")

    window.recipe.put({"network.hidden": (20, 10), "network.code_size": 3})
    qtbot.waitUntil(
        lambda: "code, Code, 3, 66" in hourglass.accessibleDescription(), timeout=PATIENCE_MS
    )


def test_a_network_that_cannot_be_is_not_drawn(qtbot: QtBot, full_window: MainWindow) -> None:
    window = full_window
    assert window.setup is not None
    assert window.recipe is not None
    hourglass = window.recipe.hourglass
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("breast-cancer")
    window.show_workspace("train")
    qtbot.waitUntil(hourglass.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.setup.failed, timeout=PATIENCE_MS):
        window.recipe.put({"network.kind": "convolutional"})
    window.recipe.show_all_settings(None)
    qtbot.waitUntil(hourglass.isHidden, timeout=PATIENCE_MS)


def test_all_settings_get_the_room_of_the_drawing(qtbot: QtBot, full_window: MainWindow) -> None:
    window = full_window
    assert window.setup is not None
    assert window.recipe is not None
    hourglass = window.recipe.hourglass
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    window.show_workspace("train")
    qtbot.waitUntil(hourglass.isVisible, timeout=PATIENCE_MS)
    window.recipe.show_all_settings("")
    assert hourglass.isHidden()
    window.recipe.show_all_settings(None)
    assert hourglass.isVisible()
