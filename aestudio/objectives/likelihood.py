"""How probable a sample is under what the decoder says about it.

Each negative log-likelihood is in nats per sample, (B,), summed over features, constants included,
so that numbers of different models can be compared. ``log_scale`` is a scalar, the logarithm of the
one width that all features share. Where values are missing, ``present`` says which are there, and
the likelihood is that of these alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from aestudio.objectives.reconstruction import (
    absolute_error,
    binary_cross_entropy,
    squared_error,
    summed,
)

#: Half logits below this take a series: the closed forms divide zero by zero at zero.
_SERIES_UP_TO = 0.5


def gaussian(
    mean: Tensor, target: Tensor, log_scale: Tensor, present: Tensor | None = None
) -> Tensor:
    """Return -log N(target; mean, scale^2) per sample, (B,)."""
    constant = _num_features(mean, present) * (log_scale + 0.5 * math.log(2.0 * math.pi))
    return 0.5 * squared_error(mean, target, present) * torch.exp(-2.0 * log_scale) + constant


def laplace(
    median: Tensor, target: Tensor, log_scale: Tensor, present: Tensor | None = None
) -> Tensor:
    """Return -log Laplace(target; median, scale) per sample, (B,)."""
    constant = _num_features(median, present) * (log_scale + math.log(2.0))
    return absolute_error(median, target, present) * torch.exp(-log_scale) + constant


def bernoulli(
    logits: Tensor, target: Tensor, log_scale: Tensor, present: Tensor | None = None
) -> Tensor:
    """Return -log Bernoulli(target) per sample, (B,); a density only where targets are 0 or 1."""
    return binary_cross_entropy(logits, target, present)


def continuous_bernoulli(
    logits: Tensor, target: Tensor, log_scale: Tensor, present: Tensor | None = None
) -> Tensor:
    """Return -log CB(target) per sample, (B,), for targets anywhere in [0, 1].

    Loaiza-Ganem & Cunningham 2019, https://arxiv.org/abs/1907.06845, equation 5: the Bernoulli's
    formula, times what makes it integrate to one over [0, 1].
    """
    normaliser = summed(continuous_bernoulli_log_normaliser(logits), present)
    return binary_cross_entropy(logits, target, present) - normaliser


def _num_features(output: Tensor, present: Tensor | None) -> int | Tensor:
    """Return how many features count: of all samples alike, or of each of them, (B,)."""
    return output[0].numel() if present is None else present.flatten(1).sum(1)


def continuous_bernoulli_log_normaliser(logits: Tensor) -> Tensor:
    """Return log C of every parameter, given as logit l: C = l / tanh(l / 2), which is 2 at l = 0.

    The paper's 2 artanh(1 - 2 p) / (1 - 2 p), written in l = log(p / (1 - p)).
    """
    half = 0.5 * logits
    is_small = half.abs() < _SERIES_UP_TO
    # Where the series is taken the closed form sees 1, so that no gradient is 0 * infinity.
    large = torch.where(is_small, torch.ones_like(half), half).abs()
    square = torch.where(is_small, half, torch.zeros_like(half)).square()
    series = square * (1 / 3 - square * (1 / 45 - square * (2 / 945 - square / 4725)))
    exact = large.log() - large.tanh().log()
    return math.log(2.0) + torch.where(is_small, series.log1p(), exact)


def continuous_bernoulli_mean(logits: Tensor) -> Tensor:
    """Return the mean of every continuous Bernoulli, which is not its parameter p.

    Equation 8 of the paper in the logit l: 1/2 + 1 / (2 tanh(l / 2)) - 1 / l.
    """
    half = 0.5 * logits
    is_small = half.abs() < _SERIES_UP_TO
    large = torch.where(is_small, torch.ones_like(half), half)
    small = torch.where(is_small, half, torch.zeros_like(half))
    square = small.square()
    series = small * (1 / 3 - square * (1 / 45 - square * (2 / 945 - square / 4725)))
    return 0.5 + 0.5 * torch.where(is_small, series, 1.0 / large.tanh() - 1.0 / large)


class LikelihoodFunction(Protocol):
    """(decoder's values, target, log_scale, what is there: all if None) -> nats per sample, (B,)."""

    def __call__(
        self, values: Tensor, target: Tensor, log_scale: Tensor, present: Tensor | None = None, /
    ) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A family of distributions, and what it asks of the data and of the decoder."""

    function: LikelihoodFunction
    #: Whether it is given the values before the sigmoid; its data then lies in [0, 1].
    takes_logits: bool
    has_scale: bool


LIKELIHOODS: dict[str, Likelihood] = {
    "gaussian": Likelihood(gaussian, takes_logits=False, has_scale=True),
    "laplace": Likelihood(laplace, takes_logits=False, has_scale=True),
    "bernoulli": Likelihood(bernoulli, takes_logits=True, has_scale=False),
    "continuous_bernoulli": Likelihood(continuous_bernoulli, takes_logits=True, has_scale=False),
}
