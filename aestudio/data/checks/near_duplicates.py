"""Pictures that differ from another one in little: saved twice, or brought to another size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.checks.registry import Examination, check
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.sample_choice import first_of_each

#: Smaller pictures have too few details for two different ones never to look alike.
_SMALLEST_SIDE = 32
_SIDE = 16
_MOST_BYTES = 2**30
#: Mean colours further apart than this share of the full brightness are another colour.
_NEAR = 0.02
#: Bytes in which two fingerprints may agree, and bits in which they may differ.
_BAND, _MOST_BITS = 4, 7
#: Earlier pictures that one is compared with in each band; more would be drawings on white.
_MOST_ALIKE = 32
_SHOWN = 3


@check(name="near_duplicates", title="Almost equal pictures", kinds=(Kind.IMAGES,))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if min(dataset.shape[1:]) < _SMALLEST_SIDE or dataset.x.nbytes > _MOST_BYTES:
        return
    if dataset.patches is not None:
        return
    pairs = list(_pairs(examination))
    if pairs:
        shown = "; ".join(f"{_name(dataset, a)} and {_name(dataset, b)}" for a, b in pairs[:_SHOWN])
        look_alike = "pictures look" if len(pairs) > 1 else "picture looks"
        yield Finding(
            Severity.NOTE,
            f"{len(pairs):,} {look_alike} almost like an earlier one: {shown}.",
            "If one is a copy of the other, what is held back may have been learned from.",
        )


def _pairs(examination: Examination) -> Iterator[tuple[int, int]]:
    """Yield (earlier row, row) for every picture that looks like an earlier one."""
    x = examination.dataset.x
    prints, colours_NC = _fingerprints(examination)
    near = _NEAR * _brightest(x)
    bands: dict[tuple[int, bytes], list[int]] = {}
    for row in first_of_each(x, examination.check_cancelled).tolist():
        bits = prints[row]
        if bits is None:
            continue
        # Two that differ in fewer bits than there are bands agree in one band at least.
        keys = [(place, bits[place : place + _BAND]) for place in range(0, len(bits), _BAND)]
        others = {other for key in keys for other in bands.get(key, ())}
        alike = (
            other
            for other in sorted(others)
            if _num_different(bits, prints[other]) <= _MOST_BITS
            and np.abs(colours_NC[row] - colours_NC[other]).max() <= near
        )
        if (other := next(alike, None)) is not None:
            yield other, row
        for key in keys:
            known = bands.setdefault(key, [])
            if len(known) < _MOST_ALIKE:
                known.append(row)


def _num_different(a: bytes, b: bytes | None) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b or b"")).bit_count()


def _brightest(x: npt.NDArray[Any]) -> float:
    if np.issubdtype(x.dtype, np.integer):
        return float(np.iinfo(x.dtype).max)
    return max(float(np.nanmax(np.abs(part))) for part in slices(x))


def _fingerprints(
    examination: Examination,
) -> tuple[list[bytes | None], npt.NDArray[np.float32]]:
    """Return for each picture 256 bits that small changes leave as they are, and its mean colour.

    The bits are None where a picture is flat; colours are (N, C). A bit says whether brightness
    rises from one of 16 x 17 fields to the next: the difference hash of Krawetz 2013,
    https://www.hackerfactor.com/blog/?/archives/529-Kind-of-Like-That.html.
    """
    found: list[bytes | None] = []
    colours: list[npt.NDArray[np.float32]] = []
    for part in slices(examination.dataset.x):
        examination.check_cancelled()
        pixels_NCHW = part.astype(np.float32)
        colours.append(pixels_NCHW.mean(axis=(2, 3)))
        fields = _shrunk(pixels_NCHW.mean(axis=1), _SIDE, _SIDE + 1)
        rises = fields[:, :, 1:] > fields[:, :, :-1]
        flat = rises.reshape(len(rises), -1)
        num_rises = np.count_nonzero(flat, axis=1)
        is_flat = [count in (0, flat.shape[1]) for count in num_rises.tolist()]
        bits = np.packbits(flat, axis=1)
        found += [
            None if nothing else row.tobytes() for nothing, row in zip(is_flat, bits, strict=True)
        ]
    return found, np.concatenate(colours)


def _shrunk(x_NHW: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Return means over fields of nearly equal size, (N, height, width)."""
    for axis, size in ((1, height), (2, width)):
        edges = np.linspace(0, x_NHW.shape[axis], size + 1).astype(np.int64)
        sums = np.add.reduceat(x_NHW, edges[:-1], axis=axis)
        shape = [1, 1, 1]
        shape[axis] = size
        x_NHW = (sums / np.diff(edges).reshape(shape)).astype(np.float32)
    return x_NHW


def _name(dataset: Dataset, row: int) -> str:
    return dataset.sample_names[row] if dataset.sample_names else f"number {row:,}"
