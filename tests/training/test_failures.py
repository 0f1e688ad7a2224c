"""What can go wrong in the middle, and what is kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, Batch, Progress
from aestudio.autoencoders.undercomplete import Undercomplete
from aestudio.errors import DivergedError, FailureError, MemoryFullError, OptionError, RunError
from aestudio.experiment import Experiment
from aestudio.training.arrays import TrainingArrays
from aestudio.training.events import FinishReason, RunFinished, StepsDone
from tests.training.conftest import Train, new_model


def test_divergence_keeps_the_last_finite_weights_and_names_the_term(train: Train) -> None:
    # Each step multiplies the weights by 1 - 10 * 1, so that they outgrow single precision.
    settings = ["training.learning_rate=10", "training.weight_decay=1", "training.epochs=200"]
    trained = train([*settings, "network.activation=relu", "network.output=linear"])
    finished = trained.finished
    assert finished.reason is FinishReason.DIVERGED
    assert isinstance(finished.error, DivergedError)
    assert finished.error.subject in {"reconstruction", "gradient"}
    assert "training.learning_rate" in finished.error.next_step
    last = trained.checkpoints[-1]
    assert last.step == finished.step
    assert all(np.isfinite(array).all() for array in last.tensors.values())
    for event in trained.events:
        if isinstance(event, StepsDone):
            assert all(np.isfinite(values).all() for values in event.terms.values())


class BrokenGradient(Undercomplete):
    """Gives a finite loss with an infinite gradient at one step."""

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        terms = super().terms(batch, progress)
        if progress.step == 7:
            zero = terms["reconstruction"] * 0
            terms["reconstruction"] = terms["reconstruction"] + zero.sqrt() * 0
        return terms


class BrokenTerm(Undercomplete):
    """Has a second term that is not a number from one step on."""

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        bad = torch.tensor(float("nan") if progress.step >= 7 else 0.0)
        return {**super().terms(batch, progress), "extra": bad}


class BrokenTerms(Undercomplete):
    error: BaseException

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        if progress.step == 7:
            raise self.error
        return super().terms(batch, progress)


def broken(cls: type[Autoencoder], arrays: TrainingArrays) -> Autoencoder:
    model = new_model(
        Experiment().with_settings(["network.hidden=[32]", "network.code_size=4"]), arrays
    )
    model.__class__ = cls
    return model


def test_a_bad_gradient_stops_before_the_step_is_taken(
    train: Train, arrays: TrainingArrays
) -> None:
    trained = train(model=broken(BrokenGradient, arrays))
    assert trained.finished.reason is FinishReason.DIVERGED
    assert trained.finished.error is not None
    assert trained.finished.error.subject == "gradient"
    assert trained.finished.step == 7
    assert all(np.isfinite(value).all() for value in trained.weights().values())


def test_the_term_that_failed_is_named(train: Train, arrays: TrainingArrays) -> None:
    finished = train(model=broken(BrokenTerm, arrays)).finished
    assert finished.error is not None
    assert finished.error.subject == "extra"
    assert finished.step == 7


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), MemoryFullError),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), MemoryFullError),
        (MemoryError(), MemoryFullError),
        (ZeroDivisionError("x"), FailureError),
        (OptionError("no", subject="a.b"), OptionError),
    ],
)
def test_an_exception_ends_the_run_as_failed(
    train: Train, arrays: TrainingArrays, error: Exception, expected: type[Exception]
) -> None:
    model = broken(BrokenTerms, arrays)
    assert isinstance(model, BrokenTerms)
    model.error = error
    trained = train(model=model)
    assert [type(event) for event in trained.events].count(RunFinished) == 1
    assert trained.finished.reason is FinishReason.FAILED
    assert isinstance(trained.finished.error, expected)


def test_a_device_that_is_not_there_is_refused(
    train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    finished = train(["training.device=cuda"]).finished
    assert isinstance(finished.error, OptionError)
    assert finished.error.subject == "training.device"


@pytest.mark.parametrize("damage", ["shape", "name", "nan"])
def test_a_checkpoint_that_does_not_fit_is_refused(train: Train, damage: str) -> None:
    checkpoint = train(["training.epochs=1"]).checkpoints[-1]
    tensors = dict(checkpoint.tensors)
    if damage == "shape":
        tensors["model/encoder.1.weight"] = tensors["model/encoder.1.weight"][:3]
    elif damage == "name":
        del tensors["model/encoder.1.bias"]
    else:
        tensors["model/encoder.1.bias"] = np.full(32, np.nan, np.float32)
    bad = dataclasses.replace(checkpoint, tensors=tensors)
    finished = train(checkpoint=bad).finished
    assert isinstance(finished.error, RunError)
    assert "encoder.1" in finished.error.reason
