"""Checkpoints as bytes of the safetensors format: tensors, and JSON beside them.

The format is described at https://github.com/huggingface/safetensors. What the library does not
promise to refuse is checked before it sees the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from aestudio.errors import RunError

Tensors = Mapping[str, npt.NDArray[np.generic]]

_MOST_HEADER_BYTES = 64 * 2**20
_MOST_TENSORS = 100_000
_ITEM_BYTES = {
    **{"BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "U32": 4, "I32": 4, "U64": 8, "I64": 8},
    **{"F16": 2, "F32": 4, "F64": 8},
}
_KEY = "aestudio"


def pack_tensors(tensors: Tensors, state: Mapping[str, Any]) -> bytes:
    """Bytes of one file that holds the tensors and, in its metadata, the JSON values ``state``."""
    # The library would write the memory of a transposed array in the wrong order; and unlike
    # ascontiguousarray this leaves a single number a single number.
    arrays = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    text = json.dumps(state, separators=(",", ":"), sort_keys=True, allow_nan=False)
    # One entry only: the library writes several in random order, and equal states shall be equal
    # bytes.
    return bytes(save(arrays, metadata={_KEY: text}))


def unpack_tensors(
    content: bytes, subject: str | PathLike[str]
) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, Any]]:
    """Read what :func:`pack_tensors` made.

    Raises :class:`RunError` on anything else: a wrong length, overlapping or missing parts, number
    types that are not ours, numbers that are not numbers.
    """
    tensors, metadata = _unpack(content, subject)
    try:
        state = json.loads(metadata[_KEY])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(subject, f"{error}") from None
    if not isinstance(state, dict):
        raise damaged(subject, "the state is not an object")
    return tensors, state


def read_tensors(
    content: bytes, subject: str | PathLike[str]
) -> dict[str, npt.NDArray[np.generic]]:
    """Read the tensors of a file that others may have written; raises as :func:`unpack_tensors`."""
    return _unpack(content, subject)[0]


def _unpack(
    content: bytes, subject: str | PathLike[str]
) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, Any]]:
    try:
        metadata = _checked_metadata(content)
        return dict(load(content)), metadata
    except (ValueError, TypeError, KeyError, RecursionError, SafetensorError) as error:
        raise damaged(subject, f"{error}") from None


def damaged(subject: str | PathLike[str], reason: str) -> RunError:
    return RunError(
        f"the checkpoint is damaged ({reason[:300]}).",
        subject=subject,
        next_step="Use another copy of the run.",
    )


def _checked_metadata(content: bytes) -> dict[str, Any]:
    if len(content) < 8:
        raise ValueError("it ends within the first eight bytes")
    header_bytes = int.from_bytes(content[:8], "little")
    if not 2 <= header_bytes <= min(_MOST_HEADER_BYTES, len(content) - 8):
        raise ValueError(f"a header of {header_bytes} bytes does not fit")
    header = json.loads(content[8 : 8 + header_bytes], object_pairs_hook=_without_duplicates)
    if not isinstance(header, dict):
        raise ValueError("the header is not an object")
    metadata = header.pop("__metadata__", {})
    if len(header) > _MOST_TENSORS:
        raise ValueError(f"{len(header)} tensors are too many")
    expected = 0
    spans = sorted(_span(name, entry) for name, entry in header.items())
    for start, stop in spans:
        if start != expected:
            raise ValueError("the tensors overlap or leave holes")
        expected = stop
    if 8 + header_bytes + expected != len(content):
        raise ValueError("the tensors do not fill the file")
    if not isinstance(metadata, dict):
        raise ValueError("the metadata is not an object")
    return metadata


def _span(name: str, entry: Mapping[str, Any]) -> tuple[int, int]:
    item_bytes = _ITEM_BYTES[entry["dtype"]]
    count = 1
    for size in entry["shape"]:
        if not isinstance(size, int) or not 0 <= size <= 2**40:
            raise ValueError(f"{name} has the size {size!r}")
        count *= size
    start, stop = entry["data_offsets"]
    if (
        not isinstance(start, int)
        or not isinstance(stop, int)
        or stop - start != count * item_bytes
    ):
        raise ValueError(f"the length of {name} contradicts its shape")
    return start, stop


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
