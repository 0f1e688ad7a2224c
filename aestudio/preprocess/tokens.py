"""The way of tokens to the network and back: one-hot, and the most probable symbol.

Stored are whole numbers (..., T), model scale is (..., T, V): 1 for the symbol that is there, 0 for
all others; on the way back, what the network gives is read as the probabilities of the symbols.

What is shorter than T is filled up with the padding. It says nothing about a sample but where it
ends: of each run of paddings the first counts, the others do not.

Shapes: T time, V symbols.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.tokens import MOST_SYMBOLS
from aestudio.errors import DataError
from aestudio.preprocess.scaling import Scaling

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

_MOST_NAME = 1000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TokenScaling(Scaling):
    """One-hot; nothing is fitted, so offset, scale and fill are those that change nothing."""

    symbols: tuple[str, ...]
    padding: int | None = None

    @classmethod
    def of(cls, symbols: tuple[str, ...], padding: int | None) -> Self:
        zero, one = np.zeros(1, np.float32), np.ones(1, np.float32)
        return cls(offset=zero, scale=one, fill=zero, symbols=symbols, padding=padding)

    def model_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape, len(self.symbols))

    def forward(self, x: npt.ArrayLike) -> Floats:
        """Return one-hot vectors; raises :class:`DataError` where a number stands for no symbol."""
        values = np.asarray(x)
        numbers = values.astype(np.int64)
        if values.dtype.kind == "f" and not np.array_equal(numbers, values):
            raise _no_symbol("a number with a fraction")
        if numbers.size and (numbers.min() < 0 or numbers.max() >= len(self.symbols)):
            raise _no_symbol(f"a number outside of 0 to {len(self.symbols) - 1:,}")
        result = np.zeros((*numbers.shape, len(self.symbols)), np.float32)
        np.put_along_axis(result, numbers[..., None], 1.0, axis=-1)
        return result

    def inverse(self, y: npt.ArrayLike) -> Floats:
        """Return the number of the most probable symbol; behind a padding comes nothing else."""
        best = np.argmax(np.asarray(y), axis=-1)
        if self.padding is not None:
            is_padding = best == self.padding
            has_begun = np.logical_or.accumulate(~is_padding, axis=-1)
            has_ended = np.logical_or.accumulate(is_padding & has_begun, axis=-1)
            best = np.where(has_ended, self.padding, best)
        return np.asarray(best, np.float32)

    def counted(self, x: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return where stored tokens count, (..., T, 1): all but every padding behind another."""
        numbers = np.asarray(x)
        if self.padding is None:
            return np.ones((*numbers.shape, 1), np.bool_)
        is_padding = numbers == self.padding
        counts: npt.NDArray[np.bool_] = ~is_padding
        counts[..., 0] = True
        counts[..., 1:] |= ~is_padding[..., :-1]
        return counts[..., None]

    def to_json(self) -> dict[str, Any]:
        return {"symbols": list(self.symbols), "padding": self.padding}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` gave; raises :class:`DataError` where it is something else."""
        symbols, padding = values.get("symbols"), values.get("padding")
        is_sound = (
            isinstance(symbols, list)
            and 0 < len(symbols) <= MOST_SYMBOLS
            and all(isinstance(name, str) and len(name) <= _MOST_NAME for name in symbols)
            and (padding is None or (type(padding) is int and 0 <= padding < len(symbols)))
        )
        if not is_sound:
            raise DataError(
                "the saved list of symbols is damaged.",
                subject="preprocess.scaling",
                next_step="Use another copy of the run.",
            )
        return cls.of(tuple(symbols or ()), padding)


def _no_symbol(what: str) -> DataError:
    return DataError(
        f"there is {what}, which stands for no symbol that the model knows.",
        subject="x",
        next_step="Number the symbols as in the data that the model has learned from.",
    )
