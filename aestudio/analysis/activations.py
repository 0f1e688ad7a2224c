"""What each unit of a code does: how often it is active, how strongly, and what it draws.

Shapes: N samples, L units, K bins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ActivationStatistics:
    """Figures of every unit over the same samples."""

    #: The share of samples in which a unit is active, 0 to 1, (L,).
    active_share: Floats
    mean: Floats  #: (L,)
    largest: Floats  #: (L,)
    #: How many samples fall into each bin, (L, K); all units share the bins' edges, (K + 1,).
    counts: npt.NDArray[np.int64]
    edges: Floats

    @property
    def never_active(self) -> npt.NDArray[np.int64]:
        """Units that no sample activates, in ascending order."""
        return np.flatnonzero(self.active_share == 0)

    @property
    def mean_active(self) -> float:
        """How many units are active for one sample, on average."""
        return float(self.active_share.sum(dtype=np.float64))


def activation_statistics(
    codes_NL: npt.NDArray[np.floating], *, active_above: float = 0.0, num_bins: int = 32
) -> ActivationStatistics:
    """Measure each unit of at least one code; rows that are not finite are left out.

    A unit is active where its magnitude exceeds ``active_above``: 0 suits codes with exact zeros, 0.5
    codes that end in a sigmoid.
    """
    codes = np.asarray(codes_NL, np.float32)
    codes = codes[np.isfinite(codes).all(axis=1)]
    if not len(codes):
        codes = np.zeros((1, codes.shape[1]), np.float32)
    edges = np.histogram_bin_edges(codes, num_bins).astype(np.float32)
    return ActivationStatistics(
        active_share=(np.abs(codes) > active_above)
        .mean(axis=0, dtype=np.float64)
        .astype(np.float32),
        mean=codes.mean(axis=0, dtype=np.float64).astype(np.float32),
        largest=codes.max(axis=0),
        counts=_counts(codes, edges),
        edges=edges,
    )


def _counts(codes_NL: Floats, edges: Floats) -> npt.NDArray[np.int64]:
    num_units, num_bins = codes_NL.shape[1], len(edges) - 1
    # The last bin includes its upper edge, as in numpy's histogram.
    bins_NL = np.clip(np.searchsorted(edges, codes_NL, side="right") - 1, 0, num_bins - 1)
    flat = np.arange(num_units) * num_bins + bins_NL
    counted = np.bincount(flat.ravel(), minlength=num_units * num_bins)
    return counted.reshape(num_units, num_bins).astype(np.int64)


def unit_directions(
    decode: Callable[[Floats], Floats], code_size: int, strength: float | npt.ArrayLike = 1.0
) -> Floats:
    """Return what each unit adds to the sample of the empty code, (L, *shape).

    decode(strength * unit vector) - decode(0): for a linear decoder the unit's column of weights.
    ``decode`` maps codes (N, L) to samples (N, *shape); ``strength`` is one number or one for each
    unit, such as its largest activation.
    """
    units_LL = np.eye(code_size, dtype=np.float32) * np.asarray(strength, np.float32)
    nothing_1L = np.zeros((1, code_size), np.float32)
    return np.asarray(decode(units_LL) - decode(nothing_1L), np.float32)
