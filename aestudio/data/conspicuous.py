"""What a person should know about data that was read without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.missing_values import can_miss, count_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aestudio.data.request import Request

#: Fewer samples than this teach a network little.
FEW_SAMPLES = 50


def conspicuous(dataset: Dataset, request: Request) -> Iterator[Finding]:
    """Yield findings on missing values and too few samples.

    Images that are yet to be cut into patches are not looked at; their patches are.
    """
    if request.options.patch_size is not None:
        return
    yield from _few_samples(dataset)
    yield from _missing(dataset, request)


def _few_samples(dataset: Dataset) -> Iterator[Finding]:
    if dataset.num_samples == 1:
        yield Finding(
            Severity.WARNING,
            "There is only one sample, which a network can only learn by heart.",
            "Choose data with many samples.",
        )
    elif dataset.num_samples < FEW_SAMPLES:
        yield Finding(
            Severity.WARNING,
            f"There are only {dataset.num_samples} samples.",
            "Expect the network to learn them by heart; keep the code small.",
        )


def _missing(dataset: Dataset, request: Request) -> Iterator[Finding]:
    if not can_miss(dataset.x):
        return
    counts = count_missing(dataset.x, request.check_cancelled)
    total = int(counts.sum())
    if total == 0:
        return
    where = ""
    if dataset.kind is Kind.TABLE:
        where = f" in {np.count_nonzero(counts):,} of {counts.size:,} columns"
    yield Finding(
        Severity.WARNING,
        f"{total:,} {'value is' if total == 1 else 'values are'} missing or not finite{where}.",
        "Training looks at those that are there; 'Missing values' has other ways.",
    )
