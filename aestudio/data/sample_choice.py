"""Which of the samples that were read are taken: all, some by number, each of several copies once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.chosen_rows import chosen_rows
from aestudio.data.arrays.slicing import slices
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.exclusion_check import check_exclusion, exclusion_mark
from aestudio.data.options import DataOptions
from aestudio.errors import OptionError

Rows = npt.NDArray[np.int64]

_PART = re.compile(r"(\d{1,12})(?:\s*-\s*(\d{1,12}))?")
_DIGEST_BYTES = 16


def with_rows(dataset: Dataset, rows: Rows) -> Dataset:
    """Return the dataset with the given rows only; what is known of each sample goes with it."""
    names = dataset.sample_names
    return replace(
        dataset,
        x=chosen_rows(dataset.x, rows),
        labels=None if dataset.labels is None else dataset.labels[rows],
        sample_names=tuple(names[row] for row in rows) if names else (),
        factors=None if dataset.factors is None else dataset.factors[rows],
        patches=None if dataset.patches is None else dataset.patches.chosen(rows),
        windows=None if dataset.windows is None else dataset.windows.chosen(rows),
        times=None if dataset.times is None else dataset.times.chosen(rows),
        numbers=numbers_of(dataset, rows),
        _fingerprint=[],
    )


def numbers_of(dataset: Dataset, rows: Rows) -> Rows:
    """Return the numbers by which ``data.exclude`` knows the given rows."""
    return rows if dataset.numbers is None else dataset.numbers[rows]


def with_chosen_samples(
    dataset: Dataset, options: DataOptions, check_cancelled: Callable[[], None] = lambda: None
) -> Dataset:
    """Return the dataset without what ``data.exclude`` names and ``data.duplicates`` drops.

    Numbers are those of the samples as they were read. The test part is left as it is.

    Raises
    ------
    OptionError
        The numbers cannot be read, are beyond the last sample, name others than those that were
        chosen, or nothing would be left.
    """
    excluded = read_numbers(options.exclude, dataset.num_samples)
    if not len(excluded) and options.duplicates == "keep":
        return dataset
    check_exclusion(dataset, excluded, options)
    kept = np.setdiff1d(np.arange(dataset.num_samples), excluded)
    if not len(kept):
        raise OptionError(
            "no sample would be left.",
            subject="data.exclude",
            next_step="Name fewer samples, or leave it empty.",
        )
    findings = list(dataset.findings)
    if options.duplicates == "drop":
        first = np.intersect1d(kept, first_of_each(dataset.x, check_cancelled, kept))
        if len(first) < len(kept):
            findings.append(_left_out(len(kept) - len(first), "as copies of earlier ones"))
        kept = first
    if len(excluded):
        findings.append(_left_out(len(excluded), "as was asked for"))
    return replace(
        with_rows(dataset, kept),
        findings=tuple(findings),
        exclude_check=exclusion_mark(dataset, excluded, options),
    )


def first_of_each(
    x: npt.NDArray[Any],
    check_cancelled: Callable[[], None] = lambda: None,
    among: Rows | None = None,
) -> Rows:
    """Return the rows of (N, ...) that repeat no earlier row, among all or the given ones."""
    wanted = None if among is None else set(among.tolist())
    seen: set[bytes] = set()
    rows: list[int] = []
    row = 0
    for part in slices(x):
        check_cancelled()
        for sample in np.ascontiguousarray(part):
            if wanted is None or row in wanted:
                digest = hashlib.blake2b(sample.tobytes(), digest_size=_DIGEST_BYTES).digest()
                if digest not in seen:
                    seen.add(digest)
                    rows.append(row)
            row += 1
    return np.array(rows, dtype=np.int64)


def read_numbers(text: str, num_samples: int) -> Rows:
    """Return the numbers in a text such as "3, 17-20", sorted; samples count from 0.

    Raises
    ------
    OptionError
        Something else stands there, or a number is beyond the last sample.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _PART.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise OptionError(
                f"'{part[:40]}' is neither a number nor a range of numbers.",
                subject="data.exclude",
                next_step="Write it like this: 3, 17-20.",
            )
        if last >= num_samples:
            raise OptionError(
                f"there is no sample {last:,}: the last one is {num_samples - 1:,}.",
                subject="data.exclude",
                next_step="Samples count from 0.",
            )
        found.update(range(first, last + 1))
    return np.array(sorted(found), dtype=np.int64)


def written_numbers(numbers: npt.ArrayLike) -> str:
    """Return the text that :func:`read_numbers` reads, neighbours as ranges.

    >>> written_numbers([3, 17, 18, 19, 20])
    '3, 17-20'
    """
    given = np.unique(np.asarray(numbers, dtype=np.int64))
    firsts = given[np.diff(given, prepend=given[:1] - 2) != 1].tolist()
    lasts = given[np.diff(given, append=given[-1:] + 2) != 1].tolist()
    parts = zip(firsts, lasts, strict=True)
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def _left_out(count: int, why: str) -> Finding:
    are = "sample was" if count == 1 else "samples were"
    return Finding(Severity.NOTE, f"{count:,} {are} left out, {why}.")
