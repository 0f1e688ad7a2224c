"""Labels as a source gives them become indices and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Severity
from aestudio.errors import DataError

Array = npt.NDArray[Any]

#: More different values than this are measurements rather than classes.
MAX_CLASSES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """(N,) indices into ``names``, -1 where a sample has no label; None where there are none."""

    indices: npt.NDArray[np.int64] | None = None
    names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def labels_from(values: Array, num_samples: int, source: str) -> Labels:
    """Read (N,), (N, 1) or one-hot (N, K) numbers or texts as classes.

    Numbers with a fraction, and more than :data:`MAX_CLASSES` different values, are measurements:
    they are left out and the finding says so.

    Raises
    ------
    DataError
        There is not one label per sample.
    """
    if values.ndim == 2 and values.shape[1] > 1 and _is_one_hot(values):
        values = np.argmax(values, axis=1)
    if values.size != num_samples or values.shape[:1] != (num_samples,):
        raise DataError(
            f"there are {num_samples:,} samples but labels of shape {values.shape}.",
            subject=source,
            next_step="Give one label per sample.",
        )
    values = values.ravel()
    if np.issubdtype(values.dtype, np.floating):
        whole = np.isfinite(values) & (values == np.round(values)) & (np.abs(values) < 2**53)
        if not whole.all():
            return _left_out("The labels are not whole numbers")
        values = values.astype(np.int64)
    distinct, indices = np.unique(values, return_inverse=True)
    if len(distinct) > MAX_CLASSES:
        return _left_out(f"The labels have {len(distinct):,} different values")
    return Labels(indices.astype(np.int64), tuple(text_of(value) for value in distinct))


def renamed(
    indices: npt.NDArray[np.int64], names: tuple[str, ...], wanted: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """Return the same labels as indices into ``wanted``, which holds every one of ``names``."""
    position = np.array([*(wanted.index(name) for name in names), -1], dtype=np.int64)
    return position[indices]


def _is_one_hot(values: Array) -> bool:
    if np.issubdtype(values.dtype, np.character):
        return False
    return bool(np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all())


def text_of(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    # A text array may hold halves of characters, which no terminal or file can show.
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _left_out(reason: str) -> Labels:
    finding = Finding(
        Severity.NOTE,
        f"{reason}, so they are not used as classes.",
        "Save whole numbers or texts to colour the map by class.",
    )
    return Labels(findings=(finding,))
