"""The variational autoencoder: each code is a small cloud, and all clouds together fill N(0, 1).

Kingma & Welling 2014, Auto-Encoding Variational Bayes, https://arxiv.org/abs/1312.6114; the weight
beta is from Higgins et al. 2017, https://openreview.net/forum?id=Sy2fzU9gl, equation 4; capacity,
free bits and cycles are cited beside their formulas in the objectives.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from aestudio.autoencoders.base import Batch, Plan, Progress, type_option
from aestudio.autoencoders.gaussian_code import GaussianCode, GaussianCodeOptions
from aestudio.autoencoders.registry import autoencoder
from aestudio.errors import OptionError
from aestudio.objectives.divergence import capacity_gap, kl_per_dimension, kl_with_free_bits
from aestudio.objectives.schedules import cyclical_warmup, linear_warmup
from aestudio.options import option


class VariationalOptions(GaussianCodeOptions):
    """The weight of the divergence, and how it is brought in."""

    type: Literal["variational"] = type_option("variational")
    beta: float = option(
        1.0,
        title="Beta",
        help="How strongly codes are drawn towards the unit Gaussian; 1 is the variational bound.",
        hint="Below 1 sharpens reconstructions; 2 to 10 smooths and disentangles the map.",
        advanced=False,
        ge=0.0,
        le=10_000.0,
    )
    warmup_epochs: float = option(
        0.0,
        title="Beta warm-up",
        help="Over how many epochs beta rises from zero to its full value.",
        hint="5 to 10 if the map collapses into one point.",
        unit="epochs",
        ge=0.0,
        le=100_000.0,
    )
    cycles: int = option(
        1,
        title="Warm-up cycles",
        help="How many times beta rises; each rise is followed by as many epochs at full beta, then beta starts again from zero.",
        hint="4 if numbers of the code stay unused after one warm-up.",
        ge=1,
        le=1000,
    )
    free_bits: float = option(
        0.0,
        title="Free bits",
        help="How many nats each number of the code may carry, as a mean over the batch, before the divergence is felt; 0 switches it off.",
        hint="0.1 to 0.5 if numbers of the code stay unused.",
        unit="nats",
        ge=0.0,
        le=100.0,
    )
    capacity: float = option(
        0.0,
        title="Capacity",
        help="How many nats the whole code should carry at the end; beta then weighs the distance from it. 0 switches it off.",
        hint="5 to 25, with beta from 10 to 1000.",
        unit="nats",
        ge=0.0,
        le=100_000.0,
    )
    capacity_epochs: float = option(
        10.0,
        title="Capacity rise",
        help="Over how many epochs the capacity rises from zero to its full value.",
        hint="Half of all epochs.",
        unit="epochs",
        ge=0.0,
        le=100_000.0,
    )


@autoencoder("variational")
class Variational(GaussianCode):
    """Minimises reconstruction + beta * KL(q(z|x) || N(0, 1)), one noise draw per sample.

    ``reconstruction`` is summed over features and ``kl`` over the code, both in the same unit, so
    that with binary cross-entropy and beta = 1 the loss is the negative evidence lower bound in
    nats. With squared error it is that bound, up to constants, for a Gaussian of variance 1/2.

    Free bits or a capacity put a scalar over the batch, ``free_bits`` or ``capacity_gap``, in the
    place of ``kl``, which is then only reported.
    """

    options_class = VariationalOptions
    title = "Variational"
    summary = (
        "Gives each sample a small cloud of codes and packs the clouds around zero. "
        "Good for a smooth map, for walking between samples and for making new ones."
    )
    citation = (
        "Kingma & Welling 2014, Auto-Encoding Variational Bayes, https://arxiv.org/abs/1312.6114"
    )

    options: VariationalOptions

    def __init__(self, options: VariationalOptions, plan: Plan) -> None:
        _check(options)
        super().__init__(options, plan)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        labels = self.shown_labels(batch)
        mean_BL, log_variance_BL = self.posterior(batch.x, labels)
        output = self.decoder_output(self.draw(mean_BL, log_variance_BL), batch.x, labels)
        kl_BL = kl_per_dimension(mean_BL, log_variance_BL)
        terms = {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            "kl": kl_BL.sum(1),
        }
        if self.options.free_bits > 0:
            terms["free_bits"] = kl_with_free_bits(kl_BL, self.options.free_bits)
        if self.options.capacity > 0:
            rise_steps = self.options.capacity_epochs * progress.steps_per_epoch
            capacity = self.options.capacity * linear_warmup(progress.step, rise_steps)
            terms["capacity_gap"] = capacity_gap(terms["kl"], capacity, self.options.capacity)
        return terms

    def term_weights(self, progress: Progress) -> dict[str, float]:
        warmup_steps = self.options.warmup_epochs * progress.steps_per_epoch
        factor = cyclical_warmup(progress.step, warmup_steps, self.options.cycles)
        beta = self.options.beta * factor
        if self.options.free_bits > 0:
            return {"kl": 0.0, "free_bits": beta}
        if self.options.capacity > 0:
            return {"kl": 0.0, "capacity_gap": beta}
        return {"kl": beta}


def _check(options: VariationalOptions) -> None:
    if options.free_bits > 0 and options.capacity > 0:
        raise OptionError(
            "free bits and a capacity both replace the divergence; only one of them can.",
            subject="autoencoder.free_bits",
            next_step="Set autoencoder.free_bits or autoencoder.capacity to 0.",
        )
    if options.cycles > 1 and options.warmup_epochs == 0:
        raise OptionError(
            "beta can rise several times only if it has a warm-up.",
            subject="autoencoder.cycles",
            next_step="Set autoencoder.warmup_epochs to the length of one rise, such as 5.",
        )
