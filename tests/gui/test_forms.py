"""Controls made from options, and the rows they stand in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from aestudio.autoencoders.registry import types
from aestudio.data.options import DataOptions
from aestudio.experiment import experiment_fields
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.forms.number_edit import (
    NumberEdit,
    WholeNumberEdit,
    format_number,
    next_rung,
    previous_rung,
)
from aestudio.gui.widgets.forms.option_editors import make_editor
from aestudio.gui.widgets.forms.option_row import OptionRow
from aestudio.gui.widgets.forms.reading_form import ReadingForm
from aestudio.options import OptionField

ALL_FIELDS = [
    pytest.param(field, id=f"{name}:{field.key}")
    for name in types()
    for field in experiment_fields(name)
]


def field_of(key: str) -> OptionField:
    return next(field for field in experiment_fields("variational") if field.key == key)


def same(a: Any, b: Any) -> bool:
    return list(a) == list(b) if isinstance(a, list | tuple) else bool(a == b)


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_every_option_has_a_control_that_keeps_its_default(
    qtbot: QtBot, field: OptionField
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    editor = make_editor(field, holder)
    said: list[object] = []
    editor.edited.connect(said.append)
    editor.set_value(field.default)
    assert same(editor.value(), field.default)
    assert said == [], "showing a value is not a change by the person"
    assert editor.control.accessibleName() == field.title
    assert field.help.split()[0] in editor.control.toolTip()


def test_a_list_is_written_with_commas(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    editor = make_editor(field_of("network.hidden"), holder)
    assert isinstance(editor.control, QLineEdit)
    said: list[object] = []
    editor.edited.connect(said.append)
    qtbot.keyClicks(editor.control, "512, 256,128")
    assert said[-1] == [512, 256, 128]
    editor.control.setText("[64, x]")
    assert editor.value() == [64, "x"]
    editor.set_value(())
    assert editor.control.text() == ""
    assert editor.control.placeholderText()


@pytest.mark.parametrize(
    ("value", "above", "below"),
    [(0.001, 0.002, 0.0005), (0.003, 0.005, 0.002), (1, 2, 0.5), (0, 0.01, -0.01), (50, 100, 20)],
)
def test_a_step_goes_along_one_two_five(value: float, above: float, below: float) -> None:
    assert next_rung(value) == pytest.approx(above)
    assert previous_rung(value) == pytest.approx(below)


@given(st.floats(1e-6, 1e9))
def test_a_step_up_is_up_and_a_step_down_is_down(value: float) -> None:
    assert next_rung(value) > value > previous_rung(value)
    assert next_rung(value) <= 2.5 * value * (1 + 1e-6)


@given(st.floats(1e-6, 1e6))
def test_a_number_is_written_as_it_is_read(value: float) -> None:
    assert float(format_number(value)) == pytest.approx(value, rel=1e-5)


def test_a_number_stays_within_its_limits_when_stepped(qtbot: QtBot) -> None:
    edit = NumberEdit(0.0, 1.0)
    qtbot.addWidget(edit)
    edit.set_value(0.9)
    edit.stepBy(3)
    assert edit.value() == 1.0
    edit.stepBy(-60)
    assert edit.value() == 0.0
    assert edit.stepEnabled() == NumberEdit.StepEnabledFlag.StepUpEnabled


def test_a_number_takes_a_decimal_comma_and_passes_on_nonsense(qtbot: QtBot) -> None:
    edit = NumberEdit(None, None)
    qtbot.addWidget(edit)
    said: list[object] = []
    edit.edited.connect(said.append)
    qtbot.keyClicks(edit, "1,5")
    assert said[-1] == 1.5
    qtbot.keyClicks(edit, "abc")
    assert said[-1] == "1,5abc"
    edit.stepBy(1)
    assert edit.value() == "1,5abc"


@pytest.mark.parametrize("text", ["inf", "nan", "1e400"])
def test_a_step_from_no_finite_number_leads_nowhere(qtbot: QtBot, text: str) -> None:
    edit = NumberEdit(0.0, None)
    qtbot.addWidget(edit)
    qtbot.keyClicks(edit, text)
    for steps in (-1, 1):
        edit.stepBy(steps)
    assert edit.lineEdit().text() == text


@pytest.mark.parametrize(
    ("value", "above", "below"),
    [(1, 2, 0), (0, 1, 0), (99, 100, 98), (100, 110, 99), (1000, 1100, 990), (65536, 65536, 64536)],
)
def test_whole_numbers_step_by_a_tenth_of_themselves_at_most(
    qtbot: QtBot, value: int, above: int, below: int
) -> None:
    edit = WholeNumberEdit(0, 65536, unit="epochs")
    qtbot.addWidget(edit)
    for steps, expected in ((1, above), (-1, below)):
        edit.set_value(value)
        assert edit.value() == value
        assert edit.lineEdit().text() == f"{value} epochs"
        edit.stepBy(steps)
        assert edit.value() == expected


def test_the_wheel_does_not_change_what_has_no_focus(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    editor = make_editor(field_of("training.epochs"), holder)
    editor.set_value(20)
    event = QWheelEvent(
        QPointF(2, 2),
        QPointF(2, 2),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.control, event)
    assert editor.value() == 20
    assert not event.isAccepted()


def test_a_changed_value_is_marked_and_can_go_back(qtbot: QtBot, theme: Theme) -> None:
    row = OptionRow(field_of("training.epochs"), theme)
    qtbot.addWidget(row)
    row.show()
    row.show_value(20, 20)
    reset = row.findChild(QToolButton)
    assert reset is not None
    assert not reset.isVisible()
    spin = row.editor.control
    assert isinstance(spin, WholeNumberEdit)
    with qtbot.waitSignal(row.edited) as edited:
        spin.stepBy(13)
    assert edited.args == ["training.epochs", 33]
    assert row.is_changed
    assert reset.isVisible()
    with qtbot.waitSignal(row.edited) as edited:
        reset.click()
    assert edited.args == ["training.epochs", 20]
    assert not reset.isVisible()


def test_the_search_finds_an_option_by_its_help(qtbot: QtBot, theme: Theme) -> None:
    row = OptionRow(field_of("training.patience"), theme)
    qtbot.addWidget(row)
    assert row.matches("early stop")
    assert row.matches("PATIENCE")
    assert not row.matches("dropout")


def test_reading_options_are_given_out_only_when_they_are_valid(qtbot: QtBot, theme: Theme) -> None:
    form = ReadingForm(theme)
    qtbot.addWidget(form)
    form.show()
    form.set_options(DataOptions(source="pictures"), is_images=True)
    asked: list[DataOptions] = []
    form.read_requested.connect(asked.append)
    button = form._read
    assert not button.isEnabled()
    assert button.toolTip()
    size = form.row("data.image_size").editor.control
    assert isinstance(size, QLineEdit)
    qtbot.keyClicks(size, "2")
    assert button.isEnabled()
    button.click()
    assert asked == []
    # That it has to be changed need not be said beside it.
    assert form.row("data.image_size").error == "This should be at least 4 (given: 2)."
    size.clear()
    qtbot.keyClicks(size, "64")
    assert not form.row("data.image_size").error
    button.click()
    assert asked[0].image_size == 64
    assert asked[0].source == "pictures"


def test_the_label_is_asked_for_where_there_are_several(qtbot: QtBot, theme: Theme) -> None:
    form = ReadingForm(theme)
    qtbot.addWidget(form)
    form.show()
    fields = ("shape", "scale")
    form.set_options(DataOptions(label_field="scale"), is_images=True, label_fields=fields)
    box = form.row("data.label_field").editor.control
    assert isinstance(box, QComboBox)
    assert [box.itemData(place) for place in range(box.count())] == ["", *fields]
    assert box.currentText() == "scale"
    asked: list[DataOptions] = []
    form.read_requested.connect(asked.append)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    form._read.click()
    assert asked[0].label_field == "shape"
    form.set_options(DataOptions(), is_images=True)
    assert "data.label_field" not in form._rows


def test_a_table_is_not_asked_about_pictures(qtbot: QtBot, theme: Theme) -> None:
    form = ReadingForm(theme)
    qtbot.addWidget(form)
    form.show()
    form.set_options(DataOptions(source="table"), is_images=False)
    assert form.row("data.kind").isVisible()
    assert not form.row("data.color").isVisible()
    assert isinstance(form.row("data.kind").editor.control, QComboBox)
