"""The estimate against a linear model of Gaussians, whose likelihood is known."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch import Tensor

from aestudio.analysis import likelihood
from aestudio.analysis.likelihood import estimate_log_likelihood, estimate_model_log_likelihood
from aestudio.autoencoders.base import Plan
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.divergence import gaussian_log_density

VARIANCE = 0.4
WEIGHT = torch.tensor([[1.0, 0.3], [-0.4, 0.8], [0.5, 0.5], [0.0, -1.0]])
X = torch.randn(150, 4, generator=torch.Generator().manual_seed(0)) * 1.2


def log_density(x_BD: Tensor, z_BL: Tensor) -> Tensor:
    return gaussian_log_density(x_BD, z_BL @ WEIGHT.t(), torch.tensor(VARIANCE).log()).sum(1)


def posterior(x_BD: Tensor) -> tuple[Tensor, Tensor]:
    """The right means, somewhat too wide, and without the correlation of the two numbers."""
    covariance = torch.linalg.inv(torch.eye(2) + WEIGHT.t() @ WEIGHT / VARIANCE)
    mean = x_BD @ WEIGHT @ covariance / VARIANCE
    return mean, (1.5 * covariance.diagonal()).log().expand_as(mean)


def exact() -> np.ndarray:
    covariance = (WEIGHT @ WEIGHT.t() + VARIANCE * torch.eye(4)).numpy()
    return multivariate_normal(np.zeros(4), covariance).logpdf(X.numpy())


def test_many_draws_give_the_exact_likelihood_of_every_sample() -> None:
    found = estimate_log_likelihood(X, posterior, log_density, num_draws=5000)
    np.testing.assert_allclose(found.log_likelihood, exact(), atol=0.1)
    assert found.mean == pytest.approx(exact().mean(), abs=0.005)
    assert found.standard_error == pytest.approx(exact().std() / math.sqrt(150), rel=0.01)


def test_more_draws_come_closer_from_below() -> None:
    found = [
        np.mean(
            [
                estimate_log_likelihood(X, posterior, log_density, num_draws=k, seed=seed).mean
                for seed in range(20)
            ]
        )
        for k in (1, 4, 16, 64)
    ]
    assert found == sorted(found)
    assert found[-1] < exact().mean() + 0.002
    assert found[0] < exact().mean() - 0.1


def test_draws_that_do_not_fit_into_memory_are_taken_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    def watched(x_BD: Tensor, z_BL: Tensor) -> Tensor:
        seen.append(len(z_BL))
        return log_density(x_BD, z_BL)

    monkeypatch.setattr(likelihood, "_MOST_NUMBERS", 50 * 4 * 2000)
    found = estimate_log_likelihood(X[:50], posterior, watched, num_draws=5000)
    assert seen == [50 * 2000, 50 * 2000, 50 * 1000]
    np.testing.assert_allclose(found.log_likelihood, exact()[:50], atol=0.1)


def test_impossibly_small_densities_do_not_vanish() -> None:
    found = estimate_log_likelihood(
        X, posterior, lambda x, z: log_density(x, z) - 5000.0, num_draws=100
    )
    plain = estimate_log_likelihood(X, posterior, log_density, num_draws=100)
    assert found.mean == pytest.approx(plain.mean - 5000.0, abs=0.01)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    estimate_log_likelihood(
        X, posterior, log_density, num_draws=1, progress=lambda *done: told.append(done)
    )
    assert told[-1] == (150, 150)
    assert told == sorted(told)


def test_a_model_is_asked_for_its_clouds_and_its_likelihood() -> None:
    options = parse_autoencoder_options({"type": "variational", "likelihood": "gaussian"})
    network = NetworkOptions(code_size=2, hidden=(8,))
    plan = Plan(network=network, loss="mse", sample_shape=(4,), is_unit_interval=False)
    model = build(options, plan).eval()
    assert isinstance(model, GaussianCode)
    found = estimate_model_log_likelihood(model, X[:5], num_draws=5000).log_likelihood
    # Integrated over the plane of codes on a fine grid.
    line = torch.linspace(-6, 6, 161)
    grid = torch.cartesian_prod(line, line)
    with torch.no_grad():
        decoded = model.decode(grid)
    prior = gaussian_log_density(grid, torch.zeros(2), torch.zeros(2)).sum(1)
    density = gaussian_log_density(X[:5, None], decoded, torch.zeros(())).sum(2)
    wanted = (density + prior).double().logsumexp(1) + 2 * math.log(12 / 160)
    np.testing.assert_allclose(found, wanted, atol=0.05)
