"""Whatever decides the next step, a stopped run goes on as if nothing had happened."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import types
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.training.events import CheckpointReady, Event, FinishReason
from tests.training.conftest import Train

OPTIMIZERS = {
    "adamw": [],
    "adam": ["training.optimizer=adam"],
    "sgd": ["training.optimizer=sgd", "training.nesterov=true", "training.learning_rate=0.005"],
    "sgd-plain": ["training.optimizer=sgd", "training.momentum=0"],
    "rmsprop": ["training.optimizer=rmsprop"],
    "nadam": ["training.optimizer=nadam"],
    "muon": ["training.optimizer=muon"],
}
SCHEDULES = {
    "constant": [],
    "cosine": ["training.schedule=cosine", "training.warmup_epochs=0.7"],
    "one_cycle": ["training.schedule=one_cycle"],
    "plateau": ["training.schedule=plateau", "training.plateau_patience=0"],
}
AVERAGES = {"own": [], "ema": ["training.ema=0.9", "network.normalization=batch"]}
ALL_COPIES = [
    "training.flips=both",
    "training.shift_pixels=1",
    "training.shift_share=0.5",
    "training.rotation=10",
    "training.crop=0.1",
    "training.noise=0.1",
    "training.binarise=true",
    "training.augment_until=0.7",
    "training.weight_l1=0.1",
    "training.weight_decay=0.01",
    "training.gradient_clip=5",
]
SMALL = ["network.hidden=[12]", "training.batch_size=50", "training.map_samples=10"]


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_resumes_bit_identically(
    train: Train, optimizer: str, schedule: str, average: str
) -> None:
    settings = [*SMALL, *OPTIMIZERS[optimizer], *SCHEDULES[schedule], *AVERAGES[average]]
    assert_resumes(train, settings)


def test_so_does_one_that_learns_from_every_kind_of_copy(train: Train) -> None:
    assert_resumes(train, [*SMALL, *ALL_COPIES])


@pytest.mark.parametrize("name", list(types()))
def test_so_does_every_type_told_labels_where_it_can_be(train: Train, name: str) -> None:
    settings = [*SMALL, f"autoencoder.type={name}"]
    if issubclass(types()[name], GaussianCode):
        settings += ["autoencoder.conditional=both", "autoencoder.num_labels=10"]
        settings += ["autoencoder.label_dropout=0.4"]
    assert_resumes(train, settings)


def assert_resumes(train: Train, settings: list[str]) -> None:
    saved: list[Checkpoint] = []

    def watch(event: Event, control: Control) -> None:
        if isinstance(event, CheckpointReady):
            saved.append(event.checkpoint)

    whole = train([*settings, "training.checkpoint_interval=0"], watch=watch)
    assert whole.finished.reason is FinishReason.COMPLETED
    # One in the middle of an epoch, and one right after an epoch in which the loss was judged.
    for step in (8, 12):
        place = next(checkpoint for checkpoint in saved if checkpoint.step == step)
        resumed = train(settings, checkpoint=place)
        last = resumed.checkpoints[-1]
        assert last.tensors.keys() == saved[-1].tensors.keys()
        for name, value in saved[-1].tensors.items():
            np.testing.assert_array_equal(last.tensors[name], value, err_msg=name)
        for mine, theirs in zip(resumed.epochs[::-1], whole.epochs[::-1], strict=False):
            assert (mine.validation, mine.train) == (theirs.validation, theirs.train)
            assert mine.learning_rate == theirs.learning_rate


def test_epochs_are_told_their_learning_rate(train: Train) -> None:
    rates = [event.learning_rate for event in train().epochs]
    assert rates == [0.001, 0.001, 0.001]
    rates = [event.learning_rate for event in train(["training.schedule=cosine"]).epochs]
    assert rates[0] == pytest.approx(0.001 * (1 + np.cos(np.pi * 9 / 30)) / 2)
    assert rates[-1] < 1e-5


def test_a_plateau_cuts_the_rate_of_a_run_that_does_not_get_better(train: Train) -> None:
    settings = ["training.schedule=plateau", "training.plateau_patience=1"]
    trained = train([*settings, "training.learning_rate=0.2", "training.epochs=25"])
    losses = [event.validation["loss"] for event in trained.epochs]
    rates = [event.learning_rate for event in trained.epochs]
    assert rates[0] == 0.2
    assert len(set(rates)) > 2
    assert rates[-1] == pytest.approx(0.2 * 0.3 ** (len(set(rates)) - 1))
    # Each cut follows two epochs that were no better than the best before them.
    for epoch in range(1, len(rates)):
        if rates[epoch] < rates[epoch - 1]:
            assert min(losses[epoch - 2 : epoch]) >= min(losses[: epoch - 2]) * (1 - 1e-4)


def test_a_rate_that_was_cut_stays_cut_after_a_resume(train: Train) -> None:
    settings = ["training.schedule=plateau", "training.plateau_patience=1"]
    settings += ["training.learning_rate=0.2", "training.epochs=14"]
    whole = train([*settings, "training.checkpoint_interval=0"])
    rates = [event.learning_rate for event in whole.epochs]
    assert rates[-1] < rates[0]
    for place in whole.checkpoints[::5]:
        resumed = train(settings, checkpoint=place)
        assert [event.learning_rate for event in resumed.epochs] == rates[place.epoch :]
        for name, value in whole.weights().items():
            np.testing.assert_array_equal(resumed.weights()[name], value, err_msg=name)


def test_a_run_with_more_epochs_goes_on_at_the_rate_of_the_longer_run(train: Train) -> None:
    short = train(["training.schedule=cosine", "training.epochs=2"])
    longer = train(
        ["training.schedule=cosine", "training.epochs=4"], checkpoint=short.checkpoints[-1]
    )
    planned = train(["training.schedule=cosine", "training.epochs=4"])
    rates = [event.learning_rate for event in longer.epochs]
    assert rates == [event.learning_rate for event in planned.epochs if event.epoch > 2]
