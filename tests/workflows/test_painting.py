"""A painted sample restored, with the errors before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.analysis.painting import Brush, Canvas
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.data.splitting import split
from aestudio.experiment import Experiment
from aestudio.preprocess.scaling import Scaling
from aestudio.workflows.models.damaging import learned_damage
from aestudio.workflows.models.painting import (
    Distance,
    PaintableSamples,
    Repair,
    damage_as_in_training,
    repair,
    samples_to_paint,
)
from aestudio.workflows.models.trained_model import TrainedModel
from tests.workflows.conftest import table_run

__all__ = ["table_run"]

SIDE = 8


def make_model(full: float, channels: int = 1, **given: object) -> TrainedModel:
    """A model with its first weights, of pictures that are stored from 0 to ``full``."""
    values = {"network.kind": "dense", "network.code_size": 3}
    settings = {**values, **{key.replace("__", "."): value for key, value in given.items()}}
    experiment = Experiment().with_values(settings)
    shape = (channels, 1, 1)
    scaling = Scaling(
        np.zeros(shape, np.float32),
        np.full(shape, 1 / full, np.float32),
        np.zeros(shape, np.float32),
    )
    return TrainedModel.untrained(experiment, Kind.IMAGES, (channels, SIDE, SIDE), scaling)


def make_sample(full: float, dtype: type, channels: int = 1) -> np.ndarray:
    values = np.random.default_rng(2).uniform(0, full, (channels, SIDE, SIDE))
    return values.astype(dtype)


def lay_out(model: TrainedModel, sample: np.ndarray) -> Canvas:
    rows = np.zeros(1, np.int64)
    samples = PaintableSamples(model=model, rows=rows, x=sample[None], labels=None, label_names=())
    return samples.canvas(0)


@pytest.mark.parametrize(
    ("dtype", "full", "channels"),
    [(np.uint8, 255, 1), (np.uint8, 255, 3), (np.uint16, 65535, 2), (np.float32, 1.0, 4)],
)
def test_the_errors_are_those_of_the_formula_in_every_scale(
    dtype: type, full: float, channels: int
) -> None:
    model = make_model(full, channels)
    clean = make_sample(full, dtype, channels)
    canvas = lay_out(model, clean)
    canvas.begin(Brush("light", 4), (3.5, 4.5))
    painted = canvas.painted
    assert painted.max() == pytest.approx(full)
    result = repair(model, clean, painted)
    reconstructed = model.reconstruct(painted[None])[0]
    np.testing.assert_allclose(result.restored, reconstructed, rtol=1e-5, atol=1e-5 * full)
    for distance, other in (
        (result.painted_distance, painted),
        (result.restored_distance, reconstructed),
    ):
        squared = np.square((other.astype(float) - clean) / full).mean()
        assert distance.mean_squared_error == pytest.approx(squared, rel=1e-4)
        assert distance.psnr_db == pytest.approx(-10 * np.log10(squared), abs=1e-3)


def test_the_sentence_says_both_errors_and_which_is_smaller() -> None:
    restored = np.zeros((1, 2, 2), np.float32)
    one, ten = (Distance(mean_squared_error=mse, psnr_db=db) for mse, db in ((0.1, 10), (0.01, 20)))
    better = Repair(restored=restored, painted_distance=one, restored_distance=ten)
    assert better.sentence == (
        "Painted: mean squared error 0.1, PSNR 10.0 dB. Restored: mean squared error 0.01, "
        "PSNR 20.0 dB, +10.0 dB: closer to the clean sample."
    )
    worse = Repair(restored=restored, painted_distance=ten, restored_distance=one)
    assert "-10.0 dB: no closer." in worse.sentence


def test_without_paint_there_is_only_the_error_of_the_model() -> None:
    model = make_model(255)
    clean = make_sample(255, np.uint8)
    result = repair(model, clean, lay_out(model, clean).painted)
    assert result.painted_distance.mean_squared_error == 0
    assert result.sentence.startswith("Nothing is painted yet.")
    assert str(result.restored_distance) in result.sentence


def test_the_damage_of_the_training_is_drawn_anew_each_time() -> None:
    model = make_model(
        255,
        autoencoder__type="denoising",
        autoencoder__corruption="gaussian",
        autoencoder__strength=0.25,
    )
    assert learned_damage(model) == "Gaussian noise, strength 0.25 (standard deviation)"
    clean = np.full((1, SIDE, SIDE), 100, np.uint8)
    draws = [damage_as_in_training(model, clean, draw) - 100.0 for draw in range(50)]
    np.testing.assert_array_equal(draws[3], damage_as_in_training(model, clean, 3) - 100.0)
    assert (draws[0] != draws[1]).all()
    sigma, n = 0.25 * 255, 50 * SIDE * SIDE
    assert np.std(draws) == pytest.approx(sigma, abs=5 * sigma / np.sqrt(2 * n))


def test_a_model_that_was_trained_without_damage_leaves_the_sample_as_it_is() -> None:
    model = make_model(255)
    assert learned_damage(model) == ""
    clean = make_sample(255, np.uint8)
    np.testing.assert_allclose(damage_as_in_training(model, clean, 1), clean, rtol=1e-5)


def test_the_samples_are_such_as_were_held_back() -> None:
    dataset = read("digits")
    model = make_model(255)
    found = samples_to_paint(model, dataset)
    assert found is not None
    held_back = split(dataset.num_samples, model.experiment.data).validation
    assert len(found.rows) == 24
    assert np.isin(found.rows, held_back).all()
    np.testing.assert_array_equal(found.x, dataset.x[found.rows])
    np.testing.assert_array_equal(found.labels, dataset.labels[found.rows])
    assert found.label_names == dataset.label_names


def test_missing_values_are_filled_as_for_the_model() -> None:
    x = np.full((3, 1, SIDE, SIDE), 0.5, np.float32)
    x[:, 0, 2, 2] = np.nan
    found = samples_to_paint(
        make_model(1.0), Dataset(name="holes", kind=Kind.IMAGES, x=x, source="holes")
    )
    assert found is not None
    assert (found.x[:, 0, 2, 2] == 0).all()


def test_there_is_nothing_to_paint_on_in_a_table(table_run: Path) -> None:
    assert samples_to_paint(TrainedModel.open(table_run), read("breast-cancer")) is None
