"""HDF5 files: data, labels and a test part by the names of their arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.arrays.array_roles import ArrayRoles, dataset_from_roles
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_MAGIC = b"\x89HDF\r\n\x1a\n"


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.head.startswith(_MAGIC)


@reader(
    name="hdf5",
    title="HDF5 file (.h5, .hdf5)",
    suffixes=(".h5", ".hdf5", ".hdf", ".he5"),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    settings = {"array": request.options.array, "label_field": request.options.label_field}
    arrays = read_apart("hdf5", request.path, settings, request.check_cancelled)
    return dataset_from_roles(request, "hdf5", arrays, ArrayRoles.from_texts(arrays))
