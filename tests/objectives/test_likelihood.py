"""Likelihoods against torch's distributions and against numerical integration."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch import Tensor
from torch.distributions import ContinuousBernoulli, Laplace, Normal

from aestudio.objectives.likelihood import (
    LIKELIHOODS,
    continuous_bernoulli_log_normaliser,
    continuous_bernoulli_mean,
)

LOG_SCALE = torch.tensor(-0.7)


@pytest.fixture
def output() -> Tensor:
    return torch.randn(5, 3, 4, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def target() -> Tensor:
    return torch.rand(5, 3, 4, 2, generator=torch.Generator().manual_seed(2))


def summed(log_probabilities: Tensor) -> Tensor:
    return -log_probabilities.flatten(1).sum(1)


def test_gaussian_and_laplace_equal_torchs(output: Tensor, target: Tensor) -> None:
    for name, family in [("gaussian", Normal), ("laplace", Laplace)]:
        reference = family(output, LOG_SCALE.exp()).log_prob(target)
        nats = LIKELIHOODS[name].function(output, target, LOG_SCALE)
        torch.testing.assert_close(nats, summed(reference))


def test_bernoulli_of_black_and_white_is_a_probability(output: Tensor) -> None:
    probability = output.sigmoid()
    white = LIKELIHOODS["bernoulli"].function(output, torch.ones_like(output), LOG_SCALE)
    black = LIKELIHOODS["bernoulli"].function(output, torch.zeros_like(output), LOG_SCALE)
    torch.testing.assert_close(white, summed(probability.log()))
    torch.testing.assert_close(black, summed((1 - probability).log()))


def test_continuous_bernoulli_equals_torchs(output: Tensor, target: Tensor) -> None:
    # torch takes a shorter series near 1/2, good to about six digits.
    reference = ContinuousBernoulli(logits=output)
    nats = LIKELIHOODS["continuous_bernoulli"].function(output, target, LOG_SCALE)
    torch.testing.assert_close(nats, summed(reference.log_prob(target)), atol=1e-5, rtol=2e-5)


@pytest.mark.parametrize(
    "logit", [0.0, 1e-7, -1e-4, 0.01, 0.3, 0.99, 1.01, -1.5, 4.0, -12.0, 60.0, -100.0]
)
def test_the_normaliser_and_the_mean_are_the_integrals(logit: float) -> None:
    def density(x: float) -> float:
        # p^x (1 - p)^(1 - x), scaled so that its largest value is 1.
        return math.exp(logit * x - max(logit, 0.0))

    # The mass lies within 1 / |logit| of one end.
    near = [min(1.0, 5 / abs(logit)), max(0.0, 1 - 5 / abs(logit))] if logit else []
    area = quad(density, 0, 1, points=near, epsabs=0, epsrel=1e-12)[0]
    moment = quad(lambda x: x * density(x), 0, 1, points=near, epsabs=0, epsrel=1e-12)[0]
    # log(p^x (1 - p)^(1 - x)) = x l + log(1 - p), and log(1 - p) = -softplus(l).
    log_area = math.log(area) + max(logit, 0.0) - np.logaddexp(0.0, logit)
    l = torch.tensor(logit)  # noqa: E741  # the logit, as in the formulas
    assert continuous_bernoulli_log_normaliser(l).item() == pytest.approx(-log_area, abs=2e-6)
    assert continuous_bernoulli_mean(l).item() == pytest.approx(moment / area, abs=2e-6)


def test_series_and_closed_form_meet_with_their_slopes() -> None:
    logits = torch.linspace(-1.2, 1.2, 4001, dtype=torch.float64).requires_grad_()
    for function in (continuous_bernoulli_log_normaliser, continuous_bernoulli_mean):
        values = function(logits)
        (slope,) = torch.autograd.grad(values.sum(), logits)
        numerical = np.gradient(values.detach().numpy(), logits.detach().numpy())
        assert slope.isfinite().all()
        np.testing.assert_allclose(slope[1:-1].numpy(), numerical[1:-1], atol=2e-5)
