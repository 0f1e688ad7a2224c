"""The plug is pulled, or the disk refuses, at every single point of a whole recording."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aestudio.errors import OutputError, RunError, StorageError
from aestudio.runs import failpoints
from aestudio.runs.failpoints import Failpoint
from aestudio.runs.folder import RunFolder
from aestudio.runs.record import record
from aestudio.runs.schema import RunStatus
from aestudio.training.events import RunFinished
from tests.runs.hand_made import a_dataset, events, make_run, train

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Everything that a run without any fault leaves."""
    root = tmp_path_factory.mktemp("whole") / "run"
    train(root, 3)
    return contents(root)


def contents(root: Path) -> dict[str, bytes]:
    """All files by name but those that tell times and names of runs."""
    clocked = {"run.json", "timing.jsonl", "run.lock"}
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in clocked
    }


def num_calls(root: Path) -> int:
    spy = Failpoint("raise", "any", 10**9)
    failpoints.plan(spy)
    train(root, 3)
    failpoints.plan(None)
    return len(spy.reached)


def check_that_it_opens(root: Path) -> None:
    """Whatever happened, each part of the folder is old or new, never torn."""
    if not (root / "run.json").exists():
        with pytest.raises(RunError, match=r"no run|no such run"):
            RunFolder.open(root)
        return
    run = RunFolder.open(root)
    run.metrics()
    run.latest_checkpoint()
    assert run.checkpoints.notes == ()
    for epoch in run.preview_epochs():
        run.preview(epoch)
    run.samples()
    assert run.experiment
    assert run.scaling


def finish(root: Path) -> None:
    """Go on as a person would; a folder that never became a run is thrown away."""
    if not (root / "run.json").exists() and root.exists():
        shutil.rmtree(root)
    train(root, 3)


@pytest.mark.parametrize("num_points", [12, pytest.param(1000, marks=pytest.mark.slow)])
def test_killed_before_any_call_the_run_resumes_to_the_same_bytes(
    tmp_path: Path, whole: dict[str, bytes], num_points: int
) -> None:
    total = num_calls(tmp_path / "count")
    assert total > 100
    points = sorted({*range(1, total + 1, max(1, total // num_points)), total})
    script = (
        "import os, sys; from pathlib import Path; from aestudio.runs import failpoints;"
        "from aestudio.runs.failpoints import Failpoint;"
        "from tests.runs.hand_made import train; import aestudio.experiment\n"
        "for nth in map(int, sys.argv[2:]):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        failpoints.plan(Failpoint('kill', 'any', nth))\n"
        "        train(Path(sys.argv[1]) / str(nth), 3)\n"
        "        os._exit(0)\n"
        "    print(nth, os.waitpid(child, 0)[1])\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), *map(str, points)]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert result.stdout.split("\n")[:-1] == [f"{nth} 9" for nth in points]
    for nth in points:
        root = tmp_path / str(nth)
        check_that_it_opens(root)
        finish(root)
        assert contents(root) == whole, f"killed before call {nth}"


@pytest.mark.parametrize(
    ("is_lasting", "stride"),
    [
        pytest.param(False, 7, id="once"),
        pytest.param(True, 11, id="for ever"),
        pytest.param(False, 1, id="once, every call", marks=pytest.mark.slow),
        pytest.param(True, 1, id="for ever, every call", marks=pytest.mark.slow),
    ],
)
def test_when_any_call_fails_the_run_says_so_and_resumes_to_the_same_bytes(
    tmp_path: Path, whole: dict[str, bytes], is_lasting: bool, stride: int
) -> None:
    total = num_calls(tmp_path / "count")
    for nth in range(1, total + 1, stride):
        root = tmp_path / str(nth)
        failpoints.plan(Failpoint("raise", "any", nth, is_lasting))
        try:
            seen = train(root, 3)
        except (OutputError, StorageError):
            # Before there was a run to report on.
            seen = []
        failpoints.plan(None)
        finished = [event for event in seen if isinstance(event, RunFinished)]
        assert len(finished) == bool(seen)
        if finished:
            assert finished[0].error is not None
            assert str(root) in finished[0].error.subject
            assert not list(root.rglob(".*.tmp")), f"call {nth} left a temporary file"
        check_that_it_opens(root)
        finish(root)
        assert contents(root) == whole, f"call {nth} failed"


def test_a_fault_while_recovering_from_a_fault_loses_nothing(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    total = num_calls(tmp_path / "count")
    for first in range(total // 3, total, total // 7):
        root = tmp_path / str(first)
        for nth in (first, 3, 9, 14, 25):
            failpoints.plan(Failpoint("raise", "any", nth))
            train(root, 3)
            failpoints.plan(None)
            check_that_it_opens(root)
        finish(root)
        assert contents(root) == whole


def test_a_file_size_limit_ends_the_run_and_it_goes_on_once_lifted(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    run = make_run(tmp_path / "run")
    stream = record(run, events(3), samples=a_dataset())
    seen = [next(stream)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, hard))
    try:
        seen += list(stream)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    last = seen[-1]
    assert isinstance(last, RunFinished)
    assert "allowed size" in str(last.error)
    check_that_it_opens(run.path)
    finish(run.path)
    assert contents(run.path) == whole


@pytest.mark.slow
def test_a_full_disk_ends_the_run_and_it_goes_on_once_there_is_room(tmp_path: Path) -> None:
    """On a real file system of one megabyte, where the system lets us make one."""
    script = f"""
set -e
mount -t tmpfs -o size=1m none {tmp_path}
head -c 900000 /dev/zero > {tmp_path}/ballast
{sys.executable} - <<'PROGRAM'
from pathlib import Path
from aestudio.runs.folder import RunFolder
from aestudio.training.events import RunFinished
from tests.runs.hand_made import train
root = Path("{tmp_path}/run")
last = train(root, 40)[-1]
assert isinstance(last, RunFinished)
assert "disk is full" in str(last.error), last
assert RunFolder.open(root).latest_checkpoint() is not None
Path("{tmp_path}/ballast").unlink()
last = train(root, 40)[-1]
assert last.error is None, last.error
assert RunFolder.open(root).metrics().epochs.tolist() == list(range(1, 41))
print("went on")
PROGRAM
"""
    command = ["unshare", "-rm", "sh", "-c", script]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if "unshare" in result.stderr or "mount" in result.stderr:
        pytest.skip(f"no private mounts here: {result.stderr.strip()}")
    assert result.stdout == "went on\n", result.stderr


def test_each_kind_of_kill_is_planned_by_the_environment(tmp_path: Path) -> None:
    environment = {**os.environ, "AESTUDIO_FAILPOINT": "kill@rename:9"}
    command = [sys.executable, "-m", "tests.runs.hand_made", str(tmp_path / "run")]
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False)
    assert result.returncode == -9
    assert RunFolder.open(tmp_path / "run").status is RunStatus.INTERRUPTED
    check_that_it_opens(tmp_path / "run")
