"""Work in threads, and what becomes of it."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError, FailureError
from aestudio.gui.background import Background, TaskReport


def test_a_result_arrives_in_the_windows_thread(qtbot: QtBot, background: Background) -> None:
    arrived: list[tuple[object, bool]] = []
    task = background.prepare(lambda report: threading.current_thread(), "test")

    def take(result: object) -> None:
        arrived.append((result, threading.current_thread() is threading.main_thread()))

    task.done.connect(take)
    with qtbot.waitSignal(task.ended):
        task.start()
    ((worker, is_main),) = arrived
    assert worker is not threading.main_thread()
    assert is_main


def test_a_foreseen_error_arrives_as_it_is(qtbot: QtBot, background: Background) -> None:
    error = DataError("it is empty.", subject="x")

    def fail(report: TaskReport) -> None:
        raise error

    task = background.prepare(fail, "test")
    with qtbot.waitSignal(task.failed) as failed:
        task.start()
    assert failed.args == [error]


def test_an_unforeseen_error_says_what_it_was(qtbot: QtBot, background: Background) -> None:
    task = background.prepare(lambda report: 1 / 0, "test")
    with qtbot.waitSignal(task.failed) as failed:
        task.start()
    (error,) = failed.args
    assert isinstance(error, FailureError)
    assert "ZeroDivisionError" in error.reason
    assert isinstance(error.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("outcome", ["result", "error"])
def test_a_cancelled_task_says_nothing(qtbot: QtBot, background: Background, outcome: str) -> None:
    begun, may_end = threading.Event(), threading.Event()
    said: list[object] = []

    def work(report: TaskReport) -> str:
        begun.set()
        may_end.wait(10)
        assert report.is_cancelled()
        report.progress(1, 1)
        if outcome == "error":
            raise DataError("too late.")
        return outcome

    task = background.prepare(work, "test")
    for signal in (task.done, task.failed):
        signal.connect(said.append)
    task.progressed.connect(lambda done, total: said.append(done))
    task.start()
    assert begun.wait(10)
    task.cancel()
    with qtbot.waitSignal(task.ended):
        may_end.set()
    assert said == []


def test_progress_is_thinned_out_but_its_end_is_told(qtbot: QtBot, background: Background) -> None:
    seen: list[int] = []

    def work(report: TaskReport) -> None:
        for done in range(1, 10_001):
            report.progress(done, 10_000)

    task = background.prepare(work, "test")
    task.progressed.connect(lambda done, total: seen.append(done))
    with qtbot.waitSignal(task.ended):
        task.start()
    assert seen[-1] == 10_000
    assert len(seen) < 200


def test_closing_cancels_and_waits(qtbot: QtBot) -> None:
    background = Background()
    begun = threading.Event()

    def work(report: TaskReport) -> None:
        begun.set()
        while not report.is_cancelled():
            threading.Event().wait(0.001)

    background.prepare(work, "test").start()
    assert begun.wait(10)
    assert background.stop_and_join()


def test_a_result_for_a_window_that_has_gone_is_dropped(qtbot: QtBot) -> None:
    background = Background()
    begun, may_end = threading.Event(), threading.Event()

    def work(report: TaskReport) -> int:
        begun.set()
        may_end.wait(10)
        return 1

    background.prepare(work, "test").start()
    assert begun.wait(10)
    thread = next(one for one in threading.enumerate() if one.name == "task test")
    import shiboken6

    shiboken6.delete(background)
    may_end.set()
    thread.join(10)
    assert not thread.is_alive()


def test_nothing_begins_once_everything_was_ended(qtbot: QtBot, background: Background) -> None:
    assert background.stop_and_join()
    begun = threading.Event()
    task = background.prepare(lambda report: begun.set(), "asked for while the window closed")
    with qtbot.waitSignal(task.ended):
        task.start()
    assert not begun.is_set()
    assert background.stop_and_join()
