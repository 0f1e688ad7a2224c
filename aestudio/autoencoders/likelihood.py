"""What the decoder's output says about a sample: a distribution instead of a loss.

A loss compares; a likelihood also says how wide the deviations are expected to be, which decides
how much a variational model may forget. Types that need one take these options and this module.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aestudio.autoencoders.base import AutoencoderOptions, Plan
from aestudio.errors import OptionError
from aestudio.objectives.likelihood import LIKELIHOODS
from aestudio.options import option

#: The narrowest width, as a logarithm: 1/400 in model scale, less than one grey level of 256.
_NARROWEST = -6.0


class LikelihoodOptions(AutoencoderOptions):
    """How the decoder's output is compared with the sample."""

    likelihood: Literal["loss", "gaussian", "laplace", "bernoulli", "continuous_bernoulli"] = (
        option(
            "loss",
            title="Likelihood",
            help="How samples are thought to deviate from what is decoded; 'loss' leaves it to the reconstruction loss, the others replace that loss by nats per sample.",
            hint="gaussian with a learned width for photographs, and instead of tuning beta; bernoulli for black and white.",
        )
    )
    likelihood_scale: float = option(
        1.0,
        title="Likelihood width",
        help="How far features are expected to deviate, in the scaled data's unit (gaussian and laplace only).",
        hint="0.1 for pictures; smaller sharpens reconstructions and weakens the divergence.",
        ge=0.003,
        le=1000.0,
    )
    learn_scale: bool = option(
        False,
        title="Learn the width",
        help="Whether training finds the width by itself, from the given one (gaussian and laplace only).",
        hint="Try it before tuning beta by hand.",
    )


class LikelihoodModel(nn.Module):
    """A likelihood with its width, which may be a parameter.

    One learned width for all features: Rybkin, Daniilidis & Levine 2021, "Simple and effective VAE
    training with calibrated decoders", https://arxiv.org/abs/2006.13202, section 3.
    """

    log_width: Tensor

    def __init__(self, options: LikelihoodOptions) -> None:
        super().__init__()
        self.family = LIKELIHOODS[options.likelihood]
        log_scale = math.log(options.likelihood_scale)
        self._fixed = None if options.learn_scale else log_scale
        if options.learn_scale:
            # What the soft lower limit turns into log_scale.
            start = _NARROWEST + math.log(math.expm1(log_scale - _NARROWEST))
            self.log_width = nn.Parameter(torch.tensor(start))

    def log_scale(self, like: Tensor) -> Tensor:
        """Return the logarithm of the width, a scalar; a learned one stays above 1/400."""
        if self._fixed is not None:
            return like.new_full((), self._fixed)
        return _NARROWEST + F.softplus(self.log_width - _NARROWEST)

    def forward(self, values: Tensor, target: Tensor, present: Tensor | None = None) -> Tensor:
        """Return the negative log-likelihood in nats per sample, (B,), of what is ``present``."""
        return self.family.function(values, target, self.log_scale(values), present)


def build_likelihood(options: LikelihoodOptions, plan: Plan) -> LikelihoodModel | None:
    """Return the chosen likelihood, or None where the reconstruction loss decides.

    Raises :class:`OptionError` where it does not fit the data, the decoder or the other options.
    """
    family = LIKELIHOODS.get(options.likelihood)
    if options.learn_scale and (family is None or not family.has_scale):
        raise OptionError(
            f"the likelihood '{options.likelihood}' has no width that could be learned.",
            subject="autoencoder.learn_scale",
            next_step="Set autoencoder.likelihood to gaussian or laplace.",
        )
    if family is None:
        return None
    if plan.is_tokens:
        raise OptionError(
            f"the likelihood '{options.likelihood}' is one of measured numbers, and tokens are "
            "symbols; their loss is a likelihood already.",
            subject="autoencoder.likelihood",
            next_step="Set autoencoder.likelihood to loss.",
        )
    if family.takes_logits and not plan.is_unit_interval:
        raise OptionError(
            f"the likelihood '{options.likelihood}' needs data between 0 and 1, and the scaled "
            "data leaves that range.",
            subject="autoencoder.likelihood",
            next_step="Set preprocess.scaling to minmax, or autoencoder.likelihood to gaussian.",
        )
    if family.takes_logits and plan.network.output == "linear":
        raise OptionError(
            f"the likelihood '{options.likelihood}' needs the sigmoid at the end of the decoder.",
            subject="network.output",
            next_step="Set network.output to auto.",
        )
    return LikelihoodModel(options)
