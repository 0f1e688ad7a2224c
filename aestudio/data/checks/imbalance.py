"""Labels of which some are rare."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.checks.registry import Examination, check
from aestudio.data.dataset import Finding, Kind, Severity

#: How many times as frequent the most frequent label has to be as the rarest.
_RATIO = 10


@check(name="imbalance", title="Rare labels", kinds=tuple(Kind))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.labels is None:
        return
    counts = np.bincount(dataset.labels[dataset.labels >= 0], minlength=len(dataset.label_names))
    present = np.flatnonzero(counts)
    if len(present) < 2:
        return
    rare = int(present[np.argmin(counts[present])])
    frequent = int(np.argmax(counts))
    if counts[frequent] < _RATIO * counts[rare]:
        return
    yield Finding(
        Severity.NOTE,
        f"Label '{dataset.label_names[rare]}' has {counts[rare]:,} samples and "
        f"'{dataset.label_names[frequent]}' {counts[frequent]:,}.",
        "What is rare is reconstructed worst; where the rare ones are faults, learn from the others "
        "alone with 'Only this label'.",
    )
