"""Zarr stores on this computer, of format 2 and 3: a folder with an array, or groups of arrays.

What describes the arrays is read here before the library sees it: only codecs that unpack plain
numbers are let through, because one of the library's codecs is pickle. Links are not followed.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import zarr
from zarr.storage import LocalStore

from aestudio.data.arrays.array_roles import choose_roles
from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece, in_chunks
from aestudio.data.files.doors import open_file
from aestudio.errors import DataError

_MAX_DESCRIPTION_BYTES = 2**20
_MAX_ENTRIES = 1_000_000
#: Groups within each other, and within an array a folder for every axis.
_MAX_DEPTH = 40
_MAX_ARRAYS = 1000
_MAX_CHUNK_BYTES = 2**30
_OLD, _NEW = ".zarray", "zarr.json"
_TYPES = {
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16",
    "float32", "float64",
}  # fmt: skip
_CODECS = {
    "blosc", "bytes", "bz2", "crc32c", "delta", "fixedscaleoffset", "gzip", "lz4", "lzma",
    "packbits", "quantize", "sharding_indexed", "shuffle", "transpose", "zlib", "zstd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Array:
    """What a checked description says."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    num_bytes: int


def decode(path: str, settings: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the arrays by their roles, and what was found."""
    arrays, stored_bytes = _find(path)
    names = [name for name in arrays if name] or list(arrays)
    roles = choose_roles(
        names, lambda name: arrays[name].shape, settings["array"], settings["label_field"], path
    )
    store = LocalStore(path, read_only=True)
    for role, name in roles.by_role().items():
        facts = arrays[name]
        check_claim(name or os.path.basename(path), facts.num_bytes, stored_bytes)
        array = zarr.open_array(store, path=name, mode="r")
        if array.shape != facts.shape or array.dtype != facts.dtype:
            raise DataError(f"'{name}' is described in two ways that differ.")
        yield _piece(role, array)
    for name, texts in roles.as_texts().items():
        yield TextsPiece(name, texts)


def _piece(role: str, array: zarr.Array[Any]) -> Piece:
    dtype = np.dtype(np.uint8) if array.dtype.kind == "b" else array.dtype.newbyteorder("=")
    return ArrayPiece(role, dtype, array.shape, in_chunks(array, array.chunks[0]))


def _find(folder: str) -> tuple[dict[str, _Array], int]:
    """Return every array of numbers below the folder by its path, and the bytes of all files."""
    found: dict[str, _Array] = {}
    num_bytes = num_entries = 0
    folders = [("", folder, 0)]
    while folders:
        name, path, depth = folders.pop()
        below = []
        with os.scandir(path) as entries:
            for entry in entries:
                num_entries += 1
                if entry.is_symlink() or num_entries > _MAX_ENTRIES:
                    raise DataError(
                        f"it holds a link, or more than {_MAX_ENTRIES:,} files; neither is read.",
                        next_step="Copy the array itself, or save it with larger chunks.",
                    )
                if entry.is_dir():
                    below.append((f"{name}/{entry.name}" if name else entry.name, entry.path))
                elif entry.is_file():
                    num_bytes += entry.stat().st_size
                else:
                    raise DataError("it holds a pipe or a device.", next_step="Copy the array.")
                if entry.name in (_OLD, _NEW):
                    facts = _described(name, Path(entry.path))
                    if facts is not None and len(found) < _MAX_ARRAYS:
                        found[name] = facts
        if below and depth >= _MAX_DEPTH:
            raise DataError(f"its folders are nested more than {_MAX_DEPTH} deep.")
        folders.extend((own, place, depth + 1) for own, place in below)
    return dict(sorted(found.items())), num_bytes


def _described(name: str, path: Path) -> _Array | None:
    """Check a description; returns None for a group and for what holds no numbers."""
    with open_file(path) as stream:
        content = stream.read(_MAX_DESCRIPTION_BYTES + 1)
    if len(content) > _MAX_DESCRIPTION_BYTES:
        raise DataError(f"the description of '{name}' is too long.")
    said = json.loads(content, object_pairs_hook=_without_repetition)
    if said.get("node_type") == "group":
        return None
    facts = _old(said) if path.name == _OLD else _new(said)
    if facts is not None:
        _check_codecs(name, said)
    return facts


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of two values for one key, another reader might take the other."""
    said = dict(pairs)
    if len(said) < len(pairs):
        raise DataError("its description says something twice.")
    return said


def _old(said: Mapping[str, Any]) -> _Array | None:
    if not isinstance(said["dtype"], str):
        return None
    dtype = np.dtype(said["dtype"])
    if dtype.name not in _TYPES:
        return None
    return _array(said["shape"], said["chunks"], dtype)


def _new(said: Mapping[str, Any]) -> _Array | None:
    if said["data_type"] not in _TYPES:
        return None
    chunks = cast("dict[str, Any]", said["chunk_grid"])["configuration"]["chunk_shape"]
    return _array(said["shape"], chunks, np.dtype(said["data_type"]))


def _array(shape: list[int], chunks: list[int], dtype: np.dtype[Any]) -> _Array | None:
    sizes = tuple(int(size) for size in shape)
    if not sizes or any(size < 0 for size in sizes) or any(int(size) < 1 for size in chunks):
        return None
    if math.prod(int(size) for size in chunks) * dtype.itemsize > _MAX_CHUNK_BYTES:
        raise DataError(f"a single chunk takes more than {_MAX_CHUNK_BYTES:,} bytes.")
    return _Array(sizes, dtype, math.prod(sizes) * dtype.itemsize)


def _check_codecs(name: str, said: Mapping[str, Any]) -> None:
    used = set(_codecs([said.get("compressor"), said.get("filters"), said.get("codecs")]))
    if said.get("storage_transformers") or not used <= _CODECS:
        shown = ", ".join(sorted(used - _CODECS)) or "storage transformers"
        raise DataError(
            f"'{name}' is packed in a way that is not read ({shown}).",
            next_step="Save it again with blosc, gzip or zstd.",
        )


def _codecs(said: Any) -> Iterator[str]:
    """Yield the names of codecs, of those within others too."""
    if isinstance(said, list):
        for one in said:
            yield from _codecs(one)
    elif isinstance(said, dict):
        yield str(said.get("id", said.get("name", "?")))
        inner = said.get("configuration")
        if isinstance(inner, dict):
            yield from _codecs([inner.get("codecs"), inner.get("index_codecs")])
    elif said is not None:
        yield str(said)
