"""How probable samples are under a model with clouds of codes, by importance weighting.

Burda, Grosse & Salakhutdinov 2016, https://arxiv.org/abs/1509.00519, equation 8: with K draws from
q(z|x), log of the mean of p(x|z) p(z) / q(z|x) is below log p(x) on average, and the closer the
larger K is. Shapes: N samples, B of them at once, K draws, k of them at once, L code size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.objectives.importance import log_prior_ratio

#: Samples (B, *shape) -> mean and log variance of their clouds, both (B, L).
Posterior = Callable[[Tensor], tuple[Tensor, Tensor]]
#: Samples (B, *shape) and codes (B, L) -> log p(x|z) in nats, (B,).
LogDensity = Callable[[Tensor, Tensor], Tensor]

#: Numbers of decoded samples that may be in memory at once (64 MB in single precision).
_MOST_NUMBERS = 2**24
_SAMPLES_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodEstimate:
    """A lower estimate of log p(x) for every sample, (N,), in nats."""

    log_likelihood: npt.NDArray[np.float64]
    num_draws: int

    @property
    def mean(self) -> float:
        return float(self.log_likelihood.mean())

    @property
    def standard_error(self) -> float:
        """How far the mean over another set of samples would typically be from this one's."""
        return float(self.log_likelihood.std() / math.sqrt(len(self.log_likelihood)))


@torch.no_grad()
def estimate_log_likelihood(
    x: Tensor,
    posterior: Posterior,
    log_density: LogDensity,
    *,
    num_draws: int = 200,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> LikelihoodEstimate:
    """Estimate log p(x) of samples (N, *shape) for the prior N(0, 1) with ``num_draws`` codes each.

    Memory does not grow with ``num_draws``. ``progress`` is told how many samples are done, of how
    many.
    """
    generator = torch.Generator(x.device).manual_seed(seed)
    found: list[Tensor] = []
    num_done = 0
    for x_B in x.split(_SAMPLES_AT_ONCE):
        mean_BL, log_variance_BL = posterior(x_B)
        sum_B = torch.full((len(x_B),), -torch.inf, dtype=torch.float64, device=x.device)
        for num_now in _parts(num_draws, max(1, _MOST_NUMBERS // x_B.numel())):
            shape = (num_now, *mean_BL.shape)
            noise_kBL = torch.randn(shape, generator=generator, device=x.device)
            z_kBL = mean_BL + noise_kBL * (0.5 * log_variance_BL).exp()
            repeated = x_B.expand(num_now, *x_B.shape).flatten(0, 1)
            log_density_kB = log_density(repeated, z_kBL.flatten(0, 1)).reshape(num_now, -1)
            log_weight_kB = log_density_kB + log_prior_ratio(z_kBL, noise_kBL, log_variance_BL)
            sum_B = torch.logaddexp(sum_B, log_weight_kB.double().logsumexp(0))
        found.append(sum_B - math.log(num_draws))
        num_done += len(x_B)
        if progress is not None:
            progress(num_done, len(x))
    return LikelihoodEstimate(torch.cat(found).cpu().numpy(), num_draws)


def estimate_model_log_likelihood(
    autoencoder: GaussianCode,
    x: Tensor,
    *,
    num_draws: int = 200,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> LikelihoodEstimate:
    """Estimate log p(x) of samples in model scale under ``autoencoder``, which is in eval mode.

    In nats where the model has a likelihood, or where its loss is the cross-entropy of black and
    white data; with any other loss only up to a constant.
    """

    def log_density(x_B: Tensor, z_BL: Tensor) -> Tensor:
        return -autoencoder.reconstruction(autoencoder.decoder_output(z_BL), x_B)

    return estimate_log_likelihood(
        x, autoencoder.posterior, log_density, num_draws=num_draws, seed=seed, progress=progress
    )


def _parts(total: int, largest: int) -> Iterator[int]:
    while total > 0:
        part = min(total, largest)
        yield part
        total -= part
