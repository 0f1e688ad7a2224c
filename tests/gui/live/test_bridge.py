from __future__ import annotations

import gc
import logging
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError, StudioError
from aestudio.gui.bridge import (
    Channel,
    Points,
    RunState,
    TrainingBridge,
)
from aestudio.training.control import Control
from aestudio.training.events import (
    EpochDone,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)
from tests.gui.live.fakes import (
    FakeFolder,
    Script,
    epoch_done,
    finished,
    preview,
    started,
    steps,
)


class Scripted:
    """A bridge whose session plays a script."""

    def __init__(self, bridge: TrainingBridge) -> None:
        self.bridge = bridge
        self.script: Script | None = None

    def open(self, control: Control) -> SimpleNamespace:
        self.script = Script(control, FakeFolder())
        return SimpleNamespace(events=self.script)


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[TrainingBridge]:
    bridge = TrainingBridge()
    yield bridge
    assert bridge.stop_and_join()


@pytest.fixture
def scripted(qtbot: QtBot, bridge: TrainingBridge) -> Script:
    source = Scripted(bridge)
    with qtbot.waitSignal(bridge.opened):
        bridge.start(source.open)
    assert source.script is not None
    return source.script


def collect(bridge: TrainingBridge, kind: type) -> list[object]:
    found: list[object] = []
    bridge.listen(kind, found.append)
    return found


def test_events_arrive_in_the_order_of_a_run(
    qtbot: QtBot, bridge: TrainingBridge, scripted: Script
) -> None:
    order: list[str] = []
    for kind in (RunStarted, Points, StepsDone, EpochDone, PreviewReady, RunFinished):
        bridge.listen(kind, lambda event: order.append(type(event).__name__))
    with qtbot.waitSignal(bridge.ended) as ended:
        scripted.play(started(), steps(1, 10), epoch_done(1), preview(1), finished())
    assert ended.args == [None]
    names = ["RunStarted", "Points", "StepsDone", "EpochDone", "PreviewReady", "RunFinished"]
    assert sorted(set(order), key=names.index) == names
    assert order[0] == "RunStarted"
    assert order[-1] == "RunFinished"


def test_a_flood_leaves_one_event_of_each_kind_and_bounded_points() -> None:
    channel = Channel()
    for number in range(1, 20_001):
        channel.put(steps(50 * number, 50))
        if number % 1000 == 0:
            channel.put(preview(number // 1000))
    items = channel.take()
    assert [type(item) for item in items].count(PreviewReady) == 1
    assert [type(item) for item in items].count(StepsDone) == 1
    points = next(item for item in items if isinstance(item, Points))
    assert len(points.columns) <= 16_384
    assert points.columns.steps[-1] > 50 * 19_000
    assert channel.take() == []


def test_every_epoch_arrives_even_when_the_window_is_late() -> None:
    channel = Channel()
    for epoch in range(1, 101):
        channel.put(epoch_done(epoch))
    epochs = [item.epoch for item in channel.take() if isinstance(item, EpochDone)]
    assert epochs == list(range(1, 101))


def test_the_beginning_and_the_end_come_at_once_however_seldom_the_window_looks(
    qtbot: QtBot, bridge: TrainingBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.gui.bridge.SHORTEST_PAUSE_MS", 600_000)
    monkeypatch.setattr("aestudio.gui.bridge.LONGEST_PAUSE_MS", 600_000)
    source = Scripted(bridge)
    with qtbot.waitSignal(bridge.opened):
        bridge.start(source.open)
    assert source.script is not None
    source.script.play(started())
    qtbot.waitUntil(lambda: bridge.state is RunState.TRAINING)
    seen = collect(bridge, EpochDone)
    with qtbot.waitSignal(bridge.ended):
        source.script.play(epoch_done(1), finished())
    assert len(seen) == 1


def test_the_window_looks_less_often_the_longer_a_run_goes_on(
    bridge: TrainingBridge, scripted: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = time.perf_counter()
    pauses_ms = []
    for age_s in (0.0, 4.0, 3600.0):
        monkeypatch.setattr(
            "aestudio.gui.bridge.time.perf_counter", lambda age_s=age_s: now_s + age_s
        )
        bridge.drain()
        pauses_ms.append(bridge._timer.interval())
    assert pauses_ms[0] < 200
    assert pauses_ms[1] == pytest.approx(400, abs=100)
    assert pauses_ms[2] == 1000


def test_a_broken_view_is_reported_once_and_the_run_goes_on(
    qtbot: QtBot, bridge: TrainingBridge, scripted: Script, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(event: object) -> None:
        raise ZeroDivisionError("cannot draw")

    bridge.listen(EpochDone, break_down)
    seen = collect(bridge, EpochDone)
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(bridge.ended) as ended:
        scripted.play(started(), epoch_done(1), epoch_done(2), finished())
    assert ended.args == [None]
    assert len(seen) == 2
    assert caplog.text.count("the run goes on") == 1


def test_an_error_before_the_first_event_ends_the_run_with_that_error(
    qtbot: QtBot, bridge: TrainingBridge
) -> None:
    def open_session(control: Control) -> SimpleNamespace:
        raise DataError("cannot be read.", subject="x.npy")

    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.start(open_session)
    assert isinstance(ended.args[0], DataError)
    assert bridge.state is RunState.IDLE


def test_a_surprise_becomes_a_message_with_a_next_step(
    qtbot: QtBot, bridge: TrainingBridge, caplog: pytest.LogCaptureFixture
) -> None:
    def open_session(control: Control) -> SimpleNamespace:
        raise ValueError("surprise")

    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(bridge.ended) as ended:
        bridge.start(open_session)
    error = ended.args[0]
    assert isinstance(error, StudioError)
    assert "surprise" in error.reason
    assert error.next_step


def test_pause_and_resume_reach_the_control(
    qtbot: QtBot, bridge: TrainingBridge, scripted: Script
) -> None:
    with qtbot.waitSignal(bridge.state_changed):
        scripted.play(started())
    assert bridge.state is RunState.TRAINING
    bridge.pause()
    assert bridge.state is RunState.PAUSED
    assert scripted._control.is_paused
    bridge.go_on()
    assert bridge.state is RunState.TRAINING
    assert not scripted._control.is_paused


def test_stopping_says_so_at_once_and_delivers_the_last_event(
    qtbot: QtBot, bridge: TrainingBridge, scripted: Script
) -> None:
    last = collect(bridge, RunFinished)
    bridge.stop()
    assert bridge.state is RunState.STOPPING
    assert bridge.stop_and_join()
    assert bridge.state is RunState.IDLE
    assert [event.reason for event in last] == [FinishReason.STOPPED]


def test_a_paused_run_can_be_closed(qtbot: QtBot, bridge: TrainingBridge, scripted: Script) -> None:
    with qtbot.waitSignal(bridge.state_changed):
        scripted.play(started())
    bridge.pause()
    assert bridge.stop_and_join()


def test_a_second_run_is_refused_while_one_is_going(
    bridge: TrainingBridge, scripted: Script
) -> None:
    with pytest.raises(RuntimeError):
        bridge.start(lambda control: SimpleNamespace(events=()))


def test_the_switch_interval_is_short_only_while_training(
    qtbot: QtBot, bridge: TrainingBridge
) -> None:
    before = sys.getswitchinterval()
    source = Scripted(bridge)
    with qtbot.waitSignal(bridge.opened):
        bridge.start(source.open)
    assert sys.getswitchinterval() < before
    assert bridge.stop_and_join()
    assert sys.getswitchinterval() == before


def test_what_was_there_before_a_run_is_not_searched_for_garbage_while_it_goes(
    qtbot: QtBot, bridge: TrainingBridge, scripted: Script
) -> None:
    assert gc.get_freeze_count() == 0
    scripted.play(started())
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0)
    assert bridge.stop_and_join()
    assert gc.get_freeze_count() == 0
