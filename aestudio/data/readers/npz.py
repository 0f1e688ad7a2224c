"""Several NumPy arrays in one archive (.npz): data, labels, and often a test part of both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from aestudio.data.arrays.array_roles import ROLES_OF_TEXTS, choose_roles, dataset_from_roles
from aestudio.data.arrays.npy_format import read_npy, read_npy_header
from aestudio.data.files.doors import Archive, Glimpse, open_archive
from aestudio.data.files.plain_words import printable
from aestudio.data.readers.registry import reader
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request

_SUFFIX = ".npy"


def _recognises(glimpse: Glimpse) -> bool:
    return any(name.endswith(_SUFFIX) for name in glimpse.names) and not glimpse.is_folder


@reader(
    name="npz",
    title="NumPy archive (.npz with x or data, and y or labels)",
    suffixes=(".npz",),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    """Read the array that is named like data, or the only array there is.

    Raises
    ------
    DataError
        The archive is unsafe or damaged, or no array stands out as the data.
    """
    options = request.options
    with open_archive(request.path) as archive:
        names = [name.removesuffix(_SUFFIX) for name in archive.names if name.endswith(_SUFFIX)]
        roles = choose_roles(
            names,
            partial(_shape, archive),
            options.array,
            options.label_field,
            printable(request.path),
        )
        arrays = {
            role: _array(request, archive, name, allow_texts=role in ROLES_OF_TEXTS)
            for role, name in roles.by_role().items()
        }
    return dataset_from_roles(request, "npz", arrays, roles)


def _array(request: Request, archive: Archive, name: str, *, allow_texts: bool) -> npt.NDArray[Any]:
    request.check_cancelled()
    with archive.payload(name + _SUFFIX, request.check_cancelled) as payload:
        return read_npy(payload, allow_texts=allow_texts)


def _shape(archive: Archive, name: str) -> tuple[int, ...]:
    """Return the shape that the header claims; () for what is no array of plain values."""
    try:
        with archive.payload(name + _SUFFIX) as payload:
            return read_npy_header(payload, allow_texts=True).shape
    except DataError:
        return ()
