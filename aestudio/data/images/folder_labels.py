"""What the names of subfolders say: which class a picture belongs to, and which part.

``cats/1.png, dogs/2.png`` are two classes. Folders that all files share say nothing and are passed
over. ``train/cats/1.png, test/cats/2.png`` are two parts with their classes one level below; a
validation part joins the training part, because the program holds back its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.files.plain_words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TRAIN = ("train", "training", "val", "valid", "validation")
_TEST = ("test", "testing")


@dataclass(frozen=True, slots=True, eq=False)
class FolderLabels:
    """(N,) indices into ``names``, -1 without one, or None; (N,) True for the test part."""

    indices: npt.NDArray[np.int64] | None
    names: tuple[str, ...]
    is_test: npt.NDArray[np.bool_]


def folder_labels(folders: Sequence[tuple[str, ...]]) -> FolderLabels:
    """Read the folders of each file, outermost first, relative to what was chosen."""
    level = _num_shared(folders)
    parts = [path[level].casefold() if len(path) > level else "" for path in folders]
    is_test = np.array([part in _TEST for part in parts], dtype=np.bool_)
    has_parts = is_test.any() and all(part in _TRAIN + _TEST for part in parts)
    if has_parts:
        level += 1
    else:
        is_test[:] = False
    classes = [path[level] if len(path) > level else None for path in folders]
    names = tuple(sorted({name for name in classes if name is not None}))
    if not names:
        return FolderLabels(None, (), is_test)
    position = {name: index for index, name in enumerate(names)}
    indices = [-1 if name is None else position[name] for name in classes]
    shown = tuple(printable(name) for name in names)
    return FolderLabels(np.array(indices, dtype=np.int64), shown, is_test)


def labels_of_paths(
    paths: Sequence[str], separator: str
) -> Callable[[Sequence[int]], FolderLabels]:
    """Return the function that reads the folders of those paths whose positions it is given."""

    def labels(positions: Sequence[int]) -> FolderLabels:
        return folder_labels([tuple(paths[index].split(separator)[:-1]) for index in positions])

    return labels


def _num_shared(folders: Sequence[tuple[str, ...]]) -> int:
    first = folders[0]
    level = 0
    while level < len(first) and all(path[: level + 1] == first[: level + 1] for path in folders):
        level += 1
    return level
