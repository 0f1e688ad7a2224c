"""Published results are obtained again in the window, as a person does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from aestudio.gui.widgets.dialogs.published_dialog import PublishedDialog
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.workflows.recipes import recipe_card
from aestudio.workflows.recipes.recipe_card import list_recipes
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_accessibility import cut_buttons, cut_labels, unnamed

SMALL = """
[recipe]
title = "{title}"
shows = "Something."
protocol = "In words."
metric = "squared_error"
published = 3.0
source = "A paper"
direction = "below"
target = {target}
data = "{data}"
minutes = 0.1
{variants}
[network]
hidden = [16]
code_size = 4
[training]
epochs = {epochs}
batch_size = 64
"""
TWO = "".join(
    f'[[recipe.variants]]\nname = "size {size}"\nset = {{ "network.code_size" = {size} }}\n'
    for size in (2, 3)
)

Shelf = Callable[..., None]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A function that puts a recipe on an otherwise empty shelf."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    monkeypatch.setattr(recipe_card, "resource", lambda *_names: folder)

    def put(name: str = "test", **changes: object) -> None:
        values = {"target": 1e6, "data": "digits", "variants": "", "epochs": 1, "title": name}
        text = SMALL.format(**{**values, **changes})
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")

    return put


def open_dialog(window: MainWindow) -> PublishedDialog:
    window.commands.action("published").trigger()
    assert window.dialogs.published is not None
    return window.dialogs.published.dialog


def wait_until_free(qtbot: QtBot, dialog: PublishedDialog) -> None:
    qtbot.waitUntil(lambda: not dialog._runner.is_busy, timeout=PATIENCE_MS)


def texts(dialog: PublishedDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(PlainLabel) if label.isVisible()]


def test_every_published_result_says_what_it_is_and_takes(
    qtbot: QtBot, full_window: MainWindow
) -> None:
    dialog = open_dialog(full_window)
    recipes = list_recipes()
    assert dialog.list.count() == len(recipes) >= 6
    for recipe in recipes:
        dialog.select(recipe.name)
        card = recipe.card
        facts = {card.title, card.source, card.protocol, f"{card.published:.4g}"}
        qtbot.waitUntil(lambda facts=facts: facts <= set(texts(dialog)))
        assert any("processor cores" in text for text in texts(dialog))
        assert dialog.folder.isVisible() is recipe.needs_data
        assert unnamed(dialog) == []
        assert cut_buttons(dialog) == []
        assert cut_labels(dialog) == []
    dialog.close()


def test_a_result_is_obtained_and_its_runs_are_opened(
    qtbot: QtBot, full_window: MainWindow, shelf: Shelf
) -> None:
    shelf(variants=TWO)
    window = full_window
    dialog = open_dialog(window)
    assert not dialog.outcome.isVisible()
    with qtbot.waitSignal(dialog._runner.finished, timeout=PATIENCE_MS) as finished:
        dialog.run.click()
        assert not dialog.run.isEnabled()
        assert dialog.run.toolTip() == "A recipe is running"
        assert window.setup.why_not == "A published recipe is running"
        assert not window.commands.action("train").isEnabled()
    result = finished.args[0]
    assert f"{result.obtained:.4g}" in dialog.outcome.texts
    assert "3" in dialog.outcome.texts
    assert "The target is reached: it holds." in dialog.outcome.texts
    assert "published 3" in window.messages.text
    wait_until_free(qtbot, dialog)
    assert window.commands.action("train").isEnabled()
    assert window.setup.why_not != "A published recipe is running"
    assert dialog.outcome.runs.count() == 2
    dialog.outcome.runs.setCurrentRow(1)
    dialog.outcome.open.click()
    assert not dialog.isVisible()
    assert window.current_workspace == "train"
    qtbot.waitUntil(lambda: window.train.run_path is not None, timeout=PATIENCE_MS)
    assert window.train.run_path == result.variants[1].run


def test_cancelling_works_at_once(qtbot: QtBot, full_window: MainWindow, shelf: Shelf) -> None:
    shelf(epochs=100_000)
    shelf("other", target=1e-9)
    dialog = open_dialog(full_window)
    dialog.select("test")
    with qtbot.waitSignal(dialog._runner.progressed, timeout=PATIENCE_MS):
        dialog.run.click()
    with qtbot.assertNotEmitted(dialog._runner.finished):
        dialog.cancel.click()
        assert dialog._runner.name == ""
        assert "Cancelled" in dialog.words
        assert not dialog.cancel.isVisible()
        wait_until_free(qtbot, dialog)
    # The next one can be run at once.
    dialog.select("other")
    assert dialog.words == ""
    with qtbot.waitSignal(dialog._runner.finished, timeout=PATIENCE_MS):
        dialog.run.click()
    assert "The target is not reached: it does not hold." in dialog.outcome.texts
    wait_until_free(qtbot, dialog)
    dialog.close()


def test_closing_the_window_ends_what_is_running(
    qtbot: QtBot, full_window: MainWindow, shelf: Shelf
) -> None:
    shelf(epochs=100_000)
    dialog = open_dialog(full_window)
    with qtbot.waitSignal(dialog._runner.progressed, timeout=PATIENCE_MS):
        dialog.run.click()
    dialog.close()
    assert dialog._runner.name == "test", "the dialog is only a view"
    full_window.close()
    # What is left running fails the test.


def test_data_that_is_needed_is_asked_for_and_looked_at(
    qtbot: QtBot,
    full_window: MainWindow,
    shelf: Shelf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf(data="mnist")
    dialog = open_dialog(full_window)
    answers = ["", str(tmp_path)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    dialog.run.click()
    assert not dialog._runner.is_busy, "the person has chosen nothing"
    with qtbot.waitSignal(dialog._runner.failed, timeout=PATIENCE_MS):
        dialog.run.click()
    assert dialog.folder.text() == str(tmp_path)
    assert str(tmp_path) in dialog.words
    wait_until_free(qtbot, dialog)
    assert dialog.run.isEnabled()
    dialog.close()


def test_nothing_is_trained_beside_a_recipe(
    qtbot: QtBot, full_window: MainWindow, shelf: Shelf, tmp_path: Path
) -> None:
    shelf(epochs=100_000)
    window = full_window
    dialog = open_dialog(window)
    with qtbot.waitSignal(dialog._runner.progressed, timeout=PATIENCE_MS):
        dialog.run.click()
    with qtbot.waitSignal(window.setup.failed, timeout=PATIENCE_MS) as failed:
        window.start_demo()
    assert "A published recipe is running" in str(failed.args[0])
    window.resume_run(tmp_path, 0)
    assert window.messages.text.startswith("A published recipe is running")
    assert not window.train.is_training
    dialog.cancel.click()
    wait_until_free(qtbot, dialog)
    dialog.close()


def test_nothing_is_run_beside_a_training(full_window: MainWindow) -> None:
    dialog = open_dialog(full_window)
    full_window.show_training(True)
    assert not dialog.run.isEnabled()
    assert dialog.run.toolTip() == "A run is going"
    full_window.show_training(False)
    assert dialog.run.isEnabled()
    dialog.close()


def test_the_start_page_leads_there_as_soon_as_the_engine_is_loaded(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = window.data.start_page
    (button,) = [
        one for one in page.findChildren(QPushButton) if one.text() == "Published results…"
    ]
    button.click()
    assert "as soon as the engine" in window.messages.text
    assert window.dialogs.published is None
    with qtbot.waitSignal(window.complete, timeout=PATIENCE_MS):
        window.load_engine()
    qtbot.waitUntil(lambda: window.dialogs.published is not None)
    assert window.dialogs.published.dialog.isVisible()
    window.dialogs.published.dialog.close()
