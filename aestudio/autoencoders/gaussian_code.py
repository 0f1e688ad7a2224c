"""Autoencoders whose encoder gives a Gaussian cloud of codes instead of one.

What the variational family shares: the posterior q(z|x), a draw from it, the likelihood of a
sample given a code, and the label that both networks may be told. Each member of the family adds its
terms. Shapes: B batch, L code size. Labels are (B,), -1 where a sample has none.
"""

from __future__ import annotations

import torch
from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, AutoencoderOptions, Batch, Plan
from aestudio.autoencoders.condition import (
    ConditionOptions,
    build_condition,
    check_condition,
    num_conditions,
)
from aestudio.autoencoders.likelihood import LikelihoodOptions, build_likelihood
from aestudio.objectives.likelihood import continuous_bernoulli_mean


class GaussianCodeOptions(ConditionOptions, LikelihoodOptions):
    """What every member of the family can be asked for."""


class GaussianCode(Autoencoder):
    """An encoder of means and log variances; codes that views see are the means."""

    is_generative = True
    is_regularised = True

    options: GaussianCodeOptions

    def __init__(self, options: GaussianCodeOptions, plan: Plan) -> None:
        check_condition(options, plan)
        self.num_conditions = num_conditions(options)
        super().__init__(options, plan)
        self.likelihood = build_likelihood(options, plan)
        self.condition = build_condition(options, plan, self.noise)

    @classmethod
    def outputs_per_code(cls, options: AutoencoderOptions) -> int:
        """Two for each number: its mean and its log variance."""
        return 2

    @property
    def has_clouds(self) -> bool:
        """Whether the divergence of :meth:`posterior` says anything; single codes have no width."""
        return True

    @property
    def num_labels(self) -> int:
        """How many labels can be chosen from; 0 where nobody is told them."""
        return self.condition.num_labels if self.condition is not None else 0

    def shown_labels(self, batch: Batch) -> Tensor | None:
        """Return the labels that a step tells; None where nobody is told them."""
        return None if self.condition is None else self.condition.shown(batch.labels)

    def posterior(self, x: Tensor, labels: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of each sample's code, both (B, L), in single precision."""
        if self.condition is not None:
            x = self.condition.shifted(x, labels, self.input_scale)
        mean_BL, log_variance_BL = self.encoder_output(x).float().chunk(2, dim=1)
        # exp(20) is a variance that no data asks for; without the bound one bad step overflows.
        return mean_BL, log_variance_BL.clamp(-20.0, 20.0)

    def encode(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the means of the codes, (B, L)."""
        return self.posterior(x, labels)[0]

    def encode_with_spread(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        if not self.has_clouds:
            return self.encode(x), None
        mean_BL, log_variance_BL = self.posterior(x)
        return mean_BL, (0.5 * log_variance_BL).exp()

    def decode(self, z_BL: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return samples (B, *shape) in the model's scale."""
        return self.finish(self.decoder_output(z_BL, labels=labels))

    def decoder_output(
        self, z_BL: Tensor, teacher: Tensor | None = None, labels: Tensor | None = None
    ) -> Tensor:
        """Return the decoder's values before :meth:`finish`, (B, *shape), in single precision."""
        if self.condition is not None:
            z_BL = self.condition.beside(z_BL, labels)
        return super().decoder_output(z_BL, teacher)

    def draw(self, mean_BL: Tensor, log_variance_BL: Tensor) -> Tensor:
        """Return one code of each cloud, (B, L), through which gradients reach the cloud."""
        noise_BL = self.noise.normal_like(mean_BL)
        return torch.addcmul(mean_BL, noise_BL, (0.5 * log_variance_BL).exp())

    def loss_of_numbers(
        self, output: Tensor, target: Tensor, present: Tensor | None = None
    ) -> Tensor:
        """Return the loss, or the negative log-likelihood in nats, per sample, (B,)."""
        if self.likelihood is None:
            return super().loss_of_numbers(output, target, present)
        takes_logits = self.likelihood.family.takes_logits
        values = output if takes_logits else self.finish_numbers(output)
        return self.likelihood(values, target, present)  # type: ignore[no-any-return]  # nn.Module's call

    def finish_numbers(self, output: Tensor) -> Tensor:
        """Return the mean of the likelihood."""
        if self.options.likelihood == "continuous_bernoulli":
            return continuous_bernoulli_mean(output)
        return super().finish_numbers(output)
