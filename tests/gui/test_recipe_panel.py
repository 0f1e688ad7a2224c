"""The recipe as a form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.forms.number_edit import WholeNumberEdit
from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
from aestudio.gui.workspaces.four_views import RECIPE_WIDTH
from aestudio.workflows.planning.label_count import offered_labels
from aestudio.workflows.planning.presets import Preset
from tests.gui.conftest import PATIENCE_MS

PRESETS = (
    Preset(
        "map",
        "A map",
        "Two numbers.",
        Experiment().with_values({"autoencoder.type": "variational"}),
    ),
    Preset("large", "Large", "Many numbers.", Experiment().with_values({"network.code_size": 32})),
)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> RecipePanel:
    panel = RecipePanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    panel.set_presets(PRESETS)
    return panel


def number(panel: RecipePanel, key: str) -> WholeNumberEdit:
    control = panel.row(key).editor.control
    assert isinstance(control, WholeNumberEdit)
    return control


def type_in(qtbot: QtBot, control: QWidget, text: str) -> None:
    """Replace what stands in a box, as a person does."""
    qtbot.keyClick(control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(control, text)


def test_the_first_preset_is_taken(panel: RecipePanel) -> None:
    assert panel.experiment == PRESETS[0].experiment
    assert panel.row("autoencoder.type").editor.value() == "variational"


def test_choosing_a_preset_fills_the_form(qtbot: QtBot, panel: RecipePanel) -> None:
    presets = next(box for box in panel.findChildren(QComboBox) if box.accessibleName() == "Preset")
    with qtbot.waitSignal(panel.experiment_changed) as changed:
        presets.setCurrentIndex(1)
        presets.activated.emit(1)
    assert changed.args == [PRESETS[1].experiment]
    assert number(panel, "network.code_size").value() == 32
    assert panel.changed_keys() == []


def test_an_edit_gives_out_the_changed_recipe(qtbot: QtBot, panel: RecipePanel) -> None:
    with qtbot.waitSignal(panel.experiment_changed) as changed:
        qtbot.keyClick(number(panel, "training.epochs"), Qt.Key.Key_Up)
    (experiment,) = changed.args
    assert experiment.training.epochs == PRESETS[0].experiment.training.epochs + 1
    assert panel.experiment == experiment
    assert panel.changed_keys() == ["training.epochs"]


def test_an_impossible_value_is_said_in_place_and_not_given_out(
    qtbot: QtBot, panel: RecipePanel
) -> None:
    panel.show_all_settings("")
    control = panel.row("network.hidden").editor.control
    assert isinstance(control, QLineEdit)
    with qtbot.assertNotEmitted(panel.experiment_changed), qtbot.waitSignal(panel.validity_changed):
        qtbot.keyClicks(control, "x")
    assert panel.row("network.hidden").error
    assert panel.problem
    with qtbot.waitSignal(panel.experiment_changed):
        control.clear()
        qtbot.keyClicks(control, "64")
    assert not panel.row("network.hidden").error
    assert panel.problem == ""
    assert panel.experiment is not None
    assert panel.experiment.network.hidden == (64,)


def test_an_impossible_value_does_not_stop_other_edits(qtbot: QtBot, panel: RecipePanel) -> None:
    panel.show_all_settings("")
    control = panel.row("network.hidden").editor.control
    qtbot.keyClicks(control, "x")
    type_in(qtbot, number(panel, "training.epochs"), "9")
    assert panel.problem
    assert panel.row("network.hidden").error


@pytest.mark.parametrize("text", ["0", "-3", "2.5", "many", "1e9", "", "65537"])
def test_a_code_size_that_cannot_be_stays_as_typed_and_is_said_once_it_is_left(
    qtbot: QtBot, panel: RecipePanel, text: str
) -> None:
    assert panel.experiment is not None
    before = panel.experiment.network.code_size
    box = number(panel, "network.code_size")
    with qtbot.assertNotEmitted(panel.refused):
        type_in(qtbot, box, text or " ")
    assert panel.row("network.code_size").error
    with qtbot.waitSignal(panel.refused) as refused:
        qtbot.keyClick(box, Qt.Key.Key_Return)
    error = refused.args[0]
    assert error is panel.error
    assert error.subject == "network.code_size"
    assert error.reason
    assert error.next_step
    assert panel.experiment is not None
    assert panel.experiment.network.code_size in (before, 1, 6553), "what was valid on the way"
    type_in(qtbot, box, "12")
    assert panel.error is None
    with qtbot.assertNotEmitted(panel.refused):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.experiment.network.code_size == 12


def test_another_type_brings_its_own_settings(qtbot: QtBot, panel: RecipePanel) -> None:
    type_in(qtbot, number(panel, "training.epochs"), "9")
    box = panel.row("autoencoder.type").editor.control
    assert isinstance(box, QComboBox)
    assert "autoencoder.beta" in panel._form.rows
    place = box.findData("undercomplete")
    with qtbot.waitSignal(panel.experiment_changed) as changed:
        box.setCurrentIndex(place)
        box.activated.emit(place)
    (experiment,) = changed.args
    assert experiment.autoencoder.type == "undercomplete"
    assert experiment.training.epochs == 9, "what the types share is kept"
    assert "autoencoder.beta" not in panel._form.rows
    assert panel.row("autoencoder.type").editor.value() == "undercomplete"


def test_all_settings_are_behind_one_button_and_a_search(panel: RecipePanel) -> None:
    assert panel.row("training.epochs").isVisible()
    assert not panel.row("network.dropout").isVisible()
    panel.show_all_settings("dropout")
    assert panel.row("network.dropout").isVisible()
    assert not panel.row("training.epochs").isVisible()
    panel.show_all_settings(None)
    assert panel.row("training.epochs").isVisible()
    assert not panel.row("network.dropout").isVisible()


def test_every_setting_explains_itself(panel: RecipePanel) -> None:
    for row in panel._form.rows.values():
        row.visited.emit(row.field)
        shown = panel._explanation.text
        assert row.field.help in shown
        assert row.field.hint in shown


def point_at(panel: RecipePanel, key: str) -> None:
    row = panel.row(key)
    QTest.mouseMove(row, QPoint(8, row.height() // 2))


def show_all(qtbot: QtBot, panel: RecipePanel) -> None:
    """Show every setting in a panel as high as it is in a window of 720 pixels."""
    panel.resize(280, 560)
    panel.show_all_settings("")
    last = list(panel._form.rows.values())[-1]
    qtbot.waitUntil(lambda: last.y() > 1000, timeout=PATIENCE_MS)


@pytest.mark.parametrize("width", [RECIPE_WIDTH, 0])
def test_no_control_is_cut_beside_the_scroll_bar(
    qtbot: QtBot, panel: RecipePanel, width: int
) -> None:
    """Not even at the least width, nor where the longest title is bold."""
    show_all(qtbot, panel)
    if width:
        panel.change({"training.loss": "l1", "network.normalization": "layer"})
    panel.resize(max(width, panel.minimumWidth()), 560)
    view = panel._scroll.viewport()
    qtbot.waitUntil(lambda: panel._form.width() == view.width())
    for key, row in panel._form.rows.items():
        control = row.editor.control
        right = control.mapTo(panel._form, QPoint(control.width(), 0)).x()
        assert right <= view.width(), key


def test_the_explanation_takes_what_its_words_need(qtbot: QtBot, panel: RecipePanel) -> None:
    show_all(qtbot, panel)
    box = panel._explanation
    words = box._words
    # At rest: the type of autoencoder, whole and with nothing empty below it.
    qtbot.waitUntil(lambda: box.height() == words.heightForWidth(words.width()))
    at_rest = box.height()
    # Longer words are given room, and what is pointed at stays where it is, uncovered.
    row = panel.row("training.loss")
    panel._scroll.verticalScrollBar().setValue(row.y() - 20)
    place = row.mapTo(panel, QPoint(0, 0))
    point_at(panel, "training.loss")
    qtbot.waitUntil(lambda: row.field.help in box.text)
    assert box.height() > at_rest
    assert box.height() >= words.heightForWidth(words.width())
    assert row.mapTo(panel, QPoint(0, 0)) == place
    # Words that are shorter again let nothing slide under the pointer.
    tall = box.height()
    point_at(panel, "training.category_weight")
    qtbot.waitUntil(lambda: panel.row("training.category_weight").field.help in box.text)
    assert box.height() == tall
    # Another list of settings, or the pointer elsewhere: nothing can slide any more.
    qtbot.mouseClick(panel._all, Qt.MouseButton.LeftButton)
    assert box.height() < tall
    panel.leaveEvent(QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: box.height() == words.heightForWidth(words.width()))


def test_the_explanation_covers_no_row_that_it_explains(qtbot: QtBot, panel: RecipePanel) -> None:
    show_all(qtbot, panel)
    box, row = panel._explanation, panel.row("training.loss")
    scroll = panel._scroll
    # The row with the longest words is the last that is seen.
    scroll.verticalScrollBar().setValue(row.y() + row.height() - scroll.viewport().height())
    point_at(panel, "training.loss")
    qtbot.waitUntil(lambda: row.field.help in box.text)
    assert row.mapTo(panel, QPoint(0, row.height())).y() <= box.y()
    # The rest is behind a scroll bar.
    qtbot.waitUntil(lambda: box._area.verticalScrollBar().maximum() > 0)
    # The keyboard brings a row into sight.
    panel.leaveEvent(QEvent(QEvent.Type.Leave))
    panel.activateWindow()
    row.editor.control.setFocus()
    qtbot.waitUntil(lambda: row.mapTo(panel, QPoint(0, row.height())).y() <= box.y())


def test_an_error_from_elsewhere_is_shown_at_its_option(panel: RecipePanel) -> None:
    error = OptionError("needs data in [0, 1].", subject="training.loss", next_step="Take mse.")
    assert panel.show_error(error)
    assert panel.row("training.loss").isVisible()
    assert panel.row("training.loss").error == "Needs data in [0, 1]. Take mse."
    assert not panel.show_error(OptionError("unknown.", subject="nothing.known"))


def test_what_the_program_fills_in_is_not_asked(panel: RecipePanel) -> None:
    assert "autoencoder.conditional" in panel._form.rows
    assert "autoencoder.num_labels" not in panel._form.rows


def test_what_the_data_cannot_give_says_why_and_cannot_be_chosen(panel: RecipePanel) -> None:
    key = "autoencoder.conditional"
    panel.show_all_settings("label")
    bare = read("digits")
    untold = offered_labels(replace(bare, labels=None, label_names=()))
    panel.set_notes({key: (untold.words, untold.is_available)})
    row = panel.row(key)
    assert not row.editor.control.isEnabled()
    assert row._note.isVisible()
    assert row._note.text() == "Not available: the data has no labels."
    # What a file asks for can be taken back, and only back.
    assert panel.experiment is not None
    panel.set_experiment(panel.experiment.with_values({key: "decoder"}))
    assert panel.row(key).editor.control.isEnabled()
    told = offered_labels(bare)
    panel.set_experiment(PRESETS[0].experiment)
    panel.set_notes({key: (told.words, told.is_available)})
    assert panel.row(key).editor.control.isEnabled()
    assert panel.row(key)._note.text() == "10 labels (0, 1, 2, 3 …)."


def test_a_note_follows_to_another_type(panel: RecipePanel) -> None:
    key = "autoencoder.conditional"
    panel.set_notes({key: ("Not available: there is none.", False)})
    assert panel.experiment is not None
    for name in ("undercomplete", "wasserstein"):
        panel.set_experiment(panel.experiment.with_values({"autoencoder.type": name}))
    assert not panel.row(key).editor.control.isEnabled()
    panel.set_notes({})
    assert panel.row(key).editor.control.isEnabled()
    assert not panel.row(key)._note.isVisible()


def test_what_the_data_sheet_decides_is_not_asked_twice(panel: RecipePanel) -> None:
    assert "data.source" not in panel._form.rows
    assert "data.validation_fraction" in panel._form.rows
