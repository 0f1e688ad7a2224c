"""MATLAB files: version 5 to 7 (scipy) and version 7.3, which is HDF5 within.

MATLAB keeps arrays column by column, so those of version 7.3 have their axes in reverse; they are
handed over in MATLAB's order. Texts are matrices of characters, or cells of such.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

import h5py
import numpy as np
import scipy.io
import scipy.sparse

from aestudio.data.arrays.array_roles import ROLES_OF_TEXTS, choose_roles
from aestudio.data.decoders.claims import check_claim
from aestudio.data.decoders.hdf5 import find_arrays, piece_of
from aestudio.data.decoders.pieces import ArrayPiece, Piece, TextsPiece
from aestudio.data.files.doors import open_file
from aestudio.errors import DataError

_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_HDF5_AT = 512
#: MATLAB's classes of values, and how many bytes one takes.
_BYTES = {
    "double": 8, "single": 4, "logical": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2,
    "int32": 4, "uint32": 4, "int64": 8, "uint64": 8, "sparse": 8,
}  # fmt: skip
_TEXTS = ("char", "cell")
_MAX_TEXTS = 1_000_000

Settings = Mapping[str, Any]


def decode(path: str, settings: Settings) -> Iterator[Piece]:
    """Yield the arrays by their roles, in MATLAB's order of axes, and what was found."""
    with open_file(path) as stream:
        stream.seek(_HDF5_AT)
        is_hdf5 = stream.read(len(_HDF5_MAGIC)) == _HDF5_MAGIC
    return _decode_hdf5(path, settings) if is_hdf5 else _decode_older(path, settings)


def _decode_older(path: str, settings: Settings) -> Iterator[Piece]:
    facts = {
        name: (tuple(int(size) for size in shape), kind)
        for name, shape, kind in scipy.io.whosmat(path)
        if kind in _BYTES or kind in _TEXTS
    }
    roles = choose_roles(
        list(facts),
        lambda name: facts[name][0],
        settings["array"],
        settings["label_field"],
        path,
    )
    for role, name in roles.by_role().items():
        shape, kind = facts[name]
        size = _BYTES.get(kind, 2)
        check_claim(name, math.prod(shape) * size, os.path.getsize(path))
        values = scipy.io.loadmat(path, variable_names=[name], mat_dtype=False)[name]
        if kind in _TEXTS:
            yield _texts_of(role, name, values)
            continue
        if scipy.sparse.issparse(values):
            values = values.toarray()
        if values.dtype.kind == "b":
            values = values.astype(np.uint8)
        if values.dtype.kind not in "iuf":
            raise DataError(f"'{name}' holds complex numbers.", next_step="Save its real part.")
        # Without data of its own, an array in another byte order would arrive in that.
        yield ArrayPiece(role, values.dtype.newbyteorder("="), values.shape, (values,))
    for name, texts in roles.as_texts().items():
        yield TextsPiece(name, texts)


def _texts_of(role: str, name: str, values: np.ndarray[Any, Any]) -> Piece:
    """Return a matrix of characters, or a cell of numbers or texts, as texts."""
    if role not in ROLES_OF_TEXTS:
        raise DataError(f"'{name}' holds texts.", next_step="Set 'Array' to one of numbers.")
    return TextsPiece(role, [_text(value) for value in np.ravel(values)])


def _text(value: Any) -> str:
    parts = np.ravel(np.asarray(value))
    return str(parts[0]).rstrip() if len(parts) else ""


def _decode_hdf5(path: str, settings: Settings) -> Iterator[Piece]:
    with h5py.File(path, "r", locking=False) as file:
        arrays = {name: item for name, item in find_arrays(file, _is_readable).items() if name}
        roles = choose_roles(
            list(arrays),
            lambda name: tuple(arrays[name].shape[::-1]),
            settings["array"],
            settings["label_field"],
            path,
        )
        for role, name in roles.by_role().items():
            if _class_of(arrays[name]) in _TEXTS:
                yield _hdf5_texts(file, role, name, arrays[name])
            else:
                yield piece_of(role, name, arrays[name], path, is_reversed=True)
    for name, texts in roles.as_texts().items():
        yield TextsPiece(name, texts)


def _class_of(dataset: h5py.Dataset) -> str:
    found = dataset.attrs.get("MATLAB_class", b"")
    return found.decode("ascii", "replace") if isinstance(found, bytes) else str(found)


def _is_readable(path: str, dataset: h5py.Dataset) -> bool:
    # MATLAB marks empty arrays, which hold their own shape, and keeps the contents of cells apart.
    if path.startswith("#") or "MATLAB_empty" in dataset.attrs:
        return False
    return _class_of(dataset) in (*_BYTES, *_TEXTS)


def _hdf5_texts(file: h5py.File, role: str, name: str, dataset: h5py.Dataset) -> Piece:
    if role not in ROLES_OF_TEXTS or dataset.size > _MAX_TEXTS:
        raise DataError(f"'{name}' holds texts.", next_step="Set 'Array' to one of numbers.")
    if _class_of(dataset) == "char":
        rows = dataset[()].T
        return TextsPiece(role, [_letters(row) for row in np.atleast_2d(rows)])
    return TextsPiece(role, [_letters(file[place][()]) for place in np.ravel(dataset[()].T)])


def _letters(codes: np.ndarray[Any, Any]) -> str:
    if codes.dtype.kind not in "iuf":
        raise DataError("a cell holds something else than texts or numbers.")
    if codes.dtype == np.uint16:
        return codes.ravel().astype("<u2").tobytes().decode("utf-16-le", "replace").rstrip()
    return str(codes.ravel()[0]) if codes.size else ""
