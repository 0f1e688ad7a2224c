"""The type whose codes are matched to the prior all together."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.wasserstein import Wasserstein
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.objectives.mmd import squared_mmd


def make(**values: Any) -> Wasserstein:
    plan = Plan(
        network=NetworkOptions(code_size=2, hidden=(16,)),
        loss="mse",
        sample_shape=(6,),
        is_unit_interval=False,
    )
    model = build(parse_autoencoder_options({"type": "wasserstein", **values}), plan)
    assert isinstance(model, Wasserstein)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.randn(64, 6, generator=torch.Generator().manual_seed(0)))


def test_a_plain_encoder_gives_codes_and_no_clouds(batch: Batch) -> None:
    model = make(mmd_weight=3.0)
    assert model.encoder_output(batch.x).shape == (64, 2)
    assert not model.has_clouds
    model.noise.reseed(0, 1)
    terms = model.terms(batch, FINISHED)
    model.noise.reseed(0, 1)
    codes = model.encode(batch.x)
    torch.testing.assert_close(terms["mmd"], squared_mmd(codes, model.noise.normal_like(codes)))
    assert list(terms) == ["reconstruction", "mmd"]
    mean, log_variance = model.posterior(batch.x)
    torch.testing.assert_close(mean, codes)
    assert log_variance.exp().max() < 1e-8
    assert model.term_weights(FINISHED) == {"mmd": 3.0}


def test_clouds_bring_their_divergence(batch: Batch) -> None:
    model = make(code_noise="gaussian", kl_weight=0.5)
    assert model.has_clouds
    terms = model.terms(batch, FINISHED)
    torch.testing.assert_close(terms["kl"], kl_to_unit_gaussian(*model.posterior(batch.x)))
    torch.testing.assert_close(model.encode(batch.x), model.posterior(batch.x)[0])
    assert model.term_weights(FINISHED) == {"mmd": 10.0, "kl": 0.5}


def test_the_divergence_of_single_codes_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        make(kl_weight=0.1)
    assert caught.value.subject == "autoencoder.kl_weight"


def test_training_fills_the_prior(batch: Batch) -> None:
    model = make(mmd_weight=100.0)
    before = model.encode(batch.x).std(0).mean().item()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for step in range(150):
        model.noise.reseed(0, step)
        terms = model.terms(batch, FINISHED)
        optimizer.zero_grad()
        (terms["reconstruction"].mean() + 100 * terms["mmd"]).backward()
        optimizer.step()
    after = model.encode(batch.x).std(0)
    assert before < 0.5
    assert after.sub(1).abs().max() < 0.3
