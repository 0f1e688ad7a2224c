"""Runs that are trained once for all tests of workflows and of the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.reading import read
from aestudio.training.control import Control
from aestudio.training.events import FinishReason, RunFinished
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare, start_training

QUICK = {"training.epochs": 3, "training.batch_size": 256, "training.map_samples": 200}


def train(source: str, out: Path, autoencoder_type: str = "undercomplete", **given) -> Path:
    """Train for a moment and return the run folder; options are written network__code_size=2."""
    values = {**QUICK, **{key.replace("__", "."): value for key, value in given.items()}}
    dataset = read(source)
    experiment = recommend(dataset, autoencoder_type, given=values)
    session = start_training(prepare(experiment, dataset), out, Control())
    last = list(session.events)[-1]
    assert isinstance(last, RunFinished)
    assert last.reason is FinishReason.COMPLETED, last.error
    return session.run.path


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A variational run on the digits with a code of two numbers. Tests do not change it."""
    out = tmp_path_factory.mktemp("runs") / "digits-map"
    return train("digits", out, "variational", network__code_size=2)


@pytest.fixture(scope="session")
def table_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An undercomplete run on a table. Tests do not change it."""
    return train("breast-cancer", tmp_path_factory.mktemp("runs") / "table")


@pytest.fixture(scope="session")
def tested_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of IDX files with a training and a test part: 60 and 20 pictures of 6 x 5 pixels."""
    folder = tmp_path_factory.mktemp("idx")
    rng = np.random.default_rng(0)
    for name, count in (("train", 60), ("t10k", 20)):
        labels = (np.arange(count) % 3).astype(np.uint8)
        pictures = (80 * labels[:, None, None] + rng.integers(0, 80, (count, 6, 5))).astype(
            np.uint8
        )
        _write_idx(folder / f"{name}-images-idx3-ubyte", pictures)
        _write_idx(folder / f"{name}-labels-idx1-ubyte", labels)
    return folder


def _write_idx(path: Path, array: np.ndarray) -> None:
    sizes = np.array(array.shape, ">u4").tobytes()
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())
