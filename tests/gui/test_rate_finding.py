"""The learning rate is looked for in the window as a person does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from aestudio.data.reading import read
from aestudio.experiment import Experiment
from aestudio.gui.background import Background
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.rate_dialog import RateDialog
from tests.gui.conftest import PATIENCE_MS

DIGITS = read("digits")
QUICK = {"network.hidden": [16], "network.code_size": 4, "training.batch_size": 64}


@pytest.fixture
def ready_window(qtbot: QtBot, full_window: MainWindow) -> Iterator[MainWindow]:
    """The window with digits and a small recipe."""
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        full_window.opener.open_data("digits")
    full_window.recipe.set_experiment(full_window.recipe.experiment.with_values(QUICK))
    full_window.show_workspace("train")
    yield full_window
    for dialog in full_window.findChildren(RateDialog):
        dialog.reject()


def find_button(window: MainWindow) -> QToolButton:
    found = window.recipe.row("training.learning_rate").findChildren(QToolButton)
    return next(button for button in found if button.text() == "Find…")


def open_dialog(window: MainWindow) -> RateDialog:
    find_button(window).click()
    return window.findChild(RateDialog)


def test_without_data_the_button_says_why_not(full_window: MainWindow) -> None:
    full_window.recipe.set_experiment(Experiment())
    button = find_button(full_window)
    assert not button.isEnabled()
    assert button.toolTip() == "Choose data first, on the Data page"
    assert button.accessibleName() == "Learning rate: Find"


def test_the_rate_that_is_found_goes_into_the_recipe(
    qtbot: QtBot, ready_window: MainWindow
) -> None:
    window = ready_window
    assert find_button(window).isEnabled()
    dialog = open_dialog(window)
    assert not dialog.use.isEnabled()
    assert dialog.use.toolTip() == "The test is under way"
    with qtbot.waitSignal(dialog.ended, timeout=PATIENCE_MS):
        pass
    test = dialog._test
    assert dialog.words == test.meaning
    raw, smoothed = dialog.curve.getPlotItem().listDataItems()
    assert len(raw.getOriginalDataset()[0]) == len(test.rates)
    assert list(smoothed.getOriginalDataset()[1]) == pytest.approx(test.smoothed)
    with qtbot.waitSignal(window.recipe.experiment_changed):
        dialog.use.click()
    assert window.recipe.experiment.training.learning_rate == test.suggestion
    assert window.recipe.row("training.learning_rate").editor.value() == test.suggestion
    assert window.recipe.changed_keys() == ["training.learning_rate"]


def test_cancelling_ends_the_test_and_leaves_the_recipe(
    qtbot: QtBot, ready_window: MainWindow
) -> None:
    window = ready_window
    before = window.recipe.experiment
    dialog = open_dialog(window)
    task = dialog._task
    with qtbot.assertNotEmitted(task.done), qtbot.waitSignal(task.ended, timeout=PATIENCE_MS):
        dialog.cancel.click()
    assert window.recipe.experiment is before


def test_while_a_run_is_going_the_button_says_why_not(
    qtbot: QtBot, ready_window: MainWindow
) -> None:
    window = ready_window
    with qtbot.waitSignal(window.train.training_changed, timeout=PATIENCE_MS):
        window.train_now()
    assert "A run is going" in find_button(window).toolTip()
    assert not find_button(window).isEnabled()
    with qtbot.waitSignal(window.train.bridge.ended, timeout=PATIENCE_MS):
        window.stop_training()
    assert find_button(window).isEnabled()


def test_the_button_stays_when_the_type_changes(ready_window: MainWindow) -> None:
    window = ready_window
    other = window.recipe.experiment.with_values({"autoencoder.type": "sparse"})
    window.recipe.set_experiment(other)
    assert find_button(window).isEnabled()


def test_what_goes_wrong_is_said_in_the_dialog(
    qtbot: QtBot, theme: Theme, background: Background, window: MainWindow
) -> None:
    # Cross-entropy is not defined for standardised values.
    wrong = Experiment().with_values(
        {**QUICK, "training.loss": "bce", "preprocess.scaling": "standard"}
    )
    dialog = RateDialog(theme, background, wrong, DIGITS, window)
    dialog.show()
    with qtbot.waitSignal(dialog.ended, timeout=PATIENCE_MS):
        dialog.start()
    assert "training.loss" in dialog.words
    assert not dialog.use.isEnabled()
    dialog.reject()
