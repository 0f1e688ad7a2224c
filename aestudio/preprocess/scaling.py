"""The scaling between stored values and the network's input.

    x_BD  stored values, any number type       model scale = (stored - offset) * scale
    y_BD  model scale, float32                 stored      = model scale / scale + offset

``offset`` and ``scale`` broadcast against one sample: (D,) for tables, (1, C) for sequences of
shape (T, C), (C, 1, 1) for images.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Kind
from aestudio.data.missing_values import is_missing, without_missing
from aestudio.errors import DataError
from aestudio.preprocess.missing import refuse_missing
from aestudio.preprocess.statistics import (
    Doubles,
    Statistics,
    measure,
    measure_quartiles,
    unreported,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aestudio.preprocess.options import PreprocessOptions

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

#: A scale beyond this would push sound values out of the range of 32-bit numbers.
_LARGEST_SCALE = 1e30
#: The brightest values that common number formats of cameras and files can hold.
#: The spread of normal data, in parts of the distance between its quartiles.
_SPREAD_OF_QUARTILES = 0.7413
_FULL_SCALES = (1, 255, 1023, 4095, 16383, 65535)


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """An invertible map per feature; ``fill`` stands in for missing values, in the stored scale."""

    offset: Floats
    scale: Floats
    fill: Floats
    #: The range of the data that the scaling was fitted on, in model scale.
    low: float = 0.0
    high: float = 1.0

    @property
    def is_unit_interval(self) -> bool:
        """Whether the fitted data lies in [0, 1] in model scale, up to rounding."""
        return self.low >= -1e-6 and self.high <= 1.0 + 1e-6

    @property
    def peak(self) -> float:
        """The range of the data in model scale, to which errors are compared in decibels."""
        return 1.0 if self.is_unit_interval else float(self.high - self.low)

    def model_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of one sample in model scale."""
        return shape

    def forward(self, x: npt.ArrayLike) -> Floats:
        r"""Bring stored values (..., \*shape) to model scale; missing values stay missing.

        Computed in 32 bits as in training, so that both see the same numbers.
        """
        with np.errstate(over="ignore"):
            values = np.asarray(x).astype(np.float32)
        return (values - self.offset) * self.scale

    def inverse(self, y: npt.ArrayLike) -> Floats:
        """Bring model scale back to stored values."""
        return (np.asarray(y) / self.scale + self.offset).astype(np.float32)

    def without_missing(self, x: Array) -> Array:
        """Return ``x`` with every missing value replaced; ``x`` itself where nothing is missing."""
        return without_missing(x, self.fill)

    @property
    def scaled_fill(self) -> Floats:
        """What stands in for missing values in model scale; broadcasts against one sample there."""
        return self.forward(self.fill)

    def forward_filled(self, x: npt.ArrayLike) -> Floats:
        r"""Bring stored values (N, \*shape) to model scale, :attr:`scaled_fill` for what is missing."""
        return self.forward(self.without_missing(np.asarray(x)))

    def counted(self, x: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return where errors count, as an array that broadcasts against ``x`` in model scale."""
        return ~is_missing(np.asarray(x))

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers; a 32-bit number survives the way through JSON exactly."""
        return {
            **{
                name: {"shape": list(array.shape), "values": array.ravel().tolist()}
                for name, array in self._arrays().items()
            },
            "low": self.low,
            "high": self.high,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` gave.

        Raises
        ------
        DataError
            An entry is absent, has another shape than it says, or is not a finite number.
        """
        try:
            with np.errstate(over="ignore"):  # too large a number is caught below, as infinite
                arrays = [
                    np.asarray(values[name]["values"], np.float32).reshape(values[name]["shape"])
                    for name in ("offset", "scale", "fill")
                ]
            low, high = float(values["low"]), float(values["high"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _damaged(f"{error}") from None
        if (
            not all(np.isfinite(array).all() for array in arrays)
            or not np.isfinite([low, high]).all()
        ):
            raise _damaged("a number is not finite")
        if not arrays[1].all():
            raise _damaged("a scale is zero")
        return cls(arrays[0], arrays[1], arrays[2], low, high)

    def _arrays(self) -> dict[str, Floats]:
        return {"offset": self.offset, "scale": self.scale, "fill": self.fill}


def fit(
    x: Array,
    rows: npt.NDArray[np.int64],
    kind: Kind,
    options: PreprocessOptions,
    *,
    feature_names: Sequence[str] = (),
    report: Callable[[int, int], None] = unreported,
) -> Scaling:
    """Fit the scaling on ``x[rows]``, the training samples, and on nothing else.

    Constant features get scale 1, so that nothing becomes infinite or undefined. ``report`` is told
    how far the work is, and may raise to end it.

    Raises
    ------
    DataError
        ``rows`` is empty, or values are missing anywhere in ``x`` and ``options.missing`` is
        ``refuse``; the message names the columns.
    """
    check_rows(rows)
    if options.missing == "refuse":
        refuse_missing(x, kind, feature_names, lambda: report(0, len(rows)))
    method, axes = _method(kind, options), _axes_that_share(kind)
    seen = measure(x, rows, axes, report)
    quartiles = measure_quartiles(x, rows, axes) if method == "robust" else None
    offset, scale = offset_and_scale(method, x.dtype, seen, quartiles)
    scaling = Scaling(
        offset=offset.astype(np.float32),
        scale=scale.astype(np.float32),
        fill=seen.mean.astype(np.float32),
    )
    return replace(
        scaling,
        low=float(scaling.forward(seen.low).min()),
        high=float(scaling.forward(seen.high).max()),
    )


def check_rows(rows: npt.NDArray[np.int64]) -> None:
    """Raise :class:`DataError` where there are no training samples."""
    if len(rows) == 0:
        raise DataError("there are no samples to fit the scaling on.", next_step="Hold back less.")


def _method(kind: Kind, options: PreprocessOptions) -> str:
    if options.scaling != "auto":
        return options.scaling
    return "unit" if kind is Kind.IMAGES else "standard"


def _axes_that_share(kind: Kind) -> tuple[int, ...]:
    r"""Return the axes of (N, \*shape) over which one feature is measured."""
    if kind is Kind.TABLE:
        return (0,)
    if kind is Kind.SEQUENCES:
        return (0, 1)
    return (0, 2, 3)


def offset_and_scale(
    method: str, dtype: np.dtype[Any], seen: Statistics, quartiles: Doubles | None = None
) -> tuple[Doubles, Doubles]:
    """Return what maps stored values of ``dtype`` to model scale, in the form of ``seen``.

    ``quartiles`` are the three of each feature, (3, ...), for the method ``robust``.
    """
    zeros, ones = np.zeros_like(seen.mean), np.ones_like(seen.mean)
    if method == "none":
        return zeros, ones
    if method == "standard":
        # The mean of equal values may be rounded; their offset has to be the value itself.
        return np.where(_is_constant(seen), seen.low, seen.mean), _inverted(seen.spread, seen)
    if method == "minmax":
        return seen.low, _inverted(seen.high - seen.low, seen)
    if method == "robust" and quartiles is not None:
        width = (quartiles[2] - quartiles[0]) * _SPREAD_OF_QUARTILES
        # Where most values are the same, only the others tell how far values reach.
        has_width = width > 0
        width = np.where(has_width, width, seen.spread)
        low, high = (
            np.where(has_width, quartile, end)
            for quartile, end in ((quartiles[0], seen.low), (quartiles[2], seen.high))
        )
        middle = np.where(_is_constant(seen), seen.low, quartiles[1])
        # Digits matter where most values are, not out at the largest of them.
        return middle, _inverted(width, Statistics(seen.mean, seen.spread, low, high))
    low, high = seen.low.min(), seen.high.max()
    if low >= 0 and np.issubdtype(dtype, np.integer):
        full = next((full for full in _full_scales(dtype) if high <= full), high)
        return zeros, ones / max(full, 1)
    if low >= 0 and high <= 1:
        return zeros, ones
    overall = Statistics(seen.mean, seen.spread, zeros + low, zeros + high)
    return overall.low, _inverted(overall.high - overall.low, overall)


def _full_scales(dtype: np.dtype[Any]) -> tuple[int, ...]:
    # A black picture of 8 bits is still one of 8 bits: only 0/1 masks use less than the whole byte.
    return (1, 255) if dtype.itemsize == 1 else _FULL_SCALES


def _is_constant(seen: Statistics) -> npt.NDArray[np.bool_]:
    return np.asarray(seen.low == seen.high)


def _inverted(width: Doubles, seen: Statistics) -> Doubles:
    """1 / width, where the width is more than rounding; 1 for constant features.

    Values that differ by less than 32 bits can tell are not blown up to the differences of their
    rounding: one rounding error never becomes more than a quarter in model scale.
    """
    size = np.maximum(np.abs(seen.low), np.abs(seen.high))
    smallest = np.maximum(size * (2 * np.finfo(np.float32).eps), 1 / _LARGEST_SCALE)
    return np.where(_is_constant(seen), 1.0, 1.0 / np.maximum(width, smallest))


def _damaged(reason: str) -> DataError:
    return DataError(
        f"the saved scaling is damaged: {reason}.",
        subject="preprocess.scaling",
        next_step="Use another copy of the run.",
    )
