"""A codebook that learns where vectors lie, and revives entries that nothing comes near.

van den Oord et al. 2017, https://arxiv.org/abs/1711.00937: by the gradient of the codebook term
(equation 3) or by running averages (appendix A.1, equations 6 to 8). Shapes: N vectors of S numbers,
K entries.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aestudio.networks.noise import NoiseSource
from aestudio.objectives.quantisation import entry_sums, nearest_entries

#: Keeps entries that are hardly used from dividing zero by zero.
_SMOOTHING = 1e-5


class Codebook(nn.Module):
    """K vectors; those unused for ``revive_after`` steps become vectors of the current batch.

    All entries count as unused at first, so that the first step places them among the data. With
    ``revive_after`` 0 none is ever replaced. Nothing here waits for the device.
    """

    entries: Tensor
    unused_steps: Tensor
    running_counts: Tensor
    running_sums: Tensor

    def __init__(
        self, num_entries: int, num_numbers: int, *, decay: float | None, revive_after: int
    ) -> None:
        super().__init__()
        self._decay = decay
        self._revive_after = revive_after
        entries_KS = torch.randn(num_entries, num_numbers)
        self.register_buffer("unused_steps", torch.full((num_entries,), revive_after))
        if decay is None:
            self.entries = nn.Parameter(entries_KS)
            return
        self.register_buffer("entries", entries_KS)
        self.register_buffer("running_counts", torch.ones(num_entries))
        self.register_buffer("running_sums", entries_KS.clone())

    def choose(self, x_NS: Tensor) -> Tensor:
        """Return the number of the nearest entry of every vector, (N,)."""
        return nearest_entries(x_NS.detach(), self.entries.detach())

    def look_up(self, chosen_N: Tensor) -> Tensor:
        """Return the chosen entries, (N, S)."""
        return F.embedding(chosen_N, self.entries)

    @torch.no_grad()
    def revive(self, x_NS: Tensor, noise: NoiseSource) -> None:
        """Put each entry that has been unused for too long at a vector drawn from ``x``."""
        if self._revive_after == 0:
            return
        is_unused_K = self.unused_steps >= self._revive_after
        draws_K = noise.uniform_like(self.entries[:, 0]) * len(x_NS)
        # The largest number below 1 times a large count may round up to the count.
        drawn_KS = x_NS[draws_K.long().clamp_max(len(x_NS) - 1)]
        self.entries.copy_(torch.where(is_unused_K[:, None], drawn_KS, self.entries))
        self.unused_steps.masked_fill_(is_unused_K, 0)
        if self._decay is not None:
            self.running_counts.masked_fill_(is_unused_K, 1.0)
            self.running_sums.copy_(torch.where(is_unused_K[:, None], drawn_KS, self.running_sums))

    @torch.no_grad()
    def follow(self, x_NS: Tensor, chosen_N: Tensor, counts_K: Tensor) -> None:
        """Move entries towards the mean of the vectors that chose them, and count the unused.

        ``counts_K`` is how often each was chosen, from :func:`~aestudio.objectives.quantisation.entry_counts`.
        """
        self.unused_steps.add_(1).masked_fill_(counts_K > 0, 0)
        if self._decay is None:
            return
        sums_KS = entry_sums(x_NS, chosen_N, len(self.entries))
        self.running_counts.lerp_(counts_K, 1.0 - self._decay)
        self.running_sums.lerp_(sums_KS, 1.0 - self._decay)
        total = self.running_counts.sum()
        share_K = (self.running_counts + _SMOOTHING) / (total + len(counts_K) * _SMOOTHING)
        self.entries.copy_(self.running_sums / (share_K * total)[:, None])
