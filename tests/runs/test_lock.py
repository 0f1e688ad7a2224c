"""One process trains in a run; the others may look."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aestudio.errors import OutputError, RunError
from aestudio.runs import lock as module
from aestudio.runs.folder import RunFolder
from aestudio.runs.listing import list_runs
from aestudio.runs.lock import RunLock, holder, is_in_use
from aestudio.runs.record import record
from aestudio.runs.schema import RunStatus
from aestudio.training.events import RunFinished
from tests.runs.hand_made import events, train

_HOLD = """
import sys
from aestudio.runs.folder import RunFolder
run = RunFolder.open(sys.argv[1])
run.acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_process(run: RunFolder) -> Iterator[subprocess.Popen[str]]:
    """Another program that holds the lock until its input ends."""
    command = [sys.executable, "-c", _HOLD, str(run.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_process_may_only_look_and_is_told_who_trains(
    run: RunFolder, other_process: subprocess.Popen[str]
) -> None:
    second = RunFolder.open(run.path)
    assert f"process {other_process.pid} on" in second.read_only_reason
    assert second.metrics().epochs.size == 0
    for change in (
        second.acquire,
        lambda: second.rename("mine"),
        lambda: second.replace_experiment(second.experiment),
        second.move_to_trash,
    ):
        with pytest.raises(RunError):
            change()
    before = (run.path / "run.json").read_bytes()
    (finished,) = record(second, events(2))
    assert isinstance(finished, RunFinished)
    assert f"process {other_process.pid} on" in str(finished.error)
    assert (run.path / "run.json").read_bytes() == before


def test_a_killed_process_holds_nothing(
    run: RunFolder, other_process: subprocess.Popen[str]
) -> None:
    run.refresh()
    other_process.kill()
    other_process.wait()
    assert not is_in_use(run.path)
    run.acquire()
    assert run.lock.is_held
    run.release()


def test_a_run_in_this_process_is_in_use_too(run: RunFolder) -> None:
    run.acquire()
    run.acquire()
    assert is_in_use(run.path)
    assert run.read_only_reason == ""
    assert f"process {os.getpid()} on" in RunFolder.open(run.path).read_only_reason
    with pytest.raises(RunError, match="still training"):
        run.move_to_trash()
    run.rename("renamed while training")
    run.release()
    run.release()
    assert not is_in_use(run.path)


def test_a_running_run_is_told_apart_from_an_interrupted_one(run: RunFolder) -> None:
    stream = record(run, events(3))
    next(stream)
    (listed,) = list_runs(run.path.parent)
    assert (listed.status, run.status) == (RunStatus.RUNNING, RunStatus.RUNNING)
    stream.close()
    (listed,) = list_runs(run.path.parent)
    assert (listed.status, run.status) == (RunStatus.INTERRUPTED, RunStatus.INTERRUPTED)


def test_a_file_system_without_locks_is_noted(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, *, is_shared: bool) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(module, "_take", refuse)
    assert not is_in_use(run.path)
    run.acquire()
    assert "knows no locks" in run.lock.note
    assert not is_in_use(run.path)
    run.release()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"pid": "x", "host": 1}', b"[" * 999, b"x" * 5000]
)
def test_an_unreadable_holder_is_unknown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.lock").write_bytes(content)
    assert holder(tmp_path) == "an unknown process"


def test_a_host_name_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text('{"pid": 5, "host": "evil\\u001b[31m"}')
    assert holder(tmp_path) == "process 5 on evil[31m"


def test_the_lock_is_not_taken_through_a_link(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (run.path / "run.lock").symlink_to(tmp_path / "victim")
    assert not is_in_use(run.path)
    with pytest.raises(OutputError, match="symbolic link"):
        RunLock(run.path).acquire()
    assert (tmp_path / "victim").read_text() == "precious"


def test_taking_over_clears_away_what_a_killed_process_left(tmp_path: Path) -> None:
    train(tmp_path / "run", 1)
    run = RunFolder.open(tmp_path / "run")
    leftovers = [run.path / name / ".x.0123.tmp" for name in ("", "checkpoints", "preview")]
    for leftover in leftovers:
        leftover.write_text("half")
    run.acquire()
    run.release()
    assert not any(leftover.exists() for leftover in leftovers)


def test_a_folder_that_must_not_be_written_is_read_only(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "not permitted" in run.read_only_reason
