"""The type that learns from several draws of each code."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.importance_weighted import ImportanceWeighted
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.divergence import gaussian_log_density


def make(**values: Any) -> ImportanceWeighted:
    plan = Plan(
        network=NetworkOptions(code_size=2, hidden=(16,)),
        loss="mse",
        sample_shape=(6,),
        is_unit_interval=False,
    )
    model = build(parse_autoencoder_options({"type": "importance_weighted", **values}), plan)
    assert isinstance(model, ImportanceWeighted)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.randn(20, 6, generator=torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("is_training", [True, False])
def test_the_bound_is_the_log_of_the_mean_weight(batch: Batch, is_training: bool) -> None:
    model = make(num_draws=7, likelihood="gaussian").train(is_training)
    model.noise.reseed(0, 1)
    terms = model.terms(batch, FINISHED)
    mean, log_variance = model.posterior(batch.x)
    model.noise.reseed(0, 1)
    noise = model.noise.normal_like(torch.zeros(7, 20, 2))
    weights = []
    for one in noise:
        z = mean + one * (0.5 * log_variance).exp()
        log_weight = -model.reconstruction(model.decoder_output(z), batch.x)
        log_weight = log_weight + gaussian_log_density(z, torch.zeros(2), torch.zeros(2)).sum(1)
        log_weight = log_weight - gaussian_log_density(z, mean, log_variance).sum(1)
        weights.append(log_weight.double().exp())
    wanted = -torch.stack(weights).mean(0).log()
    torch.testing.assert_close(terms["bound"].double(), wanted, atol=1e-4, rtol=1e-5)


def test_only_the_bound_weighs(batch: Batch) -> None:
    model = make()
    assert model.term_weights(FINISHED) == {"reconstruction": 0.0, "kl": 0.0}
    assert not model.terms(batch, FINISHED)["reconstruction"].requires_grad


def test_more_draws_tighten_the_bound_of_the_same_model(batch: Batch) -> None:
    def bound(num_draws: int) -> float:
        model = make(num_draws=num_draws).eval()
        total = 0.0
        for step in range(100):
            model.noise.reseed(0, step)
            with torch.no_grad():
                total += model.terms(batch, FINISHED)["bound"].mean().item()
        return total / 100

    bounds = [bound(k) for k in (1, 4, 32)]
    assert bounds == sorted(bounds, reverse=True)
