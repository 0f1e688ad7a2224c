"""Samples that are there more than once."""

from __future__ import annotations

from collections.abc import Iterator

from aestudio.data.checks.registry import Examination, check
from aestudio.data.dataset import Finding, Kind, Remedy, Severity
from aestudio.data.sample_choice import first_of_each

#: Going through more than this would keep a person waiting.
_MOST_BYTES = 2**30
#: A share from which repeated samples make the validation look better than it is.
_MANY = 0.05


@check(name="duplicates", title="Repeated samples", kinds=tuple(Kind))
def look(examination: Examination) -> Iterator[Finding]:
    dataset = examination.dataset
    if dataset.x.nbytes > _MOST_BYTES:
        return
    num_repeated = dataset.num_samples - len(first_of_each(dataset.x, examination.check_cancelled))
    if not num_repeated:
        return
    is_many = num_repeated > _MANY * dataset.num_samples
    yield Finding(
        Severity.WARNING if is_many else Severity.NOTE,
        f"{num_repeated:,} of {dataset.num_samples:,} samples "
        f"{'repeats' if num_repeated == 1 else 'repeat'} an earlier one exactly.",
        "What is held back may then have been learned from.",
        Remedy("Take each once", "data.duplicates", "drop"),
    )
