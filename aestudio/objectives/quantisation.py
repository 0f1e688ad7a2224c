"""Replacing vectors by the nearest of a few.

van den Oord, Vinyals & Kavukcuoglu 2017, Neural Discrete Representation Learning,
https://arxiv.org/abs/1711.00937. Shapes: N vectors of S numbers, K entries of the codebook.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from aestudio.objectives.precision import in_single_precision

#: Distances that may be in memory at once (256 MB).
_MOST_DISTANCES = 2**26


def nearest_entries(x_NS: Tensor, entries_KS: Tensor) -> Tensor:
    """Return the number of the nearest entry of every vector, (N,): equation 1 of the paper."""
    # A graph that is being exported has no number of vectors yet, so nothing to be divided by.
    if torch.compiler.is_exporting() or torch.onnx.is_in_onnx_export():
        return _distances(x_NS, entries_KS).argmin(1)
    rows_at_once = max(1, _MOST_DISTANCES // len(entries_KS))
    parts = [_distances(part, entries_KS).argmin(1) for part in x_NS.split(rows_at_once)]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _distances(x_NS: Tensor, entries_KS: Tensor) -> Tensor:
    """Return |x - e|^2 - |x|^2 of every pair, (N, K): what a vector adds to all decides nothing."""
    with in_single_precision(x_NS):
        return torch.addmm(entries_KS.square().sum(1), x_NS, entries_KS.t(), alpha=-2.0)


def straight_through(x: Tensor, quantised: Tensor) -> Tensor:
    """Return ``quantised`` with the gradient that ``x`` would have had, as in section 3.2."""
    return x + (quantised - x).detach()


def entry_counts(chosen_N: Tensor, num_entries: int) -> Tensor:
    """Return how often each entry was chosen, (K,), in single precision."""
    ones_N = torch.ones_like(chosen_N, dtype=torch.float32)
    # Sums of ones are exact in any order, so this is the same on every device.
    return ones_N.new_zeros(num_entries).index_add(0, chosen_N, ones_N)


def entry_sums(x_NS: Tensor, chosen_N: Tensor, num_entries: int) -> Tensor:
    """Return the sum of the vectors that chose each entry, (K, S), the same every time."""
    if x_NS.device.type == "cpu":
        # One vector after the other, hence always in the same order.
        return x_NS.new_zeros(num_entries, x_NS.shape[1]).index_add(0, chosen_N, x_NS)
    # A product adds in the same order every time, which scattered additions there do not.
    with in_single_precision(x_NS):
        return F.one_hot(chosen_N, num_entries).to(x_NS.dtype).t() @ x_NS


def perplexity(counts_K: Tensor) -> Tensor:
    """Return exp(entropy) of how often entries were chosen, a scalar.

    It is as many entries as would, used equally, tell as much: between 1 and K.
    """
    share_K = counts_K / counts_K.sum()
    entropy: Tensor = torch.special.entr(share_K).sum()
    return entropy.exp()
