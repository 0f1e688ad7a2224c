"""Runs of several phases: names, the loss, failures, and who is stepped."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.adversarial import Adversarial
from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Phase, Progress
from aestudio.errors import DivergedError
from aestudio.experiment import Experiment
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import batch_bounds, epoch_order
from aestudio.training.events import FinishReason
from aestudio.training.terms import loss_at, phase_means, run_means, weighted_sum
from tests.training.conftest import NUM_TRAIN, Train, new_model

ADVERSARIAL = "autoencoder.type=adversarial"
NAMES = (
    "loss",
    "reconstruction",
    "discriminator: prior",
    "discriminator: codes",
    "generator: codes",
)


def model_of(arrays: TrainingArrays, *settings: str) -> Autoencoder:
    small = ["network.hidden=[32]", "network.code_size=4", ADVERSARIAL]
    return new_model(Experiment().with_settings([*small, *settings]), arrays)


def test_terms_of_different_phases_have_different_names(train: Train) -> None:
    trained = train([ADVERSARIAL])
    assert trained.started.term_names == NAMES
    for epoch in trained.epochs:
        assert tuple(epoch.train) == tuple(epoch.validation) == NAMES
        # Two terms called "codes" that pull in opposite directions.
        assert epoch.train["discriminator: codes"] != epoch.train["generator: codes"]


def test_the_loss_of_a_run_is_that_of_its_first_phase(train: Train) -> None:
    trained = train([ADVERSARIAL])
    np.testing.assert_array_equal(trained.curve["loss"], trained.curve["reconstruction"])
    losses = [epoch.validation["reconstruction"] for epoch in trained.epochs]
    assert [epoch.validation["loss"] for epoch in trained.epochs] == losses
    assert trained.finished.best_epoch == 1 + int(np.argmin(losses))


def test_validation_is_of_all_phases(train: Train, arrays: TrainingArrays) -> None:
    trained = train([ADVERSARIAL])
    x = torch.from_numpy(arrays.x[arrays.validation_rows].astype(np.float32) / 16)
    trained.model.noise.reseed(0, 2**40)
    with torch.no_grad():
        expected = run_means(trained.model, Batch(x), FINISHED)
    for name, value in trained.epochs[-1].validation.items():
        assert value == pytest.approx(expected[name].item(), rel=1e-5), name


def test_a_loss_at_other_weights_is_of_the_first_phase() -> None:
    means = {"loss": 1.0, "reconstruction": 2.0, "kl": 3.0, "discriminator: kl": 5.0}
    weights = {"kl": 10.0, "discriminator: kl": 100.0}
    assert loss_at(means, weights) == 32.0


def test_equals_a_loop_written_by_hand(train: Train, arrays: TrainingArrays) -> None:
    """The second implementation: three of torch's optimisers, one after the other."""
    settings = ["autoencoder.regularisation=0.5", "autoencoder.discriminator_rate=0.25"]
    trained = train([ADVERSARIAL, *settings, "training.epochs=2"])
    model = model_of(arrays, *settings)
    assert isinstance(model, Adversarial)
    autoencoding = [*model.encoder.parameters(), *model.decoder.parameters()]
    optimizers = [
        torch.optim.AdamW(autoencoding, lr=1e-3, weight_decay=0),
        torch.optim.AdamW(model.discriminator.parameters(), lr=0.25e-3, weight_decay=0),
        torch.optim.AdamW(model.encoder.parameters(), lr=0.5e-3, weight_decay=0),
    ]

    def losses(x: Tensor) -> list[Callable[[], Tensor]]:
        def judged(z: Tensor, is_prior: float) -> Tensor:
            odds = model.discriminator(z)
            return torch.nn.functional.binary_cross_entropy_with_logits(
                odds, torch.full_like(odds, is_prior)
            )

        return [
            lambda: (model(x) - x).square().sum((1, 2, 3)).mean(),
            lambda: (
                judged(model.noise.normal_like(torch.empty(len(x), 4)), 1.0)
                + judged(model.encode(x).detach(), 0.0)
            ),
            lambda: judged(model.encode(x), 1.0),
        ]

    bounds = batch_bounds(NUM_TRAIN, 32)
    for epoch in (1, 2):
        order = epoch_order(arrays.train_rows, 0, epoch)
        for number, (start, stop) in enumerate(bounds):
            x = torch.from_numpy(arrays.x[order[start:stop]].astype(np.float32) / 16)
            model.noise.reseed(0, (epoch - 1) * len(bounds) + number)
            for optimizer, loss in zip(optimizers, losses(x), strict=True):
                model.zero_grad()
                loss().backward()
                optimizer.step()
    for name, value in model.state_dict().items():
        found = trained.model.state_dict()[name]
        torch.testing.assert_close(found, value, rtol=1e-3, atol=1e-5, msg=name)


def test_without_steps_of_the_generator_the_rest_is_the_plain_type(train: Train) -> None:
    adversarial = train([ADVERSARIAL, "autoencoder.regularisation=0"]).weights()
    for name, value in train().weights().items():
        np.testing.assert_array_equal(adversarial[name], value, err_msg=name)


def test_each_phase_has_numbers_of_its_own_in_a_checkpoint(train: Train) -> None:
    tensors = train([ADVERSARIAL, "training.epochs=1"]).checkpoints[-1].tensors
    for phase, part in (("", "encoder.1"), ("generator.", "encoder.1"), ("", "decoder.0")):
        assert f"optimizer/{phase}{part}.weight/exp_avg" in tensors
    assert "optimizer/discriminator.discriminator.0.weight/exp_avg" in tensors
    assert not np.array_equal(
        tensors["optimizer/encoder.1.weight/exp_avg"],
        tensors["optimizer/generator.encoder.1.weight/exp_avg"],
    )


class BrokenTerm(Adversarial):
    """The discriminator's second term is not a number from one step on."""

    def discriminator_terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        terms = super().discriminator_terms(batch, progress)
        return {**terms, "codes": terms["codes"] * (float("nan") if progress.step >= 7 else 1.0)}


class BrokenGradient(Adversarial):
    """The generator's loss is finite and its gradient is not, at one step."""

    def generator_terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        (term,) = super().generator_terms(batch, progress).values()
        return {"codes": term + (term * 0).sqrt() * 0 if progress.step == 7 else term}


class Unused(BrokenTerm):
    """The discriminator's first parameter takes part in nothing."""

    def phases(self) -> tuple[Phase, ...]:
        main, judging, forging = super().phases()
        idle = torch.nn.Parameter(torch.zeros(3))
        self.register_parameter("idle", idle)
        return (
            main,
            Phase(judging.name, (idle, *judging.parameters), judging.terms),
            forging,
        )


@pytest.mark.parametrize(
    ("broken", "subject"),
    [
        (BrokenTerm, "discriminator: codes"),
        (Unused, "discriminator: codes"),
        (BrokenGradient, "gradient"),
    ],
)
def test_a_failure_in_a_later_phase_is_found(
    train: Train, arrays: TrainingArrays, broken: type[Autoencoder], subject: str
) -> None:
    model = model_of(arrays)
    model.__class__ = broken
    trained = train(model=model)
    assert trained.finished.reason is FinishReason.DIVERGED
    assert isinstance(trained.finished.error, DivergedError)
    assert trained.finished.error.subject == subject
    assert "at step 8" in trained.finished.error.reason
    assert trained.finished.step == 7
    last = trained.checkpoints[-1]
    assert last.step == 7
    assert all(np.isfinite(array).all() for array in last.tensors.values())


def test_a_run_that_failed_in_a_later_phase_goes_on(train: Train, arrays: TrainingArrays) -> None:
    """The first phase was one step ahead; how many steps were taken is still told right."""
    broken = model_of(arrays)
    broken.__class__ = BrokenTerm
    failed = train(model=broken).checkpoints[-1]
    again = model_of(arrays)
    again.__class__ = BrokenGradient
    assert train(model=again, checkpoint=failed).finished.step == 7
    whole = train([ADVERSARIAL], checkpoint=failed)
    assert whole.finished.reason is FinishReason.COMPLETED
    assert whole.finished.step == 30


def test_phase_means_are_scalars_by_name(arrays: TrainingArrays) -> None:
    def terms(batch: Batch, progress: Progress) -> dict[str, Tensor]:
        return {"a": batch.x.flatten(1).sum(1), "b": torch.tensor(5.0)}

    batch = Batch(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    found = phase_means(Phase("late", (), terms), batch, FINISHED)
    assert {name: mean.item() for name, mean in found.items()} == {"late: a": 5.0, "late: b": 5.0}
    assert weighted_sum(found, {"late: b": 0.5}).item() == 7.5


def test_nothing_to_minimise_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one term"):
        weighted_sum({}, {})
