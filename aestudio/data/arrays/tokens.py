"""Token arrays: whole numbers (N, T), each of which stands for one of V symbols.

Shapes: N samples, T time, V symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.dataset import Dataset
from aestudio.errors import DataError, OptionError

#: More different symbols would make batches of one-hot vectors that no memory holds.
MOST_SYMBOLS = 65_536
#: What the symbol that fills up is called by those who give it a name.
_PADDING_NAMES = ("", "<pad>", "[pad]", "pad")


def with_symbols(dataset: Dataset, padding: int | None, source: str) -> Dataset:
    """Return a token dataset, and its test part, that knows its symbols and its padding.

    Symbols without names are called by their numbers. ``padding`` is what the person says; without
    it, it is what the dataset or the name of a symbol says.

    Raises
    ------
    DataError
        A number is negative, stands for no symbol, or there are too many symbols.
    OptionError
        ``padding`` is no symbol.
    """
    parts = [dataset] if dataset.test is None else [dataset, dataset.test]
    ranges = [_range(part.x) for part in parts]
    lowest, highest = min(low for low, _ in ranges), max(high for _, high in ranges)
    if lowest < 0:
        raise DataError(
            f"it holds the number {lowest}, and symbols are counted from 0.",
            subject=source,
            next_step="Give each symbol a number from 0 on; padding too.",
        )
    if highest >= (len(dataset.symbols) or MOST_SYMBOLS):
        known = f"{len(dataset.symbols):,} are named" if dataset.symbols else "that is too many"
        raise DataError(
            f"it holds the number {highest:,}, which would make {highest + 1:,} symbols; {known}.",
            subject=source,
            next_step="Name every symbol, or number them from 0 on without gaps.",
        )
    symbols = dataset.symbols or tuple(str(number) for number in range(highest + 1))
    if padding is not None and padding >= len(symbols):
        raise OptionError(
            f"there is no symbol {padding}; they are counted from 0 to {len(symbols) - 1:,}.",
            subject="data.padding",
            next_step="Leave it empty if nothing is filled up.",
        )
    if padding is None:
        padding = dataset.padding
    if padding is None:
        padding = _named_padding(symbols)
    test = None
    if dataset.test is not None:
        test = replace(dataset.test, symbols=symbols, padding=padding)
    return replace(dataset, symbols=symbols, padding=padding, test=test)


def texts_of(
    tokens_NT: npt.NDArray[Any], symbols: tuple[str, ...], padding: int | None
) -> list[str]:
    """Return each row as a text, up to its padding: letters side by side, words with spaces."""
    joint, has_spaces = space_between(symbols), brings_space(symbols)
    texts = [joint.join(row) for row in rows_of_symbols(tokens_NT, symbols, padding)]
    # The first word brings a space too.
    return [text.removeprefix(" ") for text in texts] if has_spaces else texts


def space_between(symbols: Sequence[str]) -> str:
    """Return what stands between two symbols of a text."""
    is_letters = all(len(symbol) <= 1 for symbol in symbols)
    return "" if is_letters or brings_space(symbols) else " "


def brings_space(symbols: Sequence[str]) -> bool:
    """Whether words bring along the space before them, as those do that texts were cut into."""
    return any(len(symbol) > 1 and symbol[0] == " " for symbol in symbols)


def rows_of_symbols(
    tokens_NT: npt.NDArray[Any], symbols: tuple[str, ...], padding: int | None
) -> list[tuple[str, ...]]:
    """Return the symbols of each row without its padding."""
    return [
        tuple(symbols[number] for number in row if number != padding)
        for row in np.asarray(tokens_NT).astype(np.int64).tolist()
    ]


def _range(x: npt.NDArray[Any]) -> tuple[int, int]:
    parts = [(int(part.min()), int(part.max())) for part in slices(x)]
    return min(low for low, _ in parts), max(high for _, high in parts)


def _named_padding(symbols: tuple[str, ...]) -> int | None:
    names = [symbol.casefold() for symbol in symbols]
    return next((names.index(name) for name in _PADDING_NAMES if name in names), None)
