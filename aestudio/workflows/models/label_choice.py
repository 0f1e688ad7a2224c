"""Which label a model that is conditional on labels is told, given by name or by place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.errors import OptionError
from aestudio.options import suggest

#: One label for all samples or one for each; -1 stands for a sample without one.
Labels = str | int | Sequence[str] | Sequence[int] | npt.NDArray[np.generic]


def label_places(
    labels: Labels, count: int, *, num_labels: int, names: Sequence[str]
) -> npt.NDArray[np.int64]:
    """Return the places (``count``,) among the model's labels; -1 for a sample without a label.

    Text is the name of a label, a number its place. Raises :class:`OptionError` for what is neither,
    and for a model that is told no labels.
    """
    if num_labels == 0:
        raise OptionError(
            "the model was not told any labels.",
            subject="labels",
            next_step="Leave them out, or train with autoencoder.conditional set to decoder.",
        )
    given = np.atleast_1d(np.asarray(labels))
    if given.dtype.kind in "UT":
        places = np.array([_place(str(name), names) for name in given.tolist()], np.int64)
    elif given.dtype.kind in "iu":
        places = given.astype(np.int64)
    else:
        raise OptionError(
            "labels are names or whole numbers.",
            subject="labels",
            next_step=f"Give names, or numbers from 0 to {num_labels - 1}.",
        )
    if places.shape not in ((1,), (count,)):
        raise OptionError(
            f"there are {count:,} samples and labels of shape {places.shape}.",
            subject="labels",
            next_step="Give one label, or one for each sample.",
        )
    if ((places < -1) | (places >= num_labels)).any():
        raise OptionError(
            f"labels of this model are counted from 0 to {num_labels - 1}.",
            subject="labels",
            next_step="Give one of these, or -1 for a sample without a label.",
        )
    return np.array(np.broadcast_to(places, (count,)))


def _place(name: str, names: Sequence[str]) -> int:
    if name not in names:
        raise OptionError(
            f"there is no label called '{name}'.",
            subject="labels",
            next_step=suggest(name, list(names)),
        )
    return list(names).index(name)
