"""MATLAB files (.mat), of version 5 to 7.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.arrays.array_roles import ArrayRoles, dataset_from_roles
from aestudio.data.arrays.matlab_layout import samples_first
from aestudio.data.isolation.apart import read_apart
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.request import Request

#: The older versions are unpacked as a whole, up to two gigabytes.
_TIMEOUT_S = 120.0
_MAGIC = (b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")


def _recognises(glimpse: Glimpse) -> bool:
    return glimpse.head.startswith(_MAGIC)


@reader(
    name="mat",
    title="MATLAB file (.mat)",
    suffixes=(".mat",),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    settings = {"array": request.options.array, "label_field": request.options.label_field}
    arrays = read_apart("mat", request.path, settings, request.check_cancelled, _TIMEOUT_S)
    roles = ArrayRoles.from_texts(arrays)
    return dataset_from_roles(request, "mat", samples_first(arrays), roles)
