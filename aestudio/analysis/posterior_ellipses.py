"""Clouds of codes on a flat map: the ellipse of one standard deviation around each code.

A Gaussian with mean m and covariance S, seen through the linear map P, is a Gaussian with mean P m
and covariance C = P S P^T (Bishop 2006, Pattern Recognition and Machine Learning, section 2.3). The
points x with (x - m)^T C^-1 (x - m) = 1 are m + C^(1/2) u for all u on the unit circle.

Shapes: N codes, L numbers per code, K points of an outline.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_OUTLINE_POINTS = 33


def plane_covariances(axes_2L: npt.ArrayLike, spread_NL: npt.ArrayLike) -> Floats:
    """Return P diag(s^2) P^T, (N, 2, 2), for the standard deviations s of each code.

    The rows of P are the axes of the map.
    """
    across_L, up_L = np.asarray(axes_2L, dtype=np.float64)
    variance_NL = np.square(np.asarray(spread_NL, dtype=np.float64))
    products_L4 = np.stack([across_L * across_L, across_L * up_L, up_L * across_L, up_L * up_L], 1)
    return np.asarray((variance_NL @ products_L4).reshape(-1, 2, 2))


def axis_spreads(covariances_N22: Floats) -> Floats:
    """Return the standard deviations along the two axes, (N, 2): half the ellipse's width and height."""
    return np.asarray(np.sqrt(np.diagonal(covariances_N22, axis1=1, axis2=2)))


def ellipse_outlines(
    centers_N2: npt.ArrayLike, covariances_N22: Floats, num_points: int = _OUTLINE_POINTS
) -> Floats:
    """Return closed outlines of one standard deviation, (N, K, 2); the last point is the first.

    A cloud without any width in one direction gives a line, in both a point.
    """
    angles = np.linspace(0.0, 2.0 * np.pi, num_points)
    circle_2K = np.stack([np.cos(angles), np.sin(angles)])
    offsets_N2K = _square_roots(covariances_N22) @ circle_2K
    centers = np.asarray(centers_N2, dtype=np.float64)
    return np.asarray(centers[:, None, :] + offsets_N2K.transpose(0, 2, 1))


def _square_roots(matrices_N22: Floats) -> Floats:
    """Return the symmetric square roots of positive semidefinite matrices, (N, 2, 2).

    (C + d 1) / sqrt(trace C + 2 d) with d = sqrt(det C), from the theorem of Cayley and Hamilton:
    Northshield 2010, Square roots of 2x2 matrices, http://hdl.handle.net/20.500.12648/1115.
    """
    across, both, up = matrices_N22[:, 0, 0], matrices_N22[:, 0, 1], matrices_N22[:, 1, 1]
    root = np.sqrt((across * up - both * both).clip(min=0.0))
    scale = np.sqrt(across + up + 2.0 * root)
    summed = matrices_N22 + root[:, None, None] * np.eye(2)
    # Only a point has the scale zero, and its numerator is zero too; a NaN stays one.
    return np.asarray(summed / np.where(scale == 0.0, 1.0, scale)[:, None, None])
