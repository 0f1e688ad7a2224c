"""A dataset from what Python programs hold: arrays, tables, tensors, and collections of samples.

Nothing of pandas or torch is imported: their objects say themselves what they are. A table has
``columns``, a tensor ``detach``, and a data set of torch ``__len__`` and ``__getitem__``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_dataset import dataset_from_arrays
from aestudio.data.arrays.array_roles import ArrayRoles, choose_roles, dataset_from_roles
from aestudio.data.dataset import Dataset
from aestudio.data.files.doors import Glimpse
from aestudio.data.label_choice import with_label_field, with_one_label
from aestudio.data.options import DataOptions
from aestudio.data.request import Request
from aestudio.data.series.windows import as_series_where_cut
from aestudio.data.tables.column_names import unique_names
from aestudio.data.tables.dates import in_nanoseconds
from aestudio.data.tables.raw_table import RawTable, Values
from aestudio.data.tables.registry import dataset_from_table
from aestudio.errors import DataError
from aestudio.options import parse_options

Array = npt.NDArray[Any]

#: Where such a dataset comes from, and its name unless another is given.
IN_MEMORY = "memory"
_READER = "python"
#: What pandas calls a missing number, and a missing moment.
_MISSING = ("NAType", "NaTType")


def dataset_from(
    data: Any, labels: Any = None, *, name: str = IN_MEMORY, **options: Any
) -> Dataset:
    """Return the samples of a Python object as a dataset.

    Parameters
    ----------
    data
        An array or tensor with samples along the first axis; a mapping of arrays by name, as
        ``numpy.load`` gives; a table of pandas or the like; a data set of torch, or any sequence, of
        samples or of pairs of sample and label.
    labels
        One per sample, as numbers or texts; of a table also the name of a column.
    options
        How to read it, as in a recipe: ``kind="sequences"``, ``columns="a,b"``, ``image_size=32``.

    Raises
    ------
    DataError
        The object holds no samples, or not of one shape.
    OptionError
        There is no such option, or no such label.
    """
    field = labels if isinstance(labels, str) else ""
    given = {"label_field": field} if field else {}
    wanted = parse_options(DataOptions, {**given, **options, "source": name}, "data")
    read_as = as_series_where_cut(wanted)
    glimpse = Glimpse(path=Path(name), is_folder=False)
    request = Request(glimpse, read_as, lambda done, total: None, lambda: False)
    dataset = _dataset(request, data, None if field else labels)
    dataset = replace(dataset, name=name, source=name)
    return with_one_label(with_label_field(dataset, read_as.label_field), read_as.only_label)


def _dataset(request: Request, data: Any, labels: Any) -> Dataset:
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Mapping):
        return _from_mapping(request, {str(key): _array(values) for key, values in data.items()})
    names = _column_names(data)
    if names:
        return _from_table(request, data, names, labels)
    if _is_array(data) or isinstance(data, list | tuple):
        return _from_array(request, _array(data), labels)
    if hasattr(data, "__len__") and hasattr(data, "__getitem__"):
        x, own_labels = _collected(data)
        return _from_array(request, x, own_labels if labels is None else labels)
    raise DataError(
        f"an object of the type '{type(data).__name__}' holds no samples.",
        subject="data",
        next_step="Give an array, a table, or a sequence of samples.",
    )


def _from_array(request: Request, x: Array, labels: Any) -> Dataset:
    if x.dtype.kind not in "biuf":
        raise DataError(
            f"values of the type '{x.dtype}' are no numbers.",
            subject="data",
            next_step="Convert them: numpy.asarray(data, dtype='float32').",
        )
    if x.dtype.kind == "b":
        x = x.astype(np.uint8)
    return dataset_from_arrays(request, _READER, x, None if labels is None else _array(labels))


def _from_mapping(request: Request, arrays: Mapping[str, Array]) -> Dataset:
    roles: ArrayRoles = choose_roles(
        list(arrays),
        lambda name: arrays[name].shape,
        request.options.array,
        request.options.label_field,
        "data",
    )
    chosen = {role: arrays[name] for role, name in roles.by_role().items()}
    return dataset_from_roles(request, _READER, chosen, roles)


# --- tables ---------------------------------------------------------------------------------------


def _column_names(data: Any) -> list[Any]:
    """Return the keys of a table's columns; none for what is no table."""
    fields = getattr(getattr(data, "dtype", None), "names", None)
    if fields:
        return list(fields)
    found = getattr(data, "column_names", None) or getattr(data, "columns", None)
    # A table of Arrow has columns without names under that name.
    return list(found) if found is not None and not callable(found) else []


def _from_table(request: Request, data: Any, keys: Sequence[Any], labels: Any) -> Dataset:
    names, findings = unique_names([str(key) for key in keys])
    if len(set(map(str, keys))) < len(keys):
        raise DataError(
            "two columns have the same name.", subject="data", next_step="Rename one of them."
        )
    columns = [_column(data[key]) for key in keys]
    times = _times_beside(data)
    if times is not None and times[0] not in names:
        names, columns = (times[0], *names), [times[1], *columns]
    if labels is not None:
        names, columns = (*names, "label"), [*columns, _column(labels)]
        request = replace(request, options=request.options.changed(label_field="label"))
    table = RawTable(tuple(names), tuple(columns), findings)
    return dataset_from_table(request, _READER, table)


def _times_beside(data: Any) -> tuple[str, Values] | None:
    """Return the index of a table of pandas where it holds moments, and its name."""
    index = getattr(data, "index", None)
    if index is None or getattr(getattr(index, "dtype", None), "kind", "") != "M":
        return None
    # Moments in a zone become those of universal time.
    return str(index.name or "time"), np.asarray(index, "datetime64[ns]")


def _column(values: Any) -> Values:
    """Return one column as numbers, truth values, moments or texts."""
    found = np.asarray(values)
    if found.dtype.kind in "iu":
        return found.astype(np.float64)
    if found.dtype.kind in "bf":
        return found
    if found.dtype.kind == "M":
        return in_nanoseconds(found)
    cells = [None if _is_missing(cell) else cell for cell in found.tolist()]
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, bool) for cell in present) and len(present) == len(cells):
        return np.array(cells, dtype=np.bool_)
    if all(isinstance(cell, int | float) for cell in present):
        return np.array([math.nan if cell is None else cell for cell in cells], dtype=np.float64)
    texts = np.empty(len(cells), dtype=object)
    texts[:] = [None if cell is None else str(cell) or None for cell in cells]
    return texts


def _is_missing(cell: Any) -> bool:
    if cell is None or type(cell).__name__ in _MISSING:
        return True
    return isinstance(cell, float) and math.isnan(cell)


# --- arrays and collections -----------------------------------------------------------------------


def _is_array(data: Any) -> bool:
    return hasattr(data, "__array__") or hasattr(data, "detach")


def _array(values: Any) -> Array:
    if hasattr(values, "detach"):
        # A tensor may lie on another device, and want gradients.
        values = values.detach().cpu()
    try:
        found = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"this is no array ({error}).", subject="data", next_step="Give samples of one shape."
        ) from None
    if found.dtype == np.object_ and all(isinstance(value, str) for value in found.ravel()):
        return found.astype(str)
    return found


def _collected(samples: Any) -> tuple[Array, Array | None]:
    """Return the samples, and the labels where there are pairs."""
    items = [samples[index] for index in range(len(samples))]
    if not items:
        raise DataError("it holds no samples.", subject="data", next_step="Give some.")
    if all(isinstance(item, tuple) and item for item in items):
        labels = [item[1] for item in items] if len(items[0]) > 1 else None
        rows = [_array(item[0]) for item in items]
        return _stacked(rows), None if labels is None else _array(list(map(_plain, labels)))
    return _stacked([_array(item) for item in items]), None


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label


def _stacked(rows: Sequence[Array]) -> Array:
    shapes = {row.shape for row in rows}
    if len(shapes) > 1:
        shown = " and ".join(str(shape) for shape in sorted(shapes)[:2])
        raise DataError(
            f"samples of different shapes ({shown}).",
            subject="data",
            next_step="Bring them to one size first.",
        )
    return np.stack(rows)
