"""Several .npy files that are one dataset by their names: x.npy and y.npy, x_train.npy and the like."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_roles import (
    ROLES_OF_TEXTS,
    ArrayRoles,
    choose_roles,
    dataset_from_roles,
)
from aestudio.data.arrays.npy_format import is_npy, read_npy
from aestudio.data.files.doors import open_payload
from aestudio.data.files.part_reading import stem
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request


def dataset_of_array_files(request: Request, reader: str) -> Dataset | None:
    """Read the parts of the glimpse as data and labels; None where their names say nothing of it."""
    roles = _roles(request)
    if roles is None:
        return None
    by_name = {stem(part): part.path for part in request.glimpse.parts}
    arrays = {}
    for role, name in roles.by_role().items():
        with open_payload(by_name[name], request.check_cancelled) as payload:
            arrays[role] = read_npy(payload, allow_texts=role in ROLES_OF_TEXTS)
    return dataset_from_roles(request, reader, arrays, roles)


def _roles(request: Request) -> ArrayRoles | None:
    """Return what .npy files are by their names; None where they are several of the same."""
    parts = request.glimpse.parts
    if not all(is_npy(part.head) for part in parts):
        return None
    names = [stem(part) for part in parts]
    with suppress(DataError):
        roles = choose_roles(names, lambda name: (), request.options.array, "", "")
        # No file is passed over in silence, and none stands for two.
        is_all = sorted(roles.by_role().values()) == sorted(names)
        if roles.labels is not None and (is_all or request.options.array):
            return roles
    return None
