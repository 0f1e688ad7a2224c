"""Stop, pause, early stopping and resume."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from aestudio.autoencoders.registry import types
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    FinishReason,
    PreviewReady,
    StepsDone,
)
from tests.training.conftest import Train, Trained, Watch


def stop_at_step(step: int) -> Watch:
    def watch(event: Event, control: Control) -> None:
        if isinstance(event, StepsDone) and event.step >= step:
            control.stop()

    return watch


def assert_goes_on_as_if_nothing_had_happened(
    whole: Trained, first: Trained, second: Trained
) -> None:
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(second.weights()[name], value, err_msg=name)
    for name, values in whole.curve.items():
        joined = np.concatenate([first.curve[name], second.curve[name]])
        np.testing.assert_array_equal(joined, values, err_msg=name)
    for mine, theirs in zip(whole.epochs, first.epochs + second.epochs, strict=True):
        assert (mine.epoch, mine.train, mine.validation) == (
            theirs.epoch,
            theirs.train,
            theirs.validation,
        )
        assert mine.is_best == theirs.is_best


@pytest.mark.parametrize("name", list(types()))
@pytest.mark.parametrize(
    "network",
    [
        ["network.dropout=0.2", "network.normalization=batch"],
        ["network.kind=convolutional", "network.normalization=layer"],
        ["network.tied=true", "training.precision=bf16"],
        ["network.kind=fully_convolutional", "network.hidden=[8,8]"],
    ],
    ids=["dropout", "convolutional", "tied-bf16", "fully-convolutional"],
)
def test_a_stopped_run_resumes_bit_identically(train: Train, name: str, network: list[str]) -> None:
    if name == "contractive":
        # The derivative of one code by one sample alone does not exist with batch normalisation.
        network = [setting.replace("=batch", "=layer") for setting in network]
    # Batches of 2 make blocks of 3 steps, so that most steps lie within a block and an epoch.
    settings = [f"autoencoder.type={name}", "training.batch_size=2", *network]
    whole = train(settings)
    first = train(settings, watch=stop_at_step(1))
    assert first.finished.reason is FinishReason.STOPPED
    assert 0 < first.finished.step < whole.finished.step
    second = train(settings, checkpoint=first.checkpoints[-1])
    assert second.finished.reason is FinishReason.COMPLETED
    assert_goes_on_as_if_nothing_had_happened(whole, first, second)


@pytest.mark.parametrize("stop_after", [1, 3, 8, 11, 14])
def test_any_checkpoint_is_a_place_to_resume_from(train: Train, stop_after: int) -> None:
    settings = ["autoencoder.type=variational", "autoencoder.warmup_epochs=2"]
    saved: list[Checkpoint] = []
    reports = 0

    def watch(event: Event, control: Control) -> None:
        nonlocal reports
        if isinstance(event, CheckpointReady):
            saved.append(event.checkpoint)

    whole = train([*settings, "training.checkpoint_interval=0"], watch=watch)
    assert len(saved) > 14
    resumed = train(settings, checkpoint=saved[stop_after])
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(resumed.weights()[name], value, err_msg=name)
    assert resumed.started.steps_done == saved[stop_after].step
    assert not any(event.epoch == 0 for event in resumed.previews)


def test_a_finished_run_can_be_given_more_epochs(train: Train) -> None:
    whole = train(["training.epochs=4"])
    short = train(["training.epochs=2"])
    longer = train(["training.epochs=4"], checkpoint=short.checkpoints[-1])
    assert [event.epoch for event in longer.epochs] == [3, 4]
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(longer.weights()[name], value, err_msg=name)


def test_stop_keeps_the_best_weights(train: Train) -> None:
    def watch(event: Event, control: Control) -> None:
        if isinstance(event, EpochDone) and event.epoch == 2:
            control.stop()

    trained = train(["training.epochs=50"], watch=watch)
    assert trained.finished.reason is FinishReason.STOPPED
    assert trained.finished.best_epoch == 2
    best = trained.checkpoints[-1].weights(best=True)
    np.testing.assert_array_equal(best["encoder.1.weight"], trained.weights()["encoder.1.weight"])


def test_stopping_early_keeps_the_weights_of_the_best_epoch(train: Train) -> None:
    # A learning rate this high makes the validation loss rise again soon.
    settings = ["training.learning_rate=0.05", "training.patience=3", "training.epochs=300"]
    trained = train(settings)
    assert trained.finished.reason is FinishReason.EARLY
    assert trained.finished.epoch == trained.finished.best_epoch + 3
    losses = [event.validation["loss"] for event in trained.epochs]
    assert int(np.argmin(losses)) + 1 == trained.finished.best_epoch
    preview = trained.previews[trained.finished.best_epoch]
    for name, value in trained.checkpoints[-1].weights(best=True).items():
        np.testing.assert_array_equal(preview.weights[name], value)
    resumed = train(settings, checkpoint=trained.checkpoints[-1])
    assert resumed.finished.reason is FinishReason.EARLY
    assert resumed.epochs == []


def test_a_pause_saves_waits_and_goes_on(train: Train) -> None:
    paused = threading.Event()
    resumed_by = []

    def resume(control: Control) -> None:
        paused.wait(10)
        resumed_by.append(control.is_paused)
        control.resume()

    helpers: list[threading.Thread] = []
    events_while_paused: list[Event] = []

    def watch(event: Event, control: Control) -> None:
        if isinstance(event, EpochDone) and event.epoch == 1:
            control.pause()
            helpers.append(threading.Thread(target=resume, args=(control,)))
            helpers[0].start()
        elif control.is_paused and isinstance(event, CheckpointReady):
            events_while_paused.append(event)
            paused.set()

    trained = train(watch=watch)
    helpers[0].join()
    assert resumed_by == [True]
    assert len(events_while_paused) == 1
    assert trained.finished.reason is FinishReason.COMPLETED
    whole = train()
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(trained.weights()[name], value)


def test_stop_ends_a_pause(train: Train) -> None:
    def watch(event: Event, control: Control) -> None:
        if isinstance(event, PreviewReady) and event.epoch == 1:
            control.pause()
        elif control.is_paused and isinstance(event, CheckpointReady):
            # From the thread that is about to wait: the flag must not be lost.
            control.stop()

    assert train(watch=watch).finished.reason is FinishReason.STOPPED


def test_a_stopped_control_cannot_be_paused() -> None:
    control = Control()
    control.stop()
    control.pause()
    assert not control.is_paused
    control.wait_while_paused()
