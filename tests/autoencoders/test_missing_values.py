"""Every type learns from what is there, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan, Progress
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import (
    autoencoder_class,
    build,
    parse_autoencoder_options,
    types,
)
from aestudio.networks.options import NetworkOptions

SHAPE = (1, 6, 5)


def make(name: str, **values: object) -> Autoencoder:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,)),
        loss="mse",
        sample_shape=SHAPE,
        is_unit_interval=True,
    )
    model = build(parse_autoencoder_options({"type": name, **values}), plan)
    model.noise.reseed(0, 0)
    return model


def batch_with(share: float) -> Batch:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(7, *SHAPE, generator=generator)
    return Batch(x, present=torch.rand(x.shape, generator=generator) < share)


def terms(name: str, batch: Batch, progress: Progress = FINISHED) -> dict[str, Tensor]:
    return dict(make(name).terms(batch, progress))


@pytest.mark.parametrize("name", types())
class TestEveryType:
    def test_every_loss_is_told_what_is_there(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Tensor | None] = []

        def told_to(original: Callable[..., Tensor]) -> Callable[..., Tensor]:
            def reconstruction(
                self: Autoencoder, output: Tensor, target: Tensor, present: Tensor | None = None
            ) -> Tensor:
                told.append(present)
                return original(self, output, target, present)

            return reconstruction

        cls = GaussianCode if issubclass(autoencoder_class(name), GaussianCode) else Autoencoder
        monkeypatch.setattr(cls, "reconstruction", told_to(cls.reconstruction))
        batch = batch_with(0.5)
        assert batch.present is not None
        terms(name, batch)
        assert told
        for present in told:
            # Several draws of a code repeat the batch.
            assert present is not None
            torch.testing.assert_close(present[: len(batch.x)], batch.present)

    def test_of_a_sample_without_values_nothing_is_reconstructed(self, name: str) -> None:
        found = terms(name, batch_with(0.0))
        assert found["reconstruction"].abs().max() == 0
        assert all(term.isfinite().all() for term in found.values())

    def test_where_all_is_there_nothing_changes(self, name: str) -> None:
        with_mask = batch_with(1.0)
        for term, plain in zip(
            terms(name, with_mask).values(), terms(name, Batch(with_mask.x)).values(), strict=True
        ):
            torch.testing.assert_close(term, plain)

    def test_less_that_is_there_is_less_to_reconstruct(self, name: str) -> None:
        errors = [
            terms(name, batch_with(share))["reconstruction"].mean() for share in (0.3, 0.6, 1)
        ]
        assert errors == sorted(errors)


def test_a_width_is_learned_from_what_is_there() -> None:
    model = make("variational", likelihood="gaussian", learn_scale=True)
    batch = batch_with(0.25)
    assert batch.present is not None
    nats = model.terms(batch, FINISHED)["reconstruction"].sum()
    model.noise.reseed(0, 0)
    # The mean squared error of what is there is what the width squared should become.
    gradients = []
    for x in (batch.x, torch.where(batch.present, batch.x, 5.0)):
        model.zero_grad()
        output = torch.full_like(x, 0.5)
        model.reconstruction(output, x, batch.present).sum().backward()
        assert isinstance(model, GaussianCode)
        assert model.likelihood is not None
        gradients.append(model.likelihood.log_width.grad)
    assert nats.isfinite()
    assert gradients[0] == gradients[1] is not None
