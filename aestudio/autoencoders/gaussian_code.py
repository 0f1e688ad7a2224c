"""Autoencoders whose encoder gives a Gaussian cloud of codes instead of one.

What the variational family shares: the posterior q(z|x), a draw from it, and the likelihood of a
sample given a code. Each member of the family adds its terms. Shapes: B batch, L code size.
"""

from __future__ import annotations

from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, Plan
from aestudio.autoencoders.likelihood import LikelihoodOptions, build_likelihood
from aestudio.objectives.likelihood import continuous_bernoulli_mean


class GaussianCode(Autoencoder):
    """An encoder of means and log variances; codes that views see are the means."""

    outputs_per_code = 2
    is_generative = True
    is_regularised = True

    options: LikelihoodOptions

    def __init__(self, options: LikelihoodOptions, plan: Plan) -> None:
        super().__init__(options, plan)
        self.likelihood = build_likelihood(options, plan)

    @property
    def has_clouds(self) -> bool:
        """Whether the divergence of :meth:`posterior` says anything; single codes have no width."""
        return True

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of each sample's code, both (B, L), in single precision."""
        mean_BL, log_variance_BL = self.encoder_output(x).float().chunk(2, dim=1)
        # exp(20) is a variance that no data asks for; without the bound one bad step overflows.
        return mean_BL, log_variance_BL.clamp(-20.0, 20.0)

    def encode(self, x: Tensor) -> Tensor:
        """Return the means of the codes, (B, L)."""
        return self.posterior(x)[0]

    def draw(self, mean_BL: Tensor, log_variance_BL: Tensor) -> Tensor:
        """Return one code of each cloud, (B, L), through which gradients reach the cloud."""
        noise_BL = self.noise.normal_like(mean_BL)
        return mean_BL + noise_BL * (0.5 * log_variance_BL).exp()

    def reconstruction(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the loss, or the negative log-likelihood in nats, per sample, (B,)."""
        if self.likelihood is None:
            return super().reconstruction(output, target)
        takes_logits = self.likelihood.family.takes_logits
        return self.likelihood(output if takes_logits else self.finish(output), target)  # type: ignore[no-any-return]  # nn.Module's call

    def finish(self, output: Tensor) -> Tensor:
        """Return the mean of the likelihood."""
        if self.options.likelihood == "continuous_bernoulli":
            return continuous_bernoulli_mean(output)
        return super().finish(output)
