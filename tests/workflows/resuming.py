"""Holds a run that was stopped and gone on with against one that never was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.training.events import EpochDone, FinishReason, RunFinished
from aestudio.workflows.training import TrainingSession, prepare, resume_training, start_training


def check_goes_on_bit_by_bit(
    experiment: Experiment, folder: Path, dataset: Dataset | None = None, *, stop_after: int = 2
) -> RunFolder:
    """Train with and without a stop after an epoch; both have to end in the same bits.

    Returns the run that was not stopped, in ``folder / "whole"``.
    """
    whole = start_training(prepare(experiment, dataset), folder / "whole", Control())
    _run(whole, FinishReason.COMPLETED)
    control = Control()
    parts = start_training(prepare(experiment, dataset), folder / "parts", control)
    _run(parts, FinishReason.STOPPED, control, stop_after)
    _run(resume_training(folder / "parts", Control()), FinishReason.COMPLETED)
    assert digests(folder / "parts") == digests(folder / "whole")
    expected, found = _tensors(folder / "whole"), _tensors(folder / "parts")
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
    return whole.run


def digests(run: Path) -> dict[str, str]:
    """What has to be equal between two runs of the same recipe, beside their weights."""
    names = ["experiment.toml", "preprocessing.json", "metrics.jsonl"]
    names += [f"preview/{path.name}" for path in sorted((run / "preview").glob("epoch-*"))]
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in names}


def _run(
    session: TrainingSession,
    reason: FinishReason,
    control: Control | None = None,
    stop_after: int = 0,
) -> None:
    for event in session.events:
        if control is not None and isinstance(event, EpochDone) and event.epoch == stop_after:
            control.stop()
    assert isinstance(event, RunFinished)
    assert event.reason is reason, event.error


def _tensors(run: Path) -> dict[str, np.ndarray]:
    checkpoint = RunFolder.open(run).latest_checkpoint()
    assert checkpoint is not None
    return {name: np.asarray(value) for name, value in checkpoint.tensors.items()}
