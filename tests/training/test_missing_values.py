"""Training on data with gaps: what the model sees, what it learns from, and going on bit by bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch

from aestudio.autoencoders.base import Batch
from aestudio.networks.noise import NoiseSource
from aestudio.training.arrays import TrainingArrays
from aestudio.training.augmentation import augmented
from aestudio.training.batches import ResidentData
from aestudio.training.control import Control
from aestudio.training.events import CheckpointReady, Event
from aestudio.training.options import TrainingOptions
from tests.training.conftest import Train

CPU = torch.device("cpu")


def gappy(
    arrays: TrainingArrays, gap: float = np.nan, *, learns_fill: bool = False
) -> TrainingArrays:
    """A fifth of all pixels is missing."""
    x = arrays.x.astype(np.float32)
    x[np.random.default_rng(0).random(x.shape) < 0.2] = gap
    fill = np.full((1, 1, 1), 0.25, np.float32)
    return replace(arrays, x=x, fill=fill, learns_fill=learns_fill)


def test_a_batch_says_what_is_there_and_shows_what_is_harmless(arrays: TrainingArrays) -> None:
    data = gappy(arrays)
    batch = ResidentData(data, CPU).batch(torch.arange(40))
    stored = np.asarray(data.x[:40], np.float32)
    assert batch.present is not None
    np.testing.assert_array_equal(batch.present.numpy(), np.isfinite(stored))
    np.testing.assert_array_equal(
        batch.x.numpy(), np.where(np.isfinite(stored), stored * np.float32(1 / 16), 0.25)
    )


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4"])
@pytest.mark.parametrize("gap", [np.nan, np.inf, -np.inf, -3.4e38, 1e30])
def test_every_gap_is_found_in_every_number_type(dtype: str, gap: float) -> None:
    x = np.array([[1.0, gap], [2.0, 3.0]], dtype)
    data = TrainingArrays(
        x=x,
        train_rows=np.arange(2),
        validation_rows=np.arange(0),
        offset=np.array([1.0, 1.0], np.float32),
        scale=np.array([2.0, 2.0], np.float32),
        fill=np.array([7.0, 8.0], np.float32),
    )
    batch = ResidentData(data, CPU).batch(torch.arange(2))
    assert batch.x.tolist() == [[0, 8], [2, 4]]
    assert batch.present is not None
    assert batch.present.tolist() == [[True, False], [True, True]]


def test_without_gaps_nobody_looks(arrays: TrainingArrays) -> None:
    assert ResidentData(arrays, CPU).batch(torch.arange(3)).present is None


def test_what_is_filled_in_can_be_learned_too(arrays: TrainingArrays) -> None:
    batch = ResidentData(gappy(arrays, learns_fill=True), CPU).batch(torch.arange(3))
    assert batch.present is None
    assert batch.x.isfinite().all()


def test_how_a_gap_is_written_changes_nothing(train: Train, arrays: TrainingArrays) -> None:
    first = train(data=gappy(arrays)).weights()
    for gap in (np.inf, -3.4e38):
        again = train(data=gappy(arrays, gap)).weights()
        for name, values in first.items():
            np.testing.assert_array_equal(values, again[name])


def test_the_loss_is_of_what_is_there(train: Train, arrays: TrainingArrays) -> None:
    trained = train(["training.epochs=1"], data=gappy(arrays))
    rows = arrays.validation_rows
    batch = ResidentData(gappy(arrays), CPU).batch(torch.from_numpy(rows))
    with torch.no_grad():
        output = trained.model.eval()(batch.x)
    assert batch.present is not None
    squares = (output - batch.x).square()[batch.present]
    assert trained.epochs[0].validation["reconstruction"] == pytest.approx(
        squares.sum().item() / len(rows), rel=1e-5
    )


@pytest.mark.parametrize("type_name", ["undercomplete", "variational", "denoising"])
def test_a_resumed_training_equals_one_that_was_never_stopped(
    train: Train, arrays: TrainingArrays, type_name: str
) -> None:
    settings = [f"autoencoder.type={type_name}"]
    whole = train(settings, data=gappy(arrays))

    def stop(event: Event, control: Control) -> None:
        if isinstance(event, CheckpointReady):
            return
        if getattr(event, "step", 0) >= 7:
            control.stop()

    stopped = train(settings, data=gappy(arrays), watch=stop)
    assert stopped.finished.step < whole.finished.step
    resumed = train(settings, data=gappy(arrays), checkpoint=stopped.checkpoints[-1])
    for name, values in whole.weights().items():
        np.testing.assert_array_equal(values, resumed.weights()[name])


def test_a_gap_moves_with_its_picture() -> None:
    # The pixel with the gap is the only one that is marked, so it can be followed.
    x = torch.zeros(50, 1, 6, 6)
    present = torch.ones_like(x, dtype=torch.bool)
    x[:, 0, 2, 3], present[:, 0, 2, 3] = 1.0, False
    noise = NoiseSource()
    noise.reseed(0, 0)
    options = TrainingOptions(flips="both", shift_pixels=1, shift_share=1.0)
    moved = augmented(Batch(x, present=present), options, noise)
    assert moved.present is not None
    assert moved.x.shape == x.shape
    torch.testing.assert_close(moved.x == 1.0, ~moved.present)
    assert len({tuple(map(int, place)) for place in (moved.x == 1.0).nonzero()[:, 2:]}) > 4


def test_a_turned_picture_is_there_only_where_all_of_it_was() -> None:
    x = torch.full((20, 1, 9, 9), 0.5)
    present = torch.ones_like(x, dtype=torch.bool)
    x[:, 0, 4, 4], present[:, 0, 4, 4] = 0.9, False
    noise = NoiseSource()
    noise.reseed(0, 0)
    turned = augmented(Batch(x, present=present), TrainingOptions(rotation=30.0), noise)
    assert turned.present is not None
    seen = turned.x[turned.present]
    torch.testing.assert_close(seen, torch.full_like(seen, 0.5), atol=1e-4, rtol=0)
    assert not turned.present.all()
    share: npt.NDArray[np.generic] = turned.present.float().mean(dim=(1, 2, 3)).numpy()
    assert share.min() > 0.9
