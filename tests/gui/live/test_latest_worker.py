from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from aestudio.gui.latest_worker import LatestWorker


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[LatestWorker]:
    worker = LatestWorker()
    yield worker
    worker.close()


def test_only_the_newest_request_of_a_lane_is_computed(qtbot: QtBot, worker: LatestWorker) -> None:
    gate = threading.Event()
    computed: list[int] = []

    def work(number: int) -> Callable[[], int]:
        def compute() -> int:
            assert gate.wait(5)
            computed.append(number)
            return number

        return compute

    results: list[object] = []
    worker.done.connect(lambda lane, result: results.append((lane, result)))
    worker.submit("cursor", work(0))
    for number in range(1, 100):
        worker.submit("cursor", work(number))
    gate.set()
    qtbot.waitUntil(lambda: bool(results) and results[-1] == ("cursor", 99))
    assert len(computed) <= 2


def test_a_failing_request_does_not_end_the_worker(
    qtbot: QtBot, worker: LatestWorker, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> object:
        raise ValueError("no decoder")

    with caplog.at_level(logging.ERROR), qtbot.waitSignal(worker.done) as done:
        worker.submit("broken", fail)
        worker.submit("sound", lambda: 1)
    assert done.args == ["sound", 1]
    assert "no decoder" in caplog.text


def test_a_closed_worker_delivers_nothing(qtbot: QtBot, worker: LatestWorker) -> None:
    worker.close()
    worker.submit("late", lambda: 1)
    with qtbot.assertNotEmitted(worker.done, wait=50):
        pass
