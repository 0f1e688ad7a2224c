"""A workspace is one registration: the rest of the window follows from it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.places import registry
from aestudio.gui.places.registry import Built, numbered_places, place
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme


def test_every_workspace_has_its_place_and_its_keys() -> None:
    named = {found.name: shortcut for found, shortcut in numbered_places()}
    assert list(named)[:4] == ["data", "train", "insights", "runs"]
    assert list(named.values())[:4] == ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"]


def test_a_name_is_registered_once() -> None:
    numbered_places()
    register = place("runs", title="", hint="", help="", menu_title="", order=1)
    with pytest.raises(ValueError, match="runs"):
        register(lambda window: Built(page=window.data))


def test_what_is_registered_appears_everywhere_and_hears_of_being_shown(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered_places()
    monkeypatch.setattr(registry, "_PLACES", dict(registry._PLACES))
    heard: list[str] = []

    @place(
        "garden",
        title="Garden",
        hint="What grows",
        help="Everything green",
        menu_title="Show &garden",
        icon="data",
        order=990,
        needs_engine=False,
    )
    def build(window: MainWindow) -> Built:
        return Built(
            page=QLabel("green"),
            on_shown=lambda: heard.append("shown"),
            on_closing=lambda: heard.append("closing"),
        )

    shortcut = {found.name: keys for found, keys in numbered_places()}["garden"]
    window = MainWindow(theme, Settings(), CrashReports())
    window.show()
    button = next(one for one in window.rail.findChildren(QToolButton) if one.text() == "Garden")
    assert button.toolTip() == f"What grows ({shortcut})"
    assert window.commands.action("show_garden").shortcut().toString() == shortcut
    assert heard == []
    button.click()
    assert window.current_workspace == "garden"
    assert window.page("garden").isVisible()
    assert heard == ["shown"]
    window.close()
    window.deleteLater()
    assert heard == ["shown", "closing"]
