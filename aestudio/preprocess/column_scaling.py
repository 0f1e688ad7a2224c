"""One column of a table on its way to model scale and back.

What each method makes of the cells x of a column, all numbers fitted on the training samples:

==========  ======================================================================================
none        x
standard    (x - mean) / spread
minmax      (x - low) / (high - low)
robust      (x - median) / (0.7413 IQR): mean 0 and spread 1 of normal data, whatever its outliers
log         asinh(x / unit), then standard: the logarithm of what is far from zero, of either sign
            (Burbidge, Magee & Robb 1988, https://doi.org/10.1080/01621459.1988.10478575)
quantile    the share of cells that are smaller, spread evenly over mean 0 and spread 1
one_hot     of categories: 1 for the one that is there, 0 for all others
==========  ======================================================================================

All but ``one_hot`` are maps from a number to a number, and undone exactly; ``quantile`` gives back
the nearest value seen for what lies outside of the values seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.missing_values import MISSING_FROM, is_missing

Doubles = npt.NDArray[np.float64]

METHODS = ("none", "standard", "minmax", "robust", "log", "quantile", "one_hot")
#: The spread of numbers that lie evenly between 0 and 1, inverted.
_EVEN = float(np.sqrt(12.0))
_MOST_KNOTS = 10_000
_MOST_NAME = 1000


@dataclass(frozen=True, slots=True)
class ColumnScaling:
    """The fitted map of one column, which becomes ``width`` numbers in model scale."""

    column: Column
    method: str
    #: Model scale = (f(x) - offset) * scale, where f is asinh(x / unit) for ``log``, else x.
    offset: float = 0.0
    scale: float = 1.0
    unit: float = 1.0
    #: For ``quantile``, K + 1 values that rise or stay: a K-th of all cells lies between two of them.
    knots: tuple[float, ...] = ()
    #: What stands in for a missing cell, in model scale, (width,).
    fill: tuple[float, ...] = (0.0,)
    #: A stored value that says as little: the mean, or the place of the most frequent category.
    typical: float = 0.0

    @property
    def width(self) -> int:
        return len(self.column.categories) if self.method == "one_hot" else 1

    @property
    def is_truth(self) -> bool:
        """Whether the column is a truth value that is still 0 or 1 in model scale."""
        return self.column.kind is ColumnKind.BOOLEAN and self.method == "none"

    def forward(self, cells_N: npt.ArrayLike) -> Doubles:
        """Return stored cells in model scale, (N, width); missing ones are NaN."""
        cells = np.asarray(cells_N)
        x = np.where(is_missing(cells), np.nan, cells.astype(np.float64))
        if self.method == "one_hot":
            one_hot = (x[:, None] == np.arange(self.width)).astype(np.float64)
            one_hot[np.isnan(x)] = np.nan
            return np.asarray(one_hot)
        if self.method == "quantile":
            return np.asarray((self._share_below(x)[:, None] - 0.5) * _EVEN)
        if self.method == "log":
            x = np.arcsinh(x / self.unit)
        return np.asarray((x - self.offset) * self.scale)[:, None]

    def inverse(self, scaled_NW: Doubles) -> Doubles:
        """Return (N,) cells of (N, width) numbers in model scale, in the table's own units."""
        if self.method == "one_hot":
            return np.asarray(np.argmax(scaled_NW, axis=1), np.float64)
        y = scaled_NW[:, 0]
        if self.method == "quantile":
            return self._value_at(y / _EVEN + 0.5)
        x = y / self.scale + self.offset
        if self.method == "log":
            # Beyond this a value counts as missing, and soon as infinite.
            most = np.arcsinh(MISSING_FROM / self.unit)
            x = self.unit * np.sinh(np.clip(x, -most, most))
        return np.asarray(x)

    def _share_below(self, x_N: Doubles) -> Doubles:
        """Return how far each cell is through the values seen: 0 at the least, 1 at the most.

        The mean over all segments of how far it is through each. A value that many cells have makes
        segments without width, of which it lies in the middle.
        """
        low_K, width_K = self._segments()
        ahead_NK = x_N[:, None] - low_K
        through_NK = np.clip(ahead_NK / np.where(width_K > 0, width_K, 1.0), 0.0, 1.0)
        step_NK = 0.5 * (np.sign(ahead_NK) + 1.0)
        return np.asarray(np.where(width_K > 0, through_NK, step_NK).mean(axis=1))

    def _value_at(self, share_N: Doubles) -> Doubles:
        low_K, width_K = self._segments()
        num_segments = len(low_K)
        through_NK = share_N[:, None] * num_segments - np.arange(num_segments)
        return np.asarray(low_K[0] + (np.clip(through_NK, 0.0, 1.0) * width_K).sum(axis=1))

    def _segments(self) -> tuple[Doubles, Doubles]:
        knots = np.asarray(self.knots, np.float64)
        return knots[:-1], np.diff(knots)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; numbers survive the way through JSON exactly."""
        return {
            "name": self.column.name,
            "kind": str(self.column.kind),
            "categories": list(self.column.categories),
            "method": self.method,
            "offset": self.offset,
            "scale": self.scale,
            "unit": self.unit,
            "knots": list(self.knots),
            "fill": list(self.fill),
            "typical": self.typical,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` gave; raises ValueError, KeyError or TypeError for all else."""
        name, categories = values["name"], values["categories"]
        for text in (name, *categories):
            if not isinstance(text, str) or len(text) > _MOST_NAME:
                raise ValueError("a name is no text, or too long")
        found = cls(
            column=Column(name, ColumnKind(values["kind"]), tuple(categories)),
            method=str(values["method"]),
            offset=float(values["offset"]),
            scale=float(values["scale"]),
            unit=float(values["unit"]),
            knots=tuple(map(float, values["knots"])),
            fill=tuple(map(float, values["fill"])),
            typical=float(values["typical"]),
        )
        found._check()
        return found

    def _check(self) -> None:
        numbers = (self.offset, self.scale, self.unit, self.typical, *self.knots, *self.fill)
        is_categorical = self.column.kind is ColumnKind.CATEGORICAL
        if self.method not in METHODS or (self.method == "one_hot") is not is_categorical:
            raise ValueError(f"'{self.method}' is no scaling of a {self.column.kind} column")
        if not np.isfinite(numbers).all():
            raise ValueError("a number is not finite")
        if self.scale == 0 or self.unit <= 0:
            raise ValueError("a scale is zero")
        if is_categorical and not self.column.categories:
            raise ValueError("a column has no categories")
        if len(self.fill) != self.width:
            raise ValueError("what stands in for missing cells has another size")
        if (self.method == "quantile") is not bool(self.knots):
            raise ValueError("quantiles are absent, or stand where there are none")
        if self.knots and not (
            1 < len(self.knots) <= _MOST_KNOTS and (np.diff(self.knots) >= 0).all()
        ):
            raise ValueError("quantiles fall")
