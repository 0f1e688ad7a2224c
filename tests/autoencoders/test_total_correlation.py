"""The type with a weight for each part of the divergence."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.total_correlation import TotalCorrelation
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.divergence import gaussian_log_density


def make(**values: Any) -> TotalCorrelation:
    plan = Plan(
        network=NetworkOptions(code_size=2, hidden=(16,)),
        loss="mse",
        sample_shape=(6,),
        is_unit_interval=False,
    )
    model = build(parse_autoencoder_options({"type": "total_correlation", **values}), plan)
    assert isinstance(model, TotalCorrelation)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.randn(50, 6, generator=torch.Generator().manual_seed(0)))


def test_the_parts_add_up_to_one_draw_of_the_divergence(batch: Batch) -> None:
    model = make(group_size=16)
    model.noise.reseed(0, 1)
    terms = model.terms(batch, FINISHED)
    model.noise.reseed(0, 1)
    mean, log_variance = model.posterior(batch.x)
    z = model.draw(mean, log_variance)
    zero = torch.zeros_like(z)
    divergence = gaussian_log_density(z, mean, log_variance) - gaussian_log_density(z, zero, zero)
    parts = terms["mutual_information"] + terms["total_correlation"] + terms["dimension_kl"]
    torch.testing.assert_close(parts, divergence.sum(1), atol=1e-5, rtol=1e-5)


def test_each_part_has_its_weight(batch: Batch) -> None:
    model = make(information_weight=2.0, total_correlation_weight=3.0, dimension_weight=4.0)
    assert model.term_weights(FINISHED) == {
        "mutual_information": 2.0,
        "total_correlation": 3.0,
        "dimension_kl": 4.0,
    }


def test_minimising_it_makes_two_numbers_independent() -> None:
    model = make()
    # Both numbers of the code start by telling the same thing.
    x = torch.randn(200, 1, generator=torch.Generator().manual_seed(0)).expand(200, 6)
    found: list[float] = []
    optimizer = torch.optim.Adam(model.encoder.parameters(), lr=0.02)
    for step in range(200):
        model.noise.reseed(0, step)
        terms = model.terms(Batch(x), FINISHED)
        found.append(terms["total_correlation"].mean().item())
        optimizer.zero_grad()
        loss = terms["total_correlation"].mean() - terms["mutual_information"].mean()
        (loss + terms["dimension_kl"].mean()).backward()
        optimizer.step()
    assert max(found) > 0.2
    assert found[-1] < 0.6 * max(found)
