"""The norms of the gradient, layer by layer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import Autoencoder, Batch, Progress
from aestudio.autoencoders.registry import types
from aestudio.experiment import Experiment
from aestudio.training import reporter
from aestudio.training.arrays import TrainingArrays
from aestudio.training.control import Control
from aestudio.training.events import Event, FinishReason, StepsDone
from aestudio.training.gradients import GradientMeter
from aestudio.training.options import TrainingOptions
from aestudio.training.stepper import Stepper
from tests.training.conftest import NUM_TRAIN, Train, new_model

START = Progress(step=0, steps_per_epoch=1)


class TwoNumbers(Autoencoder):
    """Rebuilds x as d * e * x, with e = 3 and d = 1/2."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.encoder = nn.Sequential(nn.Linear(1, 1, bias=False))
        self.decoder = nn.Sequential(nn.Linear(1, 1, bias=False))
        nn.init.constant_(self.encoder[0].weight, 3.0)
        nn.init.constant_(self.decoder[0].weight, 0.5)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        return {"reconstruction": (self.decoder(self.encoder(batch.x)) - batch.x).square().sum(1)}


@pytest.mark.parametrize("clip", [0.0, 1.0, 1000.0])
def test_the_gradient_of_two_numbers_is_what_it_is_on_paper(clip: float) -> None:
    """For x = 2: the error is 1, dL/de = 2 * 1 * d * x = 2 and dL/dd = 2 * 1 * e * x = 12."""
    model = TwoNumbers()
    stepper = Stepper(model, TrainingOptions(gradient_clip=clip), torch.device("cpu"))
    meter = GradientMeter(model, clip)
    stepper.step(Batch(torch.tensor([[2.0]])), START, "fp32")
    meter.add(7, stepper.gradients)
    steps, norms = meter.take()
    assert steps.tolist() == [7]
    assert norms["code"].tolist() == pytest.approx([2.0], rel=1e-5)
    assert norms["reconstruction"].tolist() == pytest.approx([12.0], rel=1e-5)
    # Told once.
    assert [len(part) for part in (meter.take()[0], *meter.take()[1].values())] == [0, 0, 0]


def test_norms_equal_those_of_automatic_differentiation(
    train: Train, arrays: TrainingArrays
) -> None:
    """Second implementation: one batch of everything, so that step 1 is an epoch's last."""
    settings = ["training.batch_size=300", "training.epochs=1", "network.normalization=layer"]
    gradients = train(settings).gradients
    model = new_model(
        Experiment().with_settings(["network.hidden=[32]", "network.code_size=4", *settings]),
        arrays,
    )
    x = torch.from_numpy(arrays.x[arrays.train_rows].astype(np.float32) / 16)
    model.terms(Batch(x), START)["reconstruction"].mean().backward()
    first = [*model.encoder[1].parameters(), *model.encoder[2].parameters()]
    expected = torch.cat([p.grad.reshape(-1) for p in first if p.grad is not None]).norm().item()
    assert gradients["steps"].tolist() == [1]
    assert gradients["encoder 1"].tolist() == pytest.approx([expected], rel=1e-4)
    assert list(gradients) == ["steps", "encoder 1", "code", "decoder 1", "reconstruction"]


def test_they_are_told_every_twenty_steps_and_at_the_end_of_an_epoch(train: Train) -> None:
    trained = train(["training.batch_size=6", "training.epochs=2"])
    assert trained.started.steps_per_epoch == NUM_TRAIN // 6
    assert trained.gradients["steps"].tolist() == [20, 40, 50, 70, 90, 100]
    reports = [event for event in trained.events if isinstance(event, StepsDone)]
    for report in reports:
        assert set(report.gradient_steps.tolist()) <= set(report.steps.tolist())


@pytest.mark.parametrize("name", list(types()))
def test_every_type_tells_them(train: Train, name: str) -> None:
    gradients = train([f"autoencoder.type={name}", "training.epochs=1"]).gradients
    assert {"steps", "encoder 1", "code", "decoder 1", "reconstruction"} <= set(gradients)
    assert all(np.isfinite(norms).all() for norms in gradients.values())
    phases = {"discriminator", "generator"} if name == "adversarial" else set()
    assert phases == set(gradients) & {"discriminator", "generator"}


def test_clipping_does_not_change_what_is_told_of_the_first_step(train: Train) -> None:
    settings = ["training.batch_size=300", "training.epochs=1"]
    free = train(settings).gradients
    clipped = train([*settings, "training.gradient_clip=0.01"]).gradients
    for name, norms in free.items():
        np.testing.assert_allclose(clipped[name], norms, rtol=1e-4)


def test_a_resumed_run_tells_the_same(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    # A report after every step, so that it can end in the middle of an epoch.
    monkeypatch.setattr(reporter, "_REPORT_INTERVAL_S", 0.0)
    settings = ["autoencoder.type=variational", "training.batch_size=6"]
    settings += ["training.epochs=2", "training.gradient_clip=1"]
    whole = train(settings)

    def stop_early(event: Event, control: Control) -> None:
        if isinstance(event, StepsDone) and event.step == 30:
            control.stop()

    part = train(settings, watch=stop_early)
    assert part.finished.reason is FinishReason.STOPPED
    assert part.finished.step == 30
    rest = train(settings, checkpoint=part.checkpoints[-1])
    for name, norms in whole.gradients.items():
        resumed = np.concatenate([part.gradients[name], rest.gradients[name]])
        assert np.array_equal(resumed, norms), name


def test_lbfgs_tells_them_too(train: Train, arrays: TrainingArrays) -> None:
    few = dataclasses.replace(arrays, train_rows=np.arange(50))
    gradients = train(["training.optimizer=lbfgs", "training.epochs=2"], data=few).gradients
    assert gradients["steps"].tolist() == [1, 2]
    assert np.isfinite(gradients["code"]).all()
