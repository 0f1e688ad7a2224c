"""The loop from outside: what it reports, and what it has learned at the end."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Progress
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import types
from aestudio.experiment import Experiment
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import batch_bounds, epoch_order
from aestudio.training.control import Control
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
)
from aestudio.training.fit import fit
from tests.training.conftest import NUM_TRAIN, NUM_VALIDATION, Train, new_model


@pytest.mark.parametrize("name", list(types()))
@pytest.mark.parametrize("kind", ["dense", "convolutional"])
def test_every_type_learns(train: Train, name: str, kind: str) -> None:
    trained = train(
        [f"autoencoder.type={name}", f"network.kind={kind}", "training.learning_rate=0.01"]
    )
    losses = [event.train["loss"] for event in trained.epochs]
    assert losses[-1] < 0.8 * losses[0]
    assert trained.finished.reason is FinishReason.COMPLETED
    assert all(np.isfinite(values).all() for values in trained.curve.values())


def test_events_come_in_order_and_end_once(train: Train) -> None:
    events = train().events
    assert isinstance(events[0], RunStarted)
    assert [type(event) for event in events].count(RunFinished) == 1
    assert isinstance(events[-1], RunFinished)
    told = [event for event in events if isinstance(event, EpochDone | PreviewReady)]
    assert [type(event) for event in told] == [PreviewReady] + [EpochDone, PreviewReady] * 3
    assert [event.epoch for event in told] == [0, 1, 1, 2, 2, 3, 3]
    assert isinstance(events[-2], CheckpointReady)


def test_the_start_tells_the_size_of_the_work(train: Train) -> None:
    started = train(["training.map_samples=50", "training.preview_samples=20"]).started
    assert (started.num_train, started.num_validation) == (NUM_TRAIN, NUM_VALIDATION)
    assert started.steps_per_epoch == 10  # 300 samples in batches of 32, the last of 12
    assert started.term_names == ("loss", "reconstruction")
    assert started.num_parameters == (64 * 32 + 32 + 32 * 4 + 4) + (4 * 32 + 32 + 32 * 64 + 64)
    assert len(started.map_rows) == 50
    # Held-back samples, two of each of the ten digits.
    assert started.picture_rows.min() >= NUM_TRAIN


def test_preview_pictures_show_every_label_in_turn(train: Train, arrays: TrainingArrays) -> None:
    assert arrays.labels is not None
    rows = train(["training.preview_samples=20", "training.epochs=1"]).started.picture_rows
    assert arrays.labels[rows].tolist() == [*range(10), *range(10)]


def test_events_hold_arrays_and_never_live_tensors(train: Train) -> None:
    def leaves(value: object) -> list[object]:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return [
                leaf
                for field in dataclasses.fields(value)
                for leaf in leaves(getattr(value, field.name))
            ]
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in leaves(part)]
        return [value]

    found = {type(leaf) for event in train().events for leaf in leaves(event)}
    assert not any(issubclass(cls, torch.Tensor) for cls in found)


def test_a_preview_does_not_change_when_training_goes_on(train: Train) -> None:
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def watch(event: Event, control: Control) -> None:
        if isinstance(event, PreviewReady):
            weight = next(w for name, w in event.weights.items() if name.endswith("weight"))
            seen.append((weight, weight.copy()))

    train(watch=watch)
    assert all(np.array_equal(kept, copied) for kept, copied in seen)
    assert not np.array_equal(seen[0][0], seen[-1][0])


@pytest.mark.parametrize("name", list(types()))
def test_previews_tell_how_wide_the_clouds_of_codes_are(
    train: Train, arrays: TrainingArrays, name: str
) -> None:
    trained = train([f"autoencoder.type={name}", "training.epochs=1", "training.map_samples=50"])
    preview = trained.previews[-1]
    x = torch.from_numpy(arrays.x[trained.started.map_rows].astype(np.float32) / 16)
    model = trained.model.eval()
    if not isinstance(model, GaussianCode) or not model.has_clouds:
        assert preview.code_spread is None
        return
    with torch.no_grad():
        mean, log_variance = model.posterior(x)
    assert preview.code_spread is not None
    np.testing.assert_allclose(preview.codes, mean.numpy(), atol=1e-5)
    np.testing.assert_allclose(preview.code_spread**2, log_variance.exp().numpy(), rtol=1e-4)


def test_curves_have_one_point_a_block_and_average_to_the_epoch(train: Train) -> None:
    trained = train(["autoencoder.type=variational", "training.batch_size=30"])
    curve = trained.curve
    assert curve["steps"].tolist() == list(range(1, 31))
    for event in trained.epochs:
        block = slice(10 * (event.epoch - 1), 10 * event.epoch)
        for name, mean in event.train.items():
            assert mean == pytest.approx(curve[name][block].mean(), rel=1e-5)


def test_reconstructions_are_in_the_scale_of_the_data(train: Train, arrays: TrainingArrays) -> None:
    trained = train(["training.epochs=60", "training.learning_rate=0.01"])
    originals = arrays.x[trained.started.picture_rows].astype(np.float32)
    errors = [np.square(p.reconstructions - originals).mean() for p in trained.previews]
    assert errors[-1] < 0.4 * errors[0]
    # 0..16, not 0..1.
    assert trained.previews[-1].reconstructions.max() > 8


def test_equals_a_loop_written_by_hand(train: Train, arrays: TrainingArrays) -> None:
    """The second implementation: plain torch, no fused steps, no meters, no events."""
    settings = ["autoencoder.type=variational", "training.seed=5", "training.weight_decay=0.1"]
    trained = train([*settings, "training.gradient_clip=3"])
    model = new_model(
        Experiment().with_settings(["network.hidden=[32]", "network.code_size=4", *settings]),
        arrays,
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1)
    step, bounds = 0, batch_bounds(NUM_TRAIN, 32)
    for epoch in (1, 2, 3):
        order = epoch_order(arrays.train_rows, 5, epoch)
        for start, stop in bounds:
            x = torch.from_numpy(arrays.x[order[start:stop]].astype(np.float32) / 16)
            model.noise.reseed(5, step)
            terms = model.terms(Batch(x), Progress(step, len(bounds)))
            loss = terms["reconstruction"].mean() + terms["kl"].mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 3)
            optimizer.step()
            step += 1
    for name, value in model.state_dict().items():
        np.testing.assert_allclose(
            trained.weights()[name], value.numpy(), rtol=1e-4, atol=1e-6, err_msg=name
        )


def test_validation_is_the_mean_over_the_held_back_samples(
    train: Train, arrays: TrainingArrays
) -> None:
    trained = train()
    x = torch.from_numpy(arrays.x[arrays.validation_rows].astype(np.float32) / 16)
    with torch.no_grad():
        expected = trained.model.terms(Batch(x), FINISHED)["reconstruction"].mean().item()
    assert trained.epochs[-1].validation["loss"] == pytest.approx(expected, rel=1e-5)


def test_trains_without_validation(train: Train, arrays: TrainingArrays) -> None:
    everything = dataclasses.replace(
        arrays, train_rows=np.arange(len(arrays.x)), validation_rows=np.arange(0)
    )
    trained = train(data=everything)
    assert trained.epochs[-1].validation == {}
    assert trained.finished.best_epoch == 3


def test_same_seed_same_run(train: Train) -> None:
    settings = ["autoencoder.type=variational", "network.dropout=0.2", "training.seed=9"]
    first, second = train(settings), train(settings)
    assert all(np.array_equal(first.curve[name], second.curve[name]) for name in first.curve)
    other = train([*settings[:2], "training.seed=10"])
    assert not np.array_equal(first.curve["loss"], other.curve["loss"])


def test_half_precision_learns_what_single_precision_learns(train: Train) -> None:
    single = train(["training.precision=fp32", "training.epochs=10"])
    half = train(["training.precision=bf16", "training.epochs=10"])
    assert (single.started.precision, half.started.precision) == ("fp32", "bf16")
    assert half.epochs[-1].validation["loss"] == pytest.approx(
        single.epochs[-1].validation["loss"], rel=0.01
    )
    assert not np.array_equal(half.curve["loss"], single.curve["loss"])


def test_steps_and_epochs_left_are_counted_down(train: Train) -> None:
    remaining = [event.remaining_s for event in train(["training.epochs=20"]).epochs]
    assert remaining[-1] == 0
    assert all(later <= earlier + 0.5 for earlier, later in pairwise(remaining))


@pytest.mark.parametrize("batch_size", [2, 7, 299, 300, 5000])
def test_any_batch_size_works_with_batch_normalisation(train: Train, batch_size: int) -> None:
    trained = train(
        [f"training.batch_size={batch_size}", "network.normalization=batch", "training.epochs=1"]
    )
    assert trained.finished.reason is FinishReason.COMPLETED


def test_fit_is_lazy(arrays: TrainingArrays) -> None:
    """Nothing runs until somebody iterates, and closing the generator is not an error."""
    experiment = Experiment().with_settings(["network.hidden=[8]"])
    events = fit(new_model(experiment, arrays), arrays, experiment.training, Control(), run_id="r")
    assert isinstance(next(events), RunStarted)
    events.close()  # type: ignore[attr-defined]  # an iterator that is a generator
