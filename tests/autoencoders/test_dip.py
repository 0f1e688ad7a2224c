"""The type that holds the covariance of codes to the identity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.dip import Dip
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions


def make(**values: Any) -> Dip:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,)),
        loss="mse",
        sample_shape=(6,),
        is_unit_interval=False,
    )
    model = build(parse_autoencoder_options({"type": "dip", **values}), plan)
    assert isinstance(model, Dip)
    return model


@pytest.mark.parametrize("covariance_of", ["means", "clouds"])
def test_terms_equal_numpys_covariance(covariance_of: str) -> None:
    batch = Batch(torch.randn(50, 6, generator=torch.Generator().manual_seed(0)))
    model = make(covariance_of=covariance_of, off_diagonal_weight=2.0, diagonal_weight=5.0)
    terms = model.terms(batch, FINISHED)
    with torch.no_grad():
        mean, log_variance = model.posterior(batch.x)
    wanted = np.cov(mean.double().numpy(), rowvar=False, bias=True)
    if covariance_of == "clouds":
        wanted = wanted + np.diag(np.exp(log_variance.double().numpy()).mean(0))
    beside = wanted - np.diag(np.diag(wanted))
    assert terms["off_diagonal"].item() == pytest.approx((beside**2).sum(), rel=1e-4)
    assert terms["diagonal"].item() == pytest.approx(((np.diag(wanted) - 1) ** 2).sum(), rel=1e-4)
    assert model.term_weights(FINISHED) == {"off_diagonal": 2.0, "diagonal": 5.0}


def test_minimising_them_gives_uncorrelated_numbers_of_variance_one() -> None:
    x = torch.randn(200, 6, generator=torch.Generator().manual_seed(0))
    model = make(covariance_of="means")
    optimizer = torch.optim.Adam(model.encoder.parameters(), lr=0.01)
    for _ in range(300):
        terms = model.terms(Batch(x), FINISHED)
        optimizer.zero_grad()
        (terms["off_diagonal"] + terms["diagonal"]).backward()
        optimizer.step()
    covariance = np.cov(model.encode(x).detach().numpy(), rowvar=False)
    np.testing.assert_allclose(covariance, np.eye(3), atol=0.05)
