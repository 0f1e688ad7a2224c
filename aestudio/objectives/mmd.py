"""Maximum mean discrepancy: how far two sets of points are from one cloud.

Gretton et al. 2012, JMLR 13, https://jmlr.org/papers/v13/gretton12a.html. Shapes: N, M points, L
numbers each.
"""

from __future__ import annotations

from torch import Tensor

from aestudio.objectives.distances import squared_distances

#: Multiples of the base scale, as in the authors' program of Tolstikhin et al. 2018.
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def inverse_multiquadratic(squared_NM: Tensor, base: float) -> Tensor:
    """Return sum over the scales s of s * base / (s * base + squared distance), (N, M).

    Tolstikhin et al. 2018, https://arxiv.org/abs/1711.01558, section 4; its slow decay still pulls
    at codes that lie far outside.
    """
    return sum(
        (scale * base / (scale * base + squared_NM) for scale in SCALES[1:]),
        start=SCALES[0] * base / (SCALES[0] * base + squared_NM),
    )


def squared_mmd(a_NL: Tensor, b_ML: Tensor) -> Tensor:
    """Return the unbiased estimate of the squared discrepancy, a scalar that may be below zero.

    Gretton et al. 2012, equation 3: pairs of a point with itself are left out. The base of the
    kernel is 2 L, the mean squared distance of two points of N(0, 1). A single point has no pairs
    within its set; their part is then zero.
    """
    base = 2.0 * a_NL.shape[1]
    between = inverse_multiquadratic(squared_distances(a_NL, b_ML), base).mean()
    return _mean_within(a_NL, base) + _mean_within(b_ML, base) - 2.0 * between


def _mean_within(x_NL: Tensor, base: float) -> Tensor:
    num_points = len(x_NL)
    kernel_NN = inverse_multiquadratic(squared_distances(x_NL, x_NL), base)
    off_diagonal = kernel_NN.sum() - kernel_NN.diagonal().sum()
    return off_diagonal / max(1, num_points * (num_points - 1))
