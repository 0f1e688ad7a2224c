from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.scrubber import Scrubber


@pytest.fixture
def scrubber(qtbot: QtBot, theme: Theme) -> Scrubber:
    scrubber = Scrubber(theme)
    qtbot.addWidget(scrubber)
    scrubber.show()
    return scrubber


def test_without_epochs_everything_is_off_and_says_why(scrubber: Scrubber) -> None:
    for control in (scrubber.slider, scrubber.replay_button, scrubber.live_button):
        assert not control.isEnabled()
        assert "epoch" in control.toolTip()


def test_live_follows_the_newest_epoch(qtbot: QtBot, scrubber: Scrubber) -> None:
    scrubber.set_epochs([0])
    with qtbot.assertNotEmitted(scrubber.epoch_chosen):
        scrubber.add_epoch(1)
    assert scrubber.epoch == 1
    assert scrubber.label.text() == "epoch 1 of 1"


def test_sliding_leaves_live_and_stays_while_epochs_arrive(
    qtbot: QtBot, scrubber: Scrubber
) -> None:
    scrubber.set_epochs([0, 1, 2])
    with qtbot.waitSignal(scrubber.epoch_chosen) as chosen:
        scrubber.slider.setValue(1)
    assert chosen.args == [1]
    assert not scrubber.is_live
    scrubber.add_epoch(3)
    assert scrubber.epoch == 1
    with qtbot.waitSignal(scrubber.live_changed) as changed:
        qtbot.mouseClick(scrubber.live_button, Qt.MouseButton.LeftButton)
    assert changed.args == [True]
    assert scrubber.epoch == 3


def test_arrow_keys_step_through_epochs(qtbot: QtBot, scrubber: Scrubber) -> None:
    scrubber.set_epochs([0, 2, 4])
    scrubber.slider.setFocus()
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Left)
    assert scrubber.epoch == 2
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Right)
    assert scrubber.epoch == 4


def test_the_nearest_kept_epoch_is_shown(scrubber: Scrubber) -> None:
    scrubber.set_epochs([0, 10, 20])
    scrubber.show_epoch(11)
    assert scrubber.epoch == 20
    scrubber.show_epoch(99)
    assert scrubber.epoch == 20


def test_replay_shows_every_epoch_once(qtbot: QtBot, scrubber: Scrubber) -> None:
    scrubber.set_epochs([0, 1, 2])
    scrubber._replay.setInterval(1)
    chosen: list[int] = []
    scrubber.epoch_chosen.connect(chosen.append)
    scrubber.replay_button.click()
    qtbot.waitUntil(lambda: not scrubber._replay.isActive())
    assert chosen == [0, 1, 2]
    assert not scrubber.is_live


def test_an_epoch_that_arrived_before_is_not_added_twice(scrubber: Scrubber) -> None:
    scrubber.set_epochs([0, 1])
    scrubber.add_epoch(1)
    assert scrubber.slider.maximum() == 1
