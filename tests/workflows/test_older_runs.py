"""Runs that earlier versions wrote stay usable: one folder for each version of the format.

A folder here is never made again. When the format changes, the next version gets a folder of its
own, and the reading code learns to bring the older ones up to date.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.reading import read
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import SCHEMA_VERSION
from aestudio.training.control import Control
from aestudio.training.events import FinishReason, RunFinished
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.training import resume_training

GOLDEN = Path(__file__).parent / "golden"
#: The codes of the first two digits, as the version that trained the run computed them.
CODES = {1: [[0.4814470410346985, 0.06241077557206154], [0.34709128737449646, 0.16769754886627197]]}


def test_every_version_has_its_run() -> None:
    assert sorted(CODES) == list(range(1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("version", CODES)
def test_an_older_run_is_read_and_left_as_it_was(version: int) -> None:
    root = GOLDEN / f"version-{version}"
    before = _digests(root)
    run = RunFolder.open(root)
    assert run.info.schema_version == version
    assert run.metrics().epochs.tolist() == [1, 2]
    assert run.preview_epochs() == (0, 1, 2)
    assert run.preview(2).codes.shape == (20, 2)
    model = TrainedModel.open(root)
    np.testing.assert_allclose(model.encode(read("digits").x[:2]), CODES[version], atol=1e-4)
    assert _digests(root) == before


@pytest.mark.parametrize("version", CODES)
def test_an_older_run_goes_on(version: int, tmp_path: Path) -> None:
    root = Path(shutil.copytree(GOLDEN / f"version-{version}", tmp_path / "run"))
    last = list(resume_training(root, Control(), epochs=3).events)[-1]
    assert isinstance(last, RunFinished)
    assert (last.reason, last.epoch) == (FinishReason.COMPLETED, 3), last.error


def _digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
