"""Keeping only the samples of one class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.errors import OptionError
from aestudio.options import suggest


def with_one_label(dataset: Dataset, label: str) -> Dataset:
    """Return the samples with that label, of the test part too; all of them for an empty label.

    Label numbers keep their meaning, so that a class has the same colour as before.

    Raises
    ------
    OptionError
        No sample has that label.
    """
    if not label:
        return dataset
    kept = _of(dataset, label)
    if kept is None:
        names = list(dataset.label_names)
        raise OptionError(
            f"no sample is labelled '{label}'.",
            subject="data.only_label",
            next_step=suggest(label, names) if names else "Leave it empty: there are no labels.",
        )
    test = None if dataset.test is None else _of(dataset.test, label)
    return replace(kept, test=test)


def _of(dataset: Dataset, label: str) -> Dataset | None:
    if dataset.labels is None or label not in dataset.label_names:
        return None
    rows = np.flatnonzero(dataset.labels == dataset.label_names.index(label))
    if not len(rows):
        return None
    names = dataset.sample_names
    return replace(
        dataset,
        x=dataset.x[rows],
        labels=dataset.labels[rows],
        sample_names=tuple(names[row] for row in rows) if names else (),
        factors=None if dataset.factors is None else dataset.factors[rows],
        _fingerprint=[],
    )
