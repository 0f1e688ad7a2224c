"""kill -9 at random moments of a real training; resumed, it ends as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aestudio.runs.folder import RunFolder

REPOSITORY = Path(__file__).resolve().parents[2]

#: One interpreter imports torch once; a child of it trains, and is killed, again and again.
_PROGRAM = """
import json, os, random, shutil, signal, sys, time
from pathlib import Path

import torch

from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.events import RunFinished
from aestudio.workflows.training import prepare, resume_training, start_training

root, num_kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)
experiment = Experiment().with_values(json.loads(sys.argv[4]))


def train(path):
    if (path / "run.json").exists():
        session = resume_training(path, Control())
    else:
        session = start_training(prepare(experiment), path, Control())
    *_, last = session.events
    assert isinstance(last, RunFinished) and last.error is None, last


def child(path):
    pid = os.fork()
    if not pid:
        code = 1
        try:
            train(path)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return pid


started = time.monotonic()
assert os.waitpid(child(root / "whole"), 0)[1] == 0
whole_s = time.monotonic() - started
moments = random.Random(seed)
kills, rounds = 0, 0
while kills < num_kills:
    # A training that came to its end between two kills is one more to compare.
    path = root / f"killed-{rounds}"
    rounds += 1
    is_done = False
    while not is_done:
        pid = child(path)
        if kills < num_kills:
            time.sleep(moments.uniform(0, 1.5 * whole_s / min(num_kills, 6)))
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        assert status in (0, signal.SIGKILL), status
        is_done = status == 0
        kills += status == signal.SIGKILL
        if not (path / "run.json").exists():
            shutil.rmtree(path, ignore_errors=True)
print(json.dumps({"kills": kills, "rounds": rounds, "whole_s": whole_s}))
"""

RECIPE: dict[str, Any] = {
    "data.source": "digits",
    "network.hidden": [24],
    "network.dropout": 0.1,
    "network.normalization": "batch",
    "autoencoder.type": "variational",
    "autoencoder.warmup_epochs": 2.0,
    # Blocks of several steps, so that a state saved within one would show.
    "training.batch_size": 7,
    "training.epochs": 3,
    "training.map_samples": 50,
    "training.checkpoint_interval": 0.05,
}


def state_of(root: Path) -> dict[str, str]:
    """SHA-256 of the last tensors, of the curves and of every preview."""
    run = RunFolder.open(root)
    checkpoint = run.latest_checkpoint()
    assert checkpoint is not None
    assert run.checkpoints.notes == ()
    found = {
        name: hashlib.sha256(array.tobytes()).hexdigest()
        for name, array in checkpoint.tensors.items()
    }
    for path in (root / "metrics.jsonl", *sorted((root / "preview").iterdir())):
        found[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def check(root: Path, num_kills: int, **changes: Any) -> None:
    recipe = json.dumps({**RECIPE, **changes})
    command = [sys.executable, "-c", _PROGRAM, str(root), str(num_kills), "1", recipe]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["kills"] == num_kills
    whole = state_of(root / "whole")
    assert len(whole) > 20
    for number in range(told["rounds"]):
        killed = root / f"killed-{number}"
        assert state_of(killed) == whole
        assert not list(killed.rglob(".*.tmp"))
        assert RunFolder.open(killed).metrics().notes == ()


def test_three_kills_leave_no_trace(tmp_path: Path) -> None:
    check(tmp_path, 3)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_kills_leave_no_trace(tmp_path: Path) -> None:
    check(tmp_path, 20, **{"training.epochs": 12})
