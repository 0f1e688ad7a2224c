import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from torch import Tensor

from aestudio.objectives.divergence import kl_to_unit_gaussian
from aestudio.objectives.total_correlation import kl_parts

Posterior = tuple[Tensor, Tensor, Tensor]


def posterior(num_samples: int, code_size: int, seed: int = 0) -> Posterior:
    generator = torch.Generator().manual_seed(seed)
    mean, log_variance, noise = torch.randn(3, num_samples, code_size, generator=generator)
    return mean + noise * (0.5 * log_variance).exp(), mean, log_variance


def test_equals_a_dense_computation() -> None:
    z, mean, log_variance = posterior(17, 4)
    spread = (0.5 * log_variance.double()).exp().numpy()
    density = norm.pdf(z.numpy()[:, None], mean.numpy()[None], spread[None])  # (B, B, L)
    joint = np.log(density.prod(2).mean(1))
    product = np.log(density.mean(1)).sum(1)
    own = np.log(density.prod(2).diagonal())
    prior = norm.logpdf(z.numpy()).sum(1)
    parts = kl_parts(z, mean, log_variance)
    np.testing.assert_allclose(parts.mutual_information, own - joint, atol=1e-4)
    np.testing.assert_allclose(parts.total_correlation, joint - product, atol=1e-4)
    np.testing.assert_allclose(parts.dimension_kl, product - prior, atol=1e-4)


def test_the_parts_add_up_to_the_divergence_on_average() -> None:
    _, mean, log_variance = posterior(20, 3)
    generator = torch.Generator().manual_seed(1)
    sums = []
    for _ in range(2000):
        noise = torch.randn(mean.shape, generator=generator)
        z = mean + noise * (0.5 * log_variance).exp()
        sums.append(sum(part.mean().item() for part in kl_parts(z, mean, log_variance)))
    error = np.std(sums) / math.sqrt(len(sums))
    kl = kl_to_unit_gaussian(mean, log_variance).mean().item()
    assert abs(np.mean(sums) - kl) < 3 * error
    assert error < 0.02 * kl


def test_codes_that_tell_nothing_have_nothing_in_common() -> None:
    same = torch.zeros(1, 5).expand(30, 5)
    z = torch.randn(30, 5, generator=torch.Generator().manual_seed(0))
    parts = kl_parts(z, same, same)
    for part in parts:
        torch.testing.assert_close(part, torch.zeros(30), atol=1e-5, rtol=0)


def test_codes_far_apart_tell_as_much_as_there_are_samples() -> None:
    # The published check: with every number telling every sample, TC = (L - 1) log B.
    mean = 1000 * torch.arange(30.0)[:, None].expand(30, 4)
    parts = kl_parts(mean, mean, torch.zeros(30, 4))
    assert parts.mutual_information.mean().item() == pytest.approx(math.log(30), rel=1e-4)
    assert parts.total_correlation.mean().item() == pytest.approx(3 * math.log(30), rel=1e-4)


def test_the_total_correlation_of_a_known_gaussian() -> None:
    # Means on a line with slope 0.9: q(z) is nearly Gaussian, TC = -1/2 log(1 - correlation^2).
    generator = torch.Generator().manual_seed(0)
    count, variance = 3000, 0.3
    covariance = np.array([[1.0, 0.9], [0.9, 1.0]])
    mean = torch.from_numpy(
        multivariate_normal(cov=covariance, seed=0).rvs(count).astype(np.float32)
    )
    log_variance = torch.full_like(mean, math.log(variance))
    z = mean + math.sqrt(variance) * torch.randn(count, 2, generator=generator)
    found = kl_parts(z, mean, log_variance).total_correlation.mean().item()
    correlation = 0.9 / (1 + variance)
    assert found == pytest.approx(-0.5 * math.log(1 - correlation**2), abs=0.03)


def test_groups_are_computed_each_by_itself() -> None:
    z, mean, log_variance = posterior(21, 3)
    whole = kl_parts(z, mean, log_variance, group_size=10)
    first = kl_parts(z[:11], mean[:11], log_variance[:11])
    second = kl_parts(z[11:], mean[11:], log_variance[11:])
    for part, one, other in zip(whole, first, second, strict=True):
        torch.testing.assert_close(part, torch.cat([one, other]))


def test_a_single_sample_is_finite() -> None:
    assert all(part.isfinite().all() for part in kl_parts(*posterior(1, 3), group_size=128))
