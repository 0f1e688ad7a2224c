from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aestudio.gui.bridge import RunState
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.transport import Transport


@pytest.fixture
def transport(qtbot: QtBot, theme: Theme) -> Transport:
    transport = Transport(theme)
    qtbot.addWidget(transport)
    transport.resize(1240, 48)
    transport.show()
    return transport


def test_every_disabled_button_says_why(transport: Transport) -> None:
    transport.set_train_enabled(False, "Choose data first.")
    assert not transport.train_button.isEnabled()
    assert transport.train_button.toolTip() == "Choose data first."
    assert transport.state_text == "Choose data first."
    for state in RunState:
        transport.set_state(state)
        for button in (transport.pause_button, transport.stop_button, transport.export_button):
            assert button.toolTip()


def test_train_is_offered_with_an_estimate(qtbot: QtBot, transport: Transport) -> None:
    transport.set_train_enabled(True, "")
    transport.set_estimate(41.0)
    assert transport.state_text == "Ready: about 40 s on this computer"
    with qtbot.waitSignal(transport.train_requested):
        qtbot.mouseClick(transport.train_button, Qt.MouseButton.LeftButton)


def test_pause_turns_into_resume_and_back(qtbot: QtBot, transport: Transport) -> None:
    transport.set_state(RunState.TRAINING)
    with qtbot.waitSignal(transport.pause_requested):
        transport.pause_button.click()
    transport.set_state(RunState.PAUSED)
    assert transport.pause_button.text() == "Resume"
    assert transport.state_text == "Paused"
    with qtbot.waitSignal(transport.resume_requested):
        transport.pause_button.click()
    transport.set_state(RunState.TRAINING)
    assert transport.pause_button.text() == "Pause"


def test_stopping_is_said_at_once_and_cannot_be_asked_twice(transport: Transport) -> None:
    transport.set_state(RunState.STOPPING)
    assert transport.state_text == "Stopping…"
    assert not transport.stop_button.isEnabled()


def test_progress_in_words_and_figures(transport: Transport) -> None:
    transport.set_state(RunState.TRAINING)
    transport.set_epoch(12, 50)
    transport.set_progress(0.24, 21345.0, 41.2)
    assert transport._epoch.text() == "epoch 12/50"
    assert transport._left.text() == "0:41 left"
    assert transport._speed.text() == "21,300 samples/s"
    assert transport._bar.value() == round(0.24 * transport._bar.maximum())


def test_figures_that_are_not_known_yet_are_left_out(transport: Transport) -> None:
    transport.set_state(RunState.TRAINING)
    transport.set_progress(0.0, math.nan, math.nan)
    assert transport._left.text() == ""
    assert transport._speed.text() == ""


def test_export_needs_a_run_that_has_ended(transport: Transport) -> None:
    assert not transport.export_button.isEnabled()
    transport.set_has_run(True)
    assert transport.export_button.isEnabled()
    transport.set_state(RunState.TRAINING)
    assert not transport.export_button.isEnabled()


def test_focus_does_not_wander_when_train_is_switched_off(transport: Transport) -> None:
    transport.set_train_enabled(True, "")
    transport.train_button.setFocus()
    transport.set_state(RunState.PREPARING)
    assert not transport.pause_button.hasFocus()
    assert not transport.export_button.hasFocus()
