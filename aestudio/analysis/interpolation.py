"""Paths between two codes.

The straight line is right for most codes. Codes of a variational model lie near a sphere around
the origin, which the straight line leaves; the arc stays on it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from aestudio.errors import OptionError

Method = Literal["linear", "slerp"]

#: Below this sine of the angle, the arc is either the line itself or not defined.
_SMALLEST_SINE = 1e-4


def interpolate(
    a_L: npt.ArrayLike, b_L: npt.ArrayLike, num_steps: int, method: Method = "linear"
) -> npt.NDArray[np.float32]:
    """Return (num_steps, L) codes from ``a_L`` to ``b_L``, both ends included exactly.

    "slerp" turns at a constant angular speed (Shoemake 1985, equation 3,
    https://doi.org/10.1145/325165.325242) and, for ends of different length, blends the lengths with
    the same weights. Where the ends are parallel, opposite or zero there is no single arc, and the
    straight line is taken.

    Raises :class:`OptionError` for fewer than two steps or ends of different sizes.
    """
    a = np.asarray(a_L, dtype=np.float64)
    b = np.asarray(b_L, dtype=np.float64)
    if num_steps < 2:
        raise OptionError(
            f"a path needs at least 2 steps (given: {num_steps}).",
            subject="steps",
            next_step="Try 9.",
        )
    if a.ndim != 1 or a.shape != b.shape:
        raise OptionError(
            f"the two ends have different sizes, {a.shape} and {b.shape}.",
            subject="codes",
            next_step="Give two codes of the same model.",
        )
    t_K1 = np.linspace(0.0, 1.0, num_steps)[:, None]
    weight_a, weight_b = 1.0 - t_K1, t_K1
    if method == "slerp":
        norms = np.linalg.norm(a) * np.linalg.norm(b)
        cosine = float(np.clip(a @ b / norms, -1.0, 1.0)) if norms > 0 else 1.0
        angle = np.arccos(cosine)
        if np.sin(angle) > _SMALLEST_SINE:
            weight_a = np.sin((1.0 - t_K1) * angle) / np.sin(angle)
            weight_b = np.sin(t_K1 * angle) / np.sin(angle)
    path = weight_a * a + weight_b * b
    path[0], path[-1] = a, b
    return path.astype(np.float32)
