"""How the numbers of a code vary together. Shapes: B batch, L code size."""

from __future__ import annotations

from torch import Tensor

from aestudio.objectives.precision import in_single_precision


def covariance(x_BL: Tensor) -> Tensor:
    """Return the covariance over the batch, (L, L), divided by B."""
    centred_BL = x_BL - x_BL.mean(0)
    with in_single_precision(x_BL):
        return centred_BL.t() @ centred_BL / len(x_BL)


def off_diagonal_square(covariance_LL: Tensor) -> Tensor:
    """Return the sum of the squares beside the diagonal, a scalar."""
    return covariance_LL.square().sum() - covariance_LL.diagonal().square().sum()


def diagonal_gap(covariance_LL: Tensor) -> Tensor:
    """Return the sum of (variance - 1)^2, a scalar."""
    return (covariance_LL.diagonal() - 1.0).square().sum()
