"""What the arrays of one file are by their names: data, labels, and often a test part of both.

An array in a group, such as ``train/images`` of an HDF5 file, is found by its own name too, and by
the whole path with ``_`` between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_dataset import dataset_from_arrays
from aestudio.data.dataset import Dataset, Finding, Remedy, Severity
from aestudio.data.labels import text_of
from aestudio.errors import DataError
from aestudio.options import suggest

if TYPE_CHECKING:
    from aestudio.data.request import Request

Array = npt.NDArray[Any]
ShapeOf = Callable[[str], tuple[int, ...]]

_DATA = (
    "x", "data", "images", "x_train", "train_x", "train_images", "train_data", "features", "arr_0",
    "train_set_x", "fea",
)  # fmt: skip
_LABELS = ("y", "labels", "label", "targets", "target", "classes", "gnd")
_TRAIN_LABELS = ("y_train", "train_y", "train_labels", "train_label", "train_set_y")
_TEST_DATA = ("x_test", "test_x", "test_images", "test_data", "test_set_x")
_TEST_LABELS = ("y_test", "test_y", "test_labels", "test_label", "test_set_y")
_FEATURE_NAMES = ("feature_names", "columns")
_SYMBOLS = ("vocabulary", "vocab", "symbols", "tokens")
_NAMED = 20
#: Roles whose values may be texts.
ROLES_OF_TEXTS = ("labels", "test_labels", "feature_names", "symbols")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayRoles:
    """The names of the arrays, None where there is none of that role."""

    data: str
    labels: str | None = None
    test_data: str | None = None
    test_labels: str | None = None
    feature_names: str | None = None
    symbols: str | None = None
    #: Other arrays with one value per sample.
    label_fields: tuple[str, ...] = ()
    #: The data was not named so; it is the largest array.
    is_guess: bool = False
    #: Arrays that could be the data, from the largest to the smallest.
    candidates: tuple[str, ...] = ()

    def by_role(self) -> dict[str, str]:
        """Return the names of the arrays to be read, by role."""
        roles = ("data", "labels", "test_data", "test_labels", "feature_names", "symbols")
        found = {role: getattr(self, role) for role in roles}
        return {role: name for role, name in found.items() if name is not None}

    def as_texts(self) -> dict[str, tuple[str, ...]]:
        """Return what a decoding process tells of the roles besides the arrays."""
        chosen = (self.data, "guess" if self.is_guess else "")
        return {"chosen": chosen, "candidates": self.candidates, "fields": self.label_fields}

    @classmethod
    def from_texts(cls, arrays: Mapping[str, Array]) -> Self:
        """Return the roles as they were told."""
        data, guess = arrays["chosen"]
        return cls(
            data=data,
            is_guess=bool(guess),
            candidates=tuple(arrays["candidates"]),
            label_fields=tuple(arrays["fields"]),
        )


def choose_roles(
    names: Sequence[str], shape_of: ShapeOf, wanted: str, label_field: str, source: str
) -> ArrayRoles:
    """Find the roles; ``wanted`` and ``label_field`` are what the person has said, or empty.

    ``shape_of`` gives the shape of an array, or () for what is no array.

    Raises
    ------
    DataError
        No array stands out as the data, or none is called like the wanted one.
    """
    by_name = _by_name(names)

    def find(known: tuple[str, ...]) -> str | None:
        return next((by_name[name] for name in known if name in by_name), None)

    candidates = _candidates(names, shape_of)
    is_guess = False
    if wanted:
        data = _wanted(names, by_name, wanted, source)
    else:
        found = find(_DATA) or (names[0] if len(names) == 1 else None)
        is_guess = found is None
        if found is None and not candidates:
            raise no_array(names, source)
        data = found or candidates[0]
    is_own = not wanted or data == find(_DATA)
    roles = ArrayRoles(
        data=data,
        labels=find(_LABELS + _TRAIN_LABELS),
        test_data=find(_TEST_DATA) if is_own else None,
        test_labels=find(_TEST_LABELS) if is_own else None,
        feature_names=find(_FEATURE_NAMES),
        symbols=find(_SYMBOLS),
        is_guess=is_guess,
        candidates=candidates,
    )
    fields = _label_fields(names, shape_of, roles)
    if label_field and label_field in fields:
        return replace(roles, labels=label_field, test_labels=None, label_fields=fields)
    if not is_own and shape_of(data) and roles.labels not in fields:
        # They are named like labels, but of other data than the person has asked for.
        roles = replace(roles, labels=None)
    return replace(roles, label_fields=fields)


def dataset_from_roles(
    request: Request, reader: str, arrays: Mapping[str, Array], roles: ArrayRoles
) -> Dataset:
    """Build the dataset of arrays that were read by their roles."""
    symbols = _symbols(arrays.get("symbols"))
    test = None
    if "test_data" in arrays:
        test = dataset_from_arrays(
            request, reader, arrays["test_data"], arrays.get("test_labels"), symbols=symbols
        )
    dataset = dataset_from_arrays(
        request,
        reader,
        arrays["data"],
        arrays.get("labels"),
        feature_names=_texts(arrays.get("feature_names")),
        symbols=symbols,
        test=test,
    )
    findings = (*_about_the_guess(roles), *dataset.findings)
    read_as = (("Array", roles.data),) if len(roles.candidates) > 1 else ()
    return replace(dataset, findings=findings, label_fields=roles.label_fields, read_as=read_as)


def _about_the_guess(roles: ArrayRoles) -> Iterator[Finding]:
    if not roles.is_guess:
        return
    others = [name for name in roles.candidates if name != roles.data]
    if not others:
        text = f"The array '{roles.data}' was taken for the data, as no other has rows."
        yield Finding(Severity.NOTE, text)
        return
    yield Finding(
        Severity.WARNING,
        f"None of the arrays is named like data; '{roles.data}' was taken, the largest. There is also {', '.join(others)}.",
        "Set 'Array' to choose another.",
        Remedy(f"Take '{others[0]}'", "data.array", others[0]),
    )


def no_array(names: Sequence[str], source: str) -> DataError:
    """Return the error about a file of whose arrays none stands out."""
    if not names:
        return DataError(
            "it holds no array of plain numbers.",
            subject=source,
            next_step="Save one array of numbers with one sample per row.",
        )
    shown = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
    return DataError(
        f"none of its arrays is named like data ({shown}).",
        subject=source,
        next_step="Set 'Array' to the one to learn from, or save it under the name x.",
    )


def _by_name(names: Sequence[str]) -> dict[str, str]:
    """Return the arrays by what they may be called, case aside; whole paths win over their ends."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold().replace("/", "_"), name)
    for name in names:
        group, _, own = name.casefold().rpartition("/")
        if "test" not in group.split("/"):
            found.setdefault(own, name)
    return found


def _wanted(names: Sequence[str], by_name: Mapping[str, str], wanted: str, source: str) -> str:
    if wanted in names:
        return wanted
    found = by_name.get(wanted.casefold().replace("/", "_"))
    if found is None:
        raise DataError(
            f"it holds no array called '{wanted}'.",
            subject=source,
            next_step=suggest(wanted, list(names)) if names else "Leave 'Array' empty.",
        )
    return found


def _candidates(names: Sequence[str], shape_of: ShapeOf) -> tuple[str, ...]:
    shapes = {name: shape_of(name) for name in names}
    sizes = {name: math.prod(shape) for name, shape in shapes.items() if len(shape) >= 2}
    # A row or column of values, as MATLAB keeps labels, is data only where there is nothing else.
    tables = {name: size for name, size in sizes.items() if size > max(shapes[name])} or sizes
    return tuple(sorted(tables, key=lambda name: -tables[name]))[:_NAMED]


def _label_fields(names: Sequence[str], shape_of: ShapeOf, roles: ArrayRoles) -> tuple[str, ...]:
    counts = set(shape_of(roles.data)[:1] + shape_of(roles.data)[-1:])
    taken = (roles.data, roles.test_data, roles.test_labels, roles.feature_names, roles.symbols)
    others = [name for name in names if name not in taken]
    return tuple(name for name in others if _is_one_each(shape_of(name), counts))


def _is_one_each(shape: tuple[int, ...], counts: set[int]) -> bool:
    return len(shape) in (1, 2) and max(shape) in counts and math.prod(shape) == max(shape)


def _texts(values: Array | None) -> tuple[str, ...]:
    return () if values is None else tuple(text_of(value) for value in np.ravel(values))


def _symbols(values: Array | None) -> tuple[str, ...]:
    """What the numbers of token arrays stand for: a list of texts."""
    # Numbers under such a name are data, not what the numbers stand for.
    if values is None or values.ndim != 1 or values.dtype.kind not in "USO":
        return ()
    return _texts(values)
