"""What one sample of a bare array is: a picture, a row of a table, a sequence, or tokens.

The rules, in order:

======  =======================================================================================
sizes   taken for
======  =======================================================================================
1       a table with one column
2       a table (N, D)
3       grey images (N, H, W) if the values are bytes, or if both sides have 8 pixels or more and
        the longer is at most four times the shorter; sequences (N, T, C) otherwise
4       images, (N, C, H, W) or (N, H, W, C), by where 1, 3 or 4 channels can be
======  =======================================================================================

``kind`` overrides the guess wherever the sizes allow it. Tokens (N, T) are never guessed: nothing
tells them from a table of whole numbers. Nor is a series, which goes on along the first axis, (L,) or
(L, C), and becomes one sequence (1, L, C) out of which windows are cut.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Kind, Severity
from aestudio.errors import DataError

Array = npt.NDArray[Any]

#: What ``data.kind`` calls the steps of something that goes on; its windows are sequences.
SERIES = "series"
CHANNELS = (1, 3, 4)
#: As numpy calls kinds of number types.
_NUMBERS = "biuf"
_SMALLEST_SIDE = 8
_LONGEST_ASPECT = 4


def arrange(x: Array, wanted: str, source: str) -> tuple[Kind, Array, tuple[Finding, ...]]:
    """Bring a bare array to the stored layout of its kind.

    Returns the kind, (N, D), (N, T, C), (N, C, H, W) or whole numbers (N, T), and what was guessed
    on the way.

    Raises
    ------
    DataError
        The array has no samples, no numbers, too many dimensions, or sizes that the wanted kind
        cannot have.
    """
    if x.ndim == 0 or x.ndim > 4:
        raise DataError(
            f"an array with {x.ndim} dimensions is no set of samples.",
            subject=source,
            next_step="Save one with 2 (table), 3 (grey images, sequences) or 4 (colour images).",
        )
    if x.size == 0:
        raise DataError(
            f"it holds no values (shape {x.shape}).",
            subject=source,
            next_step="Choose data with at least one sample.",
        )
    if x.dtype.kind not in _NUMBERS:
        raise DataError(
            "its array holds texts where numbers are needed.",
            subject=source,
            next_step="Set 'Array' to one of numbers, or save the texts as a text file.",
        )
    if wanted == "ratings":
        raise DataError(
            "ratings are read from the columns of a table.",
            subject=source,
            next_step="Save user, item and rating as three columns of a CSV or Parquet file.",
        )
    if wanted == SERIES:
        x, wanted = (x, "sequences") if x.ndim > 2 else (x.reshape(1, len(x), -1), "sequences")
    guess = _guess(x)
    kind = guess if wanted == "auto" else Kind(wanted)
    arranged = {
        Kind.TABLE: _as_table,
        Kind.SEQUENCES: _as_sequences,
        Kind.IMAGES: _as_images,
        Kind.TOKENS: _as_tokens,
    }[kind](x)
    if arranged is None:
        raise DataError(
            f"an array of shape {x.shape} and type {x.dtype} cannot be read as {kind.value}.",
            subject=source,
            next_step=_how_to(kind),
        )
    return kind, arranged, _notes(x, kind, wanted)


def _guess(x: Array) -> Kind:
    if x.ndim < 3:
        return Kind.TABLE
    if x.ndim == 4:
        return Kind.IMAGES
    if x.dtype == np.uint8:
        return Kind.IMAGES
    short, long = sorted(x.shape[1:])
    looks_like_picture = short >= _SMALLEST_SIDE and long <= _LONGEST_ASPECT * short
    return Kind.IMAGES if looks_like_picture else Kind.SEQUENCES


def _as_table(x: Array) -> Array | None:
    return x.reshape(len(x), -1)


def _as_sequences(x: Array) -> Array | None:
    if x.ndim > 3 or x.ndim < 2:
        return None
    return x[:, :, None] if x.ndim == 2 else x


def _as_tokens(x: Array) -> Array | None:
    if x.ndim == 3 and x.shape[2] == 1:
        x = x[:, :, 0]
    return x if x.ndim == 2 and x.dtype.kind in "iu" else None


def _as_images(x: Array) -> Array | None:
    if x.ndim == 2:
        side = math.isqrt(x.shape[1])
        return x.reshape(len(x), 1, side, side) if side * side == x.shape[1] else None
    if x.ndim == 3:
        return x[:, None]
    if x.ndim == 4:
        first, last = x.shape[1] in CHANNELS, x.shape[3] in CHANNELS
        # Both can be channels only in very thin pictures; then the squarer reading wins.
        if first and last:
            first = abs(x.shape[2] - x.shape[3]) <= abs(x.shape[1] - x.shape[2])
        if first:
            return x
        return np.moveaxis(x, 3, 1) if last else None
    return None


def _notes(x: Array, kind: Kind, wanted: str) -> tuple[Finding, ...]:
    if wanted != "auto" or x.ndim != 3 or x.dtype == np.uint8:
        return ()
    other = Kind.SEQUENCES if kind is Kind.IMAGES else Kind.IMAGES
    meaning = {
        Kind.IMAGES: f"{len(x):,} grey images of {x.shape[1]} x {x.shape[2]} pixels",
        Kind.SEQUENCES: f"{len(x):,} sequences of {x.shape[1]} steps with {x.shape[2]} channels",
    }[kind]
    return (
        Finding(
            Severity.NOTE,
            f"An array of shape {x.shape} could be images or sequences; it was taken for {meaning}.",
            f"Choose 'Read as: {other.value}' if that is wrong.",
        ),
    )


def _how_to(kind: Kind) -> str:
    if kind is Kind.IMAGES:
        return "Images are (N, H, W), (N, H, W, C) or (N, C, H, W) with 1, 3 or 4 channels C."
    if kind is Kind.TOKENS:
        return "Tokens are whole numbers of shape (N, T): one symbol at each of T steps."
    return "Sequences are (N, T) or (N, T, C): T steps with C channels each."
