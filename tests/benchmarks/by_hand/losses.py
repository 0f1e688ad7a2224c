"""The default loss of each type, a mean over the batch, with whatever a person would fuse.

Shapes: B batch, D pixels, H hidden units, L code size, K draws, C entries of a codebook of S numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from by_hand.network import Network
from by_hand.noise import Noise

RHO, SPARSITY_WEIGHT = 0.05, 5.0
KEPT, DEAD_AFTER, REVIVAL_WEIGHT = 3, 500, 1 / 32
CONTRACTION_WEIGHT = 0.01
CORRUPTION = 0.5
DRAWS = 5
DIP_WEIGHTS = 10.0, 10.0
TOTAL_CORRELATION_WEIGHT = 6.0
MMD_WEIGHT = 10.0
MMD_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SLOT, COMMITMENT, DECAY, REVIVE_AFTER = 4, 0.25, 0.99, 100


class Undercomplete(Network):
    """The parent of all others: reconstruction, as a mean over the batch."""

    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        return self.error(self.decoder(self.encoder(x_BD)), x_BD)

    @staticmethod
    def error(logits_BD: Tensor, x_BD: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(logits_BD, x_BD, reduction="sum") / len(x_BD)


class Sparse(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        z_BL = self.encoder(x_BD).sigmoid()
        mean_L = z_BL.float().mean(0)
        cross = RHO * mean_L.log() + (1 - RHO) * torch.log1p(-mean_L)
        entropy = RHO * math.log(RHO) + (1 - RHO) * math.log(1 - RHO)
        sparsity = len(mean_L) * entropy - cross.sum()
        return self.error(self.decoder(z_BL), x_BD) + SPARSITY_WEIGHT * sparsity


class TopK(Undercomplete):
    """With no more numbers than may be revived at once, all that are dead help."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__(state)
        self.idle_L = torch.zeros_like(state["idle_steps"])

    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        all_BL = self.encoder(x_BD).float()
        values, places = all_BL.topk(KEPT, 1)
        z_BL = torch.zeros_like(all_BL).scatter(1, places, values)
        loss = self.error(self.decoder(z_BL), x_BD)
        is_dead_L = self.idle_L >= DEAD_AFTER
        if is_dead_L.any():
            helped = self.decoder(z_BL.detach() + torch.where(is_dead_L, all_BL, 0.0))
            loss = loss + REVIVAL_WEIGHT * self.error(helped, x_BD)
        with torch.no_grad():
            self.idle_L.add_(1).masked_fill_((z_BL != 0).any(0), 0)
        return loss


class Contractive(Undercomplete):
    """Exact, with a linear code after one hidden layer."""

    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        hidden = F.linear(self.standardised(x_BD), self.W1, self.b1).relu()
        slope_BH = (hidden.detach() > 0).float()
        with torch.autocast(x_BD.device.type, enabled=False):
            product_HH = (self.W1 @ self.W1.t()) * (self.W2.t() @ self.W2)
            norms = ((slope_BH @ product_HH) * slope_BH).sum() * self.scale**2
        logits = self.decoder(F.linear(hidden, self.W2, self.b2))
        return self.error(logits, x_BD) + CONTRACTION_WEIGHT / len(x_BD) * norms


class Denoising(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        damaged = torch.add(x_BD, noise.normal_like(x_BD), alpha=CORRUPTION)
        return self.error(self.decoder(self.encoder(damaged)), x_BD)


class Variational(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        mean, log_variance = self.posterior(x_BD)
        z = torch.addcmul(mean, noise.normal_like(mean), (0.5 * log_variance).exp())
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
        return self.error(self.decoder(z), x_BD) + kl / len(x_BD)


class Dip(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        mean, log_variance = self.posterior(x_BD)
        variance = log_variance.exp()
        z = torch.addcmul(mean, noise.normal_like(mean), (0.5 * log_variance).exp())
        kl = 0.5 * (mean.square() + variance - 1 - log_variance).sum() / len(x_BD)
        with torch.autocast(x_BD.device.type, enabled=False):
            centred = mean - mean.mean(0)
            covariance = centred.t() @ centred / len(x_BD) + variance.mean(0).diag()
        diagonal = covariance.diagonal()
        off_diagonal = covariance.square().sum() - diagonal.square().sum()
        penalty = DIP_WEIGHTS[0] * off_diagonal + DIP_WEIGHTS[1] * (diagonal - 1).square().sum()
        return self.error(self.decoder(z), x_BD) + kl + penalty


class ImportanceWeighted(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        mean, log_variance = self.posterior(x_BD)
        noise_KBL = noise.normal_like(mean.expand(DRAWS, -1, -1))
        z_KBL = torch.addcmul(mean, noise_KBL, (0.5 * log_variance).exp())
        # (z - mean)^2 / variance is the square of the noise.
        ratio_KB = 0.5 * (noise_KBL.square() + log_variance - z_KBL.square()).sum(2)
        logits = self.decoder(z_KBL.flatten(0, 1)).reshape(DRAWS, *x_BD.shape)
        target = x_BD.expand_as(logits)
        error_KB = F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(2)
        return math.log(DRAWS) - (ratio_KB - error_KB).logsumexp(0).mean()


class TotalCorrelation(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        mean, log_variance = self.posterior(x_BD)
        noise_BL = noise.normal_like(mean)
        z = torch.addcmul(mean, noise_BL, (0.5 * log_variance).exp())
        # Logarithms of densities, all without their constant, which cancels between p and q.
        log_prior = -0.5 * z.square().sum(1)
        log_posterior = -0.5 * (log_variance + noise_BL.square()).sum(1)
        distance_BBL = (z[:, None] - mean).square() * (-log_variance).exp()
        log_density_BBL = -0.5 * (log_variance + distance_BBL)
        log_count = math.log(len(x_BD))
        log_joint = log_density_BBL.sum(2).logsumexp(1) - log_count
        log_product = (log_density_BBL.logsumexp(1) - log_count).sum(1)
        information = log_posterior - log_joint
        penalty = TOTAL_CORRELATION_WEIGHT * (log_joint - log_product)
        parts = information + penalty + (log_product - log_prior)
        return self.error(self.decoder(z), x_BD) + parts.mean()


class Wasserstein(Undercomplete):
    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        z_BL = self.encoder(x_BD).float()
        prior_BL = noise.normal_like(z_BL)
        count = len(z_BL)
        between = self.kernel_sum(z_BL, prior_BL)
        # The distance of a point from itself is 0, where each of the scales adds 1.
        itself = count * len(MMD_SCALES)
        within = self.kernel_sum(z_BL, z_BL) + self.kernel_sum(prior_BL, prior_BL) - 2 * itself
        mmd = within / (count * (count - 1)) - 2 * between / count**2
        return self.error(self.decoder(z_BL), x_BD) + MMD_WEIGHT * mmd

    @staticmethod
    def kernel_sum(a_BL: Tensor, b_BL: Tensor) -> Tensor:
        with torch.autocast(a_BL.device.type, enabled=False):
            lengths = a_BL.square().sum(1)[:, None] + b_BL.square().sum(1)
            squared_BB = torch.addmm(lengths, a_BL, b_BL.t(), alpha=-2).clamp_min(0)
        base = 2 * a_BL.shape[1]
        parts = [s * base / (s * base + squared_BB) for s in MMD_SCALES]
        return torch.stack([part.sum() for part in parts]).sum()


class VectorQuantised(Undercomplete):
    """Slots of four numbers, an averaged codebook that revives what is not used."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__(state)
        self.entries_CS = state["codebook.entries"].clone()
        self.sums_CS = state["codebook.running_sums"].clone()
        self.counts_C = state["codebook.running_counts"].clone()
        self.unused_C = state["codebook.unused_steps"].clone()

    def loss(self, x_BD: Tensor, noise: Noise, step: int) -> Tensor:
        z_BL = self.encoder(x_BD).float()
        slots = z_BL.detach().reshape(-1, SLOT)
        with torch.no_grad(), torch.autocast(x_BD.device.type, enabled=False):
            self.revive(slots, noise)
            # The length of the vectors themselves does not change which entry is nearest.
            scores = torch.addmm(
                self.entries_CS.square().sum(1), slots, self.entries_CS.t(), alpha=-2
            )
            chosen = scores.argmin(1)
            entries_BL = self.entries_CS[chosen].reshape(z_BL.shape)
        output = self.decoder(z_BL + (entries_BL - z_BL).detach())
        commitment = F.mse_loss(z_BL, entries_BL, reduction="sum") / len(x_BD)
        loss = self.error(output, x_BD) + COMMITMENT * commitment
        with torch.no_grad(), torch.autocast(x_BD.device.type, enabled=False):
            self.follow(slots, chosen)
        return loss

    def revive(self, slots_NS: Tensor, noise: Noise) -> None:
        is_unused = self.unused_C >= REVIVE_AFTER
        drawn = (noise.uniform_like(self.counts_C) * len(slots_NS)).long()
        drawn_CS = slots_NS[drawn.clamp_max(len(slots_NS) - 1)]
        self.entries_CS = torch.where(is_unused[:, None], drawn_CS, self.entries_CS)
        self.sums_CS = torch.where(is_unused[:, None], drawn_CS, self.sums_CS)
        self.unused_C.masked_fill_(is_unused, 0)
        self.counts_C.masked_fill_(is_unused, 1.0)

    def follow(self, slots_NS: Tensor, chosen_N: Tensor) -> None:
        counts = torch.bincount(chosen_N, minlength=len(self.entries_CS)).float()
        sums = torch.zeros_like(self.sums_CS).index_add_(0, chosen_N, slots_NS)
        self.unused_C.add_(1).masked_fill_(counts > 0, 0)
        self.counts_C.lerp_(counts, 1 - DECAY)
        self.sums_CS.lerp_(sums, 1 - DECAY)
        total = self.counts_C.sum()
        share = (self.counts_C + 1e-5) / (total + len(counts) * 1e-5)
        self.entries_CS = self.sums_CS / (share * total)[:, None]


class Adversarial(Undercomplete):
    """Its other two losses are stepped by themselves."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__(state)
        own = (name for name in state if name.startswith("discriminator."))
        values = [state[name].clone() for name in own]
        self.judging = nn.ParameterList(values)

    def judge(self, z_BL: Tensor) -> Tensor:
        W1, b1, W2, b2, W3, b3 = self.judging
        hidden = F.leaky_relu(F.linear(z_BL, W1, b1), 0.2)
        hidden = F.leaky_relu(F.linear(hidden, W2, b2), 0.2)
        return F.linear(hidden, W3, b3).float()

    def judging_loss(self, x_BD: Tensor, noise: Noise) -> Tensor:
        with torch.no_grad():
            z_BL = self.encoder(x_BD).float()
        real, forged = self.judge(torch.cat([noise.normal_like(z_BL), z_BL])).chunk(2)
        return F.softplus(-real).mean() + F.softplus(forged).mean()

    def forging_loss(self, x_BD: Tensor) -> Tensor:
        return F.softplus(-self.judge(self.encoder(x_BD))).mean()


LOSSES: dict[str, type[Undercomplete]] = {
    "adversarial": Adversarial,
    "contractive": Contractive,
    "denoising": Denoising,
    "dip": Dip,
    "importance_weighted": ImportanceWeighted,
    "sparse": Sparse,
    "top_k": TopK,
    "total_correlation": TotalCorrelation,
    "undercomplete": Undercomplete,
    "variational": Variational,
    "vector_quantised": VectorQuantised,
    "wasserstein": Wasserstein,
}
