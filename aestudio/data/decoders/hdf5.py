"""HDF5 files (h5py): arrays in groups, contiguous or in compressed chunks.

Nothing outside the file is ever read: links to other files, values stored in other files and views
of other files are left out, and so are filters that would have to be loaded as a library.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import h5py
import numpy as np

from aestudio.data.arrays.array_roles import choose_roles
from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.pieces import ArrayPiece, Piece, StoredPiece, TextsPiece, in_chunks
from aestudio.errors import DataError

_MAX_OBJECTS = 10_000
_MAX_DEPTH = 32
#: Deflate, shuffle, Fletcher's checksum, szip, n-bit, scale-offset (H5Zpublic.h) and h5py's LZF.
_FILTERS = {1, 2, 3, 4, 5, 6, 32000}
_MAX_TEXTS = 10_000_000
#: What Keras notes on the files of its models, and of their weights alone.
_KERAS = ("keras_version", "model_config")

Settings = Mapping[str, Any]


def decode(path: str, settings: Settings) -> Iterator[Piece]:
    """Yield the arrays by their roles, and what was found."""
    with h5py.File(path, "r", locking=False) as file:
        if not settings["array"] and any(name in file.attrs for name in _KERAS):
            raise DataError(
                "it holds the weights of a Keras model, and this is no data.",
                next_step="Choose the data, or set 'Array' to one of the weights if you mean that.",
            )
        arrays = find_arrays(file)
        roles = choose_roles(
            list(arrays),
            lambda name: tuple(arrays[name].shape),
            settings["array"],
            settings["label_field"],
            path,
        )
        for role, name in roles.by_role().items():
            yield piece_of(role, name, arrays[name], path)
    for name, texts in roles.as_texts().items():
        yield TextsPiece(name, texts)


def _is_plain(path: str, dataset: h5py.Dataset) -> bool:
    is_number = dataset.dtype.kind in "biuf" and dataset.dtype.itemsize <= 8
    return is_number or h5py.check_string_dtype(dataset.dtype) is not None


def find_arrays(
    file: h5py.File, is_wanted: Callable[[str, h5py.Dataset], bool] = _is_plain
) -> dict[str, h5py.Dataset]:
    """Return every wanted array whose values lie in the file itself, by its path."""
    found: dict[str, h5py.Dataset] = {}
    seen: set[Any] = set()
    groups = [("", file, 0)]
    while groups:
        path, group, depth = groups.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            item = group[name]
            place = h5py.h5o.get_info(item.id).addr
            if place in seen or len(seen) >= _MAX_OBJECTS:
                continue
            seen.add(place)
            own = f"{path}/{name}" if path else name
            if isinstance(item, h5py.Group) and depth < _MAX_DEPTH:
                groups.append((own, item, depth + 1))
            elif isinstance(item, h5py.Dataset) and _is_own(item) and is_wanted(own, item):
                found[own] = item
    return dict(sorted(found.items()))


def _is_own(dataset: h5py.Dataset) -> bool:
    return bool(dataset.shape) and not dataset.is_virtual and not dataset.external


def piece_of(
    role: str, name: str, dataset: h5py.Dataset, path: str, *, is_reversed: bool = False
) -> Piece:
    """Return one array as a piece; ``is_reversed`` turns the order of its axes around."""
    _check_filters(name, dataset)
    stored_bytes = os.path.getsize(path)
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return TextsPiece(role, _texts(name, dataset))
    shape = tuple(dataset.shape)
    offset = dataset.id.get_offset()
    is_stored = offset is not None and dataset.dtype.isnative and dataset.dtype.kind != "b"
    check_claim(name, dataset.nbytes, stored_bytes, is_stored=is_stored)
    if is_stored:
        if is_reversed:
            return StoredPiece(role, dataset.dtype, shape[::-1], int(offset), "F")
        return StoredPiece(role, dataset.dtype, shape, int(offset))
    dtype = np.dtype(np.uint8) if dataset.dtype.kind == "b" else dataset.dtype.newbyteorder("=")
    if is_reversed:
        return ArrayPiece(role, dtype, shape[::-1], (np.ascontiguousarray(dataset[()].T),))
    rows_per_chunk = dataset.chunks[0] if dataset.chunks else 1
    return ArrayPiece(role, dtype, shape, in_chunks(dataset, rows_per_chunk))


def _texts(name: str, dataset: h5py.Dataset) -> list[str | None]:
    if dataset.size > _MAX_TEXTS:
        raise DataError(f"'{name}' holds {dataset.size:,} texts, too many for labels or names.")
    return [str(text) for text in np.ravel(dataset.asstr("utf-8", "replace")[()])]


def _check_filters(name: str, dataset: h5py.Dataset) -> None:
    plan = dataset.id.get_create_plist()
    codes = {plan.get_filter(index)[0] for index in range(plan.get_nfilters())}
    if not codes <= _FILTERS:
        raise DataError(
            f"'{name}' is packed with a filter that is not part of HDF5 (number {max(codes)}).",
            next_step="Save it again with gzip, or without compression.",
        )
