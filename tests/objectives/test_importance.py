"""The bound on a model whose likelihood is known: x = W z + b + noise, all Gaussian."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from torch import Tensor

from aestudio.objectives.divergence import gaussian_log_density, kl_to_unit_gaussian
from aestudio.objectives.importance import importance_weighted_bound, log_prior_ratio

VARIANCE = 0.5
WEIGHT = torch.tensor([[1.0, 0.3], [-0.4, 0.8], [0.5, 0.5]])
X = torch.randn(40, 3, generator=torch.Generator().manual_seed(0)) * 1.3


def log_density_of_sample(z: Tensor) -> Tensor:
    mean = z @ WEIGHT.t()
    return gaussian_log_density(X, mean, torch.full_like(mean, VARIANCE).log()).sum(-1)


def exact() -> np.ndarray:
    covariance = (WEIGHT @ WEIGHT.t() + VARIANCE * torch.eye(3)).numpy()
    return multivariate_normal(np.zeros(3), covariance).logpdf(X.numpy())


def exact_posterior() -> tuple[Tensor, Tensor]:
    """Mean and covariance of z given x."""
    covariance = torch.linalg.inv(torch.eye(2) + WEIGHT.t() @ WEIGHT / VARIANCE)
    return X @ WEIGHT @ covariance / VARIANCE, covariance


def bound(num_draws: int, repeats: int = 1, seed: int = 0) -> Tensor:
    """A posterior somewhat beside the right one: too wide and without its correlation."""
    mean, covariance = exact_posterior()
    log_variance = (1.5 * covariance.diagonal()).log().expand_as(mean)
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(repeats):
        noise = torch.randn(num_draws, *mean.shape, generator=generator)
        z = mean + noise * (0.5 * log_variance).exp()
        log_weight = log_density_of_sample(z) + log_prior_ratio(z, noise, log_variance)
        found.append(importance_weighted_bound(log_weight))
    return torch.stack(found).mean(0)


def test_more_draws_make_the_bound_tighter_and_never_pass_the_truth() -> None:
    truth = exact().mean()
    bounds = [bound(k, repeats=1500 // k).mean().item() for k in (1, 3, 10, 100)]
    assert bounds == sorted(bounds)
    assert bounds[0] < truth - 0.1
    assert bounds[-1] == pytest.approx(truth, abs=0.005)
    assert bounds[-1] < truth + 0.005


def test_one_draw_is_the_evidence_lower_bound() -> None:
    mean, covariance = exact_posterior()
    variance = 1.5 * covariance.diagonal()
    # In closed form: E[log p(x|z)] - KL, where the spread of z adds to the squared error.
    fitted = log_density_of_sample(mean) - 0.5 / VARIANCE * (WEIGHT.square() @ variance).sum()
    closed = fitted - kl_to_unit_gaussian(mean, variance.log().expand_as(mean))
    assert bound(1, repeats=3000).mean().item() == pytest.approx(closed.mean().item(), abs=0.01)


def test_the_exact_posterior_needs_one_draw() -> None:
    # In one dimension the posterior has no correlation to miss: every weight is p(x).
    x, w = torch.tensor([[0.7], [-1.2]]), 0.9
    variance = 1 / (1 + w**2 / VARIANCE)
    mean, log_variance = x * w * variance / VARIANCE, torch.full((2, 1), variance).log()
    noise = torch.randn(5, 2, 1, generator=torch.Generator().manual_seed(0))
    z = mean + noise * variance**0.5
    likelihood = gaussian_log_density(x, w * z, torch.full_like(z, VARIANCE).log()).sum(2)
    log_weight = likelihood + log_prior_ratio(z, noise, log_variance)
    wanted = torch.from_numpy(norm(0, (w**2 + VARIANCE) ** 0.5).logpdf(x[:, 0].numpy())).float()
    torch.testing.assert_close(log_weight, wanted.expand(5, 2))
