"""How sure the median of some measurements is."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt


def confidence_of_median(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the order statistics between which the true median lies in 95 of 100 cases.

    Normal approximation of the sign test (Conover, Practical Nonparametric Statistics, 3.2).
    """
    ordered = np.sort(values)
    reach = math.ceil(0.98 * math.sqrt(len(ordered)))
    middle = len(ordered) // 2
    return float(ordered[max(0, middle - reach)]), float(
        ordered[min(len(ordered) - 1, middle + reach)]
    )
