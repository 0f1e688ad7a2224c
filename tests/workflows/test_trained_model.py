from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

import aestudio
from aestudio.data.reading import read
from aestudio.errors import DataError, RunError
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.training import prepare, start_training
from tests.workflows.conftest import train


def test_three_lines_of_python_are_enough(digits_run: Path) -> None:
    model = aestudio.load(digits_run)
    images = read("digits").x[:5]
    assert model.encode(images).shape == (5, 2)
    assert model.decode(model.encode(images)).shape == (5, 1, 8, 8)
    np.testing.assert_allclose(
        model.reconstruct(images), model.decode(model.encode(images)), atol=1e-3
    )


def test_the_model_is_that_of_the_best_epoch(digits_run: Path) -> None:
    folder = RunFolder.open(digits_run)
    best = folder.info.progress.best_epoch
    preview, samples = folder.preview(best), folder.samples()
    assert samples is not None
    x = read("digits").x[samples.map_rows]
    np.testing.assert_allclose(TrainedModel.open(folder).encode(x), preview.codes, atol=1e-4)


def test_values_stay_in_the_scale_of_the_data(digits_run: Path) -> None:
    model = TrainedModel.open(digits_run)
    images = read("digits").x[:50]
    reconstructions = model.reconstruct(images)
    assert model.display_range == pytest.approx((0.0, 255.0))
    assert 0 <= reconstructions.min() <= reconstructions.max() <= 255
    assert np.abs(reconstructions - images).mean() < np.abs(images.mean() - images).mean() * 1.2
    assert reconstructions.max() > 100


def test_forms_of_the_same_pictures_are_understood(digits_run: Path) -> None:
    model = TrainedModel.open(digits_run)
    images = read("digits").x[:4]
    expected = model.encode(images)
    np.testing.assert_array_equal(model.encode(images[:, 0]), expected)
    np.testing.assert_allclose(model.encode(images[0]), expected[:1], atol=1e-5)
    np.testing.assert_array_equal(model.encode(np.moveaxis(images, 1, 3)), expected)
    np.testing.assert_array_equal(model.encode(images.astype(float).tolist()), expected)


def test_wrong_shapes_are_refused(digits_run: Path) -> None:
    model = TrainedModel.open(digits_run)
    with pytest.raises(DataError, match="shape"):
        model.encode(np.zeros((3, 9, 9)))
    with pytest.raises(DataError, match="2 numbers"):
        model.decode(np.zeros((3, 5)))


def test_missing_values_are_refused_in_use_as_in_training(tmp_path: Path) -> None:
    run = train("breast-cancer", tmp_path / "run", preprocess__missing="refuse")
    model = TrainedModel.open(run)
    with pytest.raises(DataError):
        model.encode(np.full((2, *model.shape), np.nan))


def test_missing_values_are_the_mean_where_nothing_was_missing(table_run: Path) -> None:
    model = TrainedModel.open(table_run)
    means = model.scaling.fill[None]
    np.testing.assert_allclose(
        model.encode(np.full((1, *model.shape), np.nan)), model.encode(means), atol=1e-5
    )


def test_the_live_model_is_where_training_begins(digits_run: Path, tmp_path: Path) -> None:
    preparation = prepare(RunFolder.open(digits_run).experiment)
    session = start_training(preparation, tmp_path / "run", Control())
    x = preparation.dataset.x
    before = session.live_model.encode(x)
    list(session.events)
    samples = session.run.samples()
    assert samples is not None
    codes = session.run.preview(0).codes
    np.testing.assert_allclose(before[samples.map_rows], codes, atol=1e-4)


def test_building_a_model_leaves_the_random_numbers_of_others_alone(digits_run: Path) -> None:
    folder = RunFolder.open(digits_run)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    TrainedModel.open(folder)
    assert torch.equal(torch.rand(3), expected)


def test_an_update_changes_what_is_computed(digits_run: Path) -> None:
    model = TrainedModel.open(digits_run)
    x = read("digits").x[:3]
    before = model.encode(x)
    weights = {name: 0.5 * value.numpy() for name, value in model.autoencoder.state_dict().items()}
    model.update(weights)
    assert np.abs(model.encode(x) - before).max() > 1e-3
    with pytest.raises(RunError):
        model.update({"wrong": np.zeros(3, np.float32)})


def test_readers_see_whole_updates_only(digits_run: Path) -> None:
    """While weights alternate between two sets, every result belongs to one of them entirely."""
    model = TrainedModel.open(digits_run)
    x = read("digits").x[:8]
    sets = [
        {name: factor * value.numpy() for name, value in model.autoencoder.state_dict().items()}
        for factor in (1.0, 0.5)
    ]
    allowed = []
    for weights in sets:
        model.update(weights)
        allowed.append(model.encode(x))
    stop = threading.Event()

    def alternate() -> None:
        while not stop.is_set():
            for weights in sets:
                model.update(weights)

    writer = threading.Thread(target=alternate)
    writer.start()
    try:
        seen = [model.encode(x) for _ in range(200)]
    finally:
        stop.set()
        writer.join()
    for codes in seen:
        assert any(np.allclose(codes, whole, atol=1e-5) for whole in allowed)


def test_progress_counts_samples(digits_run: Path) -> None:
    calls: list[tuple[int, int]] = []
    TrainedModel.open(digits_run).encode(
        read("digits").x, lambda done, total: calls.append((done, total))
    )
    assert calls[-1] == (1797, 1797)


def test_a_run_without_a_saved_state_says_so(digits_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("run.json", "experiment.toml", "preprocessing.json"):
        (copy / name).write_bytes((digits_run / name).read_bytes())
    with pytest.raises(RunError, match="no saved state"):
        TrainedModel.open(copy)
