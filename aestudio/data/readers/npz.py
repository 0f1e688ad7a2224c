"""Several NumPy arrays in one archive (.npz): data, labels, and often a test part of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.array_dataset import dataset_from_arrays
from aestudio.data.doors import Archive, Glimpse, open_archive
from aestudio.data.labels import text_of
from aestudio.data.npy_format import read_npy
from aestudio.data.plain_words import printable
from aestudio.data.readers.registry import reader
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request

_DATA = (
    "x", "data", "images", "x_train", "train_x", "train_images", "train_data", "features", "arr_0",
)  # fmt: skip
_LABELS = ("y", "labels", "label", "targets", "target", "classes")
_TRAIN_LABELS = ("y_train", "train_y", "train_labels")
_TEST_DATA = ("x_test", "test_x", "test_images", "test_data")
_TEST_LABELS = ("y_test", "test_y", "test_labels")
_FEATURE_NAMES = ("feature_names", "columns")
_SYMBOLS = ("vocabulary", "vocab", "symbols", "tokens")


def _recognises(glimpse: Glimpse) -> bool:
    return any(name.endswith(".npy") for name in glimpse.names) and not glimpse.is_folder


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
    with open_archive(request.path) as archive:
        names = _Names(archive)
        test = None
        symbols = _symbols(request, archive, names.find(_SYMBOLS))
        if (test_name := names.find(_TEST_DATA)) is not None:
            test_labels = names.find(_TEST_LABELS)
            test = _dataset(request, archive, test_name, test_labels, (), symbols)
        return _dataset(
            request,
            archive,
            names.data(request),
            names.find(_LABELS + _TRAIN_LABELS),
            _feature_names(request, archive, names.find(_FEATURE_NAMES)),
            symbols,
            test,
        )


class _Names:
    """The arrays of an archive by the names that people give them, case aside."""

    def __init__(self, archive: Archive) -> None:
        self._members = [name for name in archive.names if name.endswith(".npy")]

    def find(self, wanted: tuple[str, ...]) -> str | None:
        by_name = {name.removesuffix(".npy").casefold(): name for name in self._members}
        return next((by_name[name] for name in wanted if name in by_name), None)

    def data(self, request: Request) -> str:
        named = self.find(_DATA)
        if named is not None:
            return named
        if len(self._members) == 1:
            return self._members[0]
        shown = ", ".join(name.removesuffix(".npy") for name in self._members[:20])
        raise DataError(
            f"none of its arrays is named like data ({shown}).",
            subject=printable(request.path),
            next_step="Save it as numpy.savez(path, x=..., y=...).",
        )


def _dataset(
    request: Request,
    archive: Archive,
    data: str,
    labels: str | None,
    feature_names: tuple[str, ...],
    symbols: tuple[str, ...],
    test: Dataset | None = None,
) -> Dataset:
    request.check_cancelled()
    return dataset_from_arrays(
        request,
        "npz",
        _array(request, archive, data),
        None if labels is None else _array(request, archive, labels, allow_texts=True),
        feature_names=feature_names,
        symbols=symbols,
        test=test,
    )


def _array(
    request: Request, archive: Archive, name: str, *, allow_texts: bool = False
) -> npt.NDArray[Any]:
    with archive.payload(name, request.check_cancelled) as payload:
        return read_npy(payload, allow_texts=allow_texts)


def _feature_names(request: Request, archive: Archive, name: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    values = np.atleast_1d(_array(request, archive, name, allow_texts=True)).ravel()
    return tuple(text_of(value) for value in values)


def _symbols(request: Request, archive: Archive, name: str | None) -> tuple[str, ...]:
    """What the numbers of token arrays stand for: a list of texts."""
    if name is None:
        return ()
    values = _array(request, archive, name, allow_texts=True)
    # Numbers under such a name are data, not what the numbers stand for.
    if values.ndim != 1 or values.dtype.kind not in "US":
        return ()
    return tuple(text_of(value) for value in values)
