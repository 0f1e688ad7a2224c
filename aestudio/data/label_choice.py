"""Which of several known things is the label, and keeping only the samples of one class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.data.sample_choice import with_rows
from aestudio.errors import OptionError
from aestudio.options import suggest


def with_label_field(dataset: Dataset, field: str) -> Dataset:
    """Return the dataset with that field as its label; as it is for an empty field.

    What is known as a factor becomes the label here; other fields have been chosen by the reader.

    Raises
    ------
    OptionError
        Nothing of that name is known of the samples.
    """
    if not field:
        return dataset
    if field not in dataset.label_fields:
        raise OptionError(
            f"no label field is called '{field}'.",
            subject="data.label_field",
            next_step=suggest(field, list(dataset.label_fields))
            if dataset.label_fields
            else "Leave it empty: this data has no other labels.",
        )
    if dataset.factors is None or field not in dataset.factor_names:
        return dataset
    values, labels = np.unique(
        dataset.factors[:, dataset.factor_names.index(field)], return_inverse=True
    )
    names = tuple(f"{field} {value + 1}" for value in values.tolist())
    return replace(dataset, labels=labels.astype(np.int64), label_names=names)


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
    return with_rows(dataset, rows) if len(rows) else None
