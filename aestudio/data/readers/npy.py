"""NumPy arrays, one a file (.npy); large ones stay on the disk and are mapped into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import dataset_from_arrays
from aestudio.data.arrays.npy_format import is_npy, read_npy
from aestudio.data.files.doors import Glimpse, open_payload
from aestudio.data.readers.registry import reader

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request


def _recognises(glimpse: Glimpse) -> bool:
    return is_npy(glimpse.head)


@reader(
    name="npy",
    title="NumPy array (.npy)",
    suffixes=(".npy", ".npy.gz"),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    with open_payload(request.path, request.check_cancelled) as payload:
        x = read_npy(payload)
    return dataset_from_arrays(request, "npy", x)
