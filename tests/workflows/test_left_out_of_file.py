"""Samples left out of an array that stays in its file: everything comes out as from a copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.arrays import chosen_rows
from aestudio.data.arrays.chosen_rows import ChosenRows
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.training.events import EpochDone
from aestudio.workflows.datasets.inspection import inspect
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.runs.run_data import read_own_data
from aestudio.workflows.training import prepare, start_training


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataOptions:
    """How an array is read that is mapped, and of which three samples are left out."""
    monkeypatch.setattr("aestudio.data.files.doors.MAP_FROM_BYTES", 0)
    x = np.random.default_rng(0).normal(size=(200, 12)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    return DataOptions(source=str(tmp_path / "x.npy"), kind="table", exclude="0, 50-51")


def trained(options: DataOptions, out: Path) -> tuple[list[dict[str, float]], np.ndarray]:
    """The losses of each epoch, and the codes of all samples."""
    dataset = read(options.source, options)
    recipe = recommend(dataset, data_options=options).with_values({"training.epochs": 2})
    session = start_training(prepare(recipe, dataset), out, Control())
    losses = [dict(event.train) for event in session.events if isinstance(event, EpochDone)]
    folder = RunFolder.open(out)
    model = TrainedModel.open(folder)
    return losses, model.encode(read_own_data(folder).x)


def test_it_stays_in_its_file_and_trains_as_a_copy_does(
    options: DataOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = inspect(options.source, options).to_json()
    losses, codes = trained(options, tmp_path / "copied")
    monkeypatch.setattr(chosen_rows, "COPIED_BELOW", 0)
    assert isinstance(read(options.source, options).x, ChosenRows)
    assert inspect(options.source, options).to_json() == copied
    in_file, codes_in_file = trained(options, tmp_path / "in-file")
    assert in_file == losses
    np.testing.assert_array_equal(codes_in_file, codes)
