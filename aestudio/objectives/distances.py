"""Distances between all pairs of two sets of vectors."""

from __future__ import annotations

import torch
from torch import Tensor

from aestudio.objectives.precision import in_single_precision


def squared_distances(a_ND: Tensor, b_MD: Tensor) -> Tensor:
    """Return |a - b|^2 of every pair, (N, M), by |a|^2 - 2 ab + |b|^2, never below zero.

    One matrix product instead of N * M * D differences; the error is that of single precision,
    relative to the lengths of the vectors.
    """
    with in_single_precision(a_ND):
        lengths_NM = a_ND.square().sum(1)[:, None] + b_MD.square().sum(1)[None, :]
        return torch.clamp_min(lengths_NM - 2.0 * (a_ND @ b_MD.t()), 0.0)
