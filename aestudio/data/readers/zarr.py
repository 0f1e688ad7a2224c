"""Zarr stores: folders that hold arrays in chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.arrays.array_roles import ArrayRoles, dataset_from_roles
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

_MARKS = {".zarray", ".zgroup", "zarr.json"}


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.is_folder and not _MARKS.isdisjoint(glimpse.names)


@reader(
    name="zarr",
    title="Zarr store (a folder)",
    suffixes=(),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    settings = {"array": request.options.array, "label_field": request.options.label_field}
    arrays = read_apart("zarr", request.path, settings, request.check_cancelled)
    return dataset_from_roles(request, "zarr", arrays, ArrayRoles.from_texts(arrays))
