"""The samples of a dataset in a list: some of them, found, ordered and written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aestudio.data.dataset import Dataset
from aestudio.data.sample_cells import Head, SampleCells
from aestudio.data.sample_search import SampleSearch
from aestudio.errors import OptionError
from aestudio.options import suggest

_WIDEST = 60


@dataclass(frozen=True, slots=True)
class SampleList:
    """As many of the samples that were found as were asked for."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[str | None, ...], ...]
    num_found: int
    num_samples: int

    def to_json(self) -> dict[str, Any]:
        titles = [head.title for head in self.heads]
        return {
            "num_samples": self.num_samples,
            "num_found": self.num_found,
            "samples": [dict(zip(titles, row, strict=True)) for row in self.rows],
        }

    def table(self) -> list[list[str]]:
        """Return the same as texts, the heads first, what is long cut off."""
        texts = [
            [_short("(missing)" if cell is None else cell) for cell in row] for row in self.rows
        ]
        return [[_short(head.title) for head in self.heads], *texts]

    @property
    def summary(self) -> str:
        shown = len(self.rows)
        first = f", the first {shown:,} of them are listed" if shown < self.num_found else ""
        return f"{self.num_found:,} of {self.num_samples:,} samples{first}."


def list_samples(
    dataset: Dataset,
    *,
    search: str = "",
    label: str | None = None,
    sort: str | None = None,
    descending: bool = False,
    limit: int = 20,
) -> SampleList:
    """Find samples by ``search`` and ``label``, and order them by the head called ``sort``.

    Raises :class:`OptionError` where no label, or no head, is called so.
    """
    finder = SampleSearch(dataset)
    cells = SampleCells(dataset, finder)
    rows = finder.matching(search, None if label is None else _place_of(dataset, label))
    if sort is not None:
        titles = [head.title for head in cells.heads]
        named = [head for head in cells.heads if head.title.casefold() == sort.casefold()]
        if not named:
            raise OptionError(
                f"nothing is called '{sort}'.", subject="--sort", next_step=suggest(sort, titles)
            )
        # A column of the table may have the name of what every list begins with.
        rows = finder.in_order(rows, named[-1].by, descending=descending)
    return SampleList(
        heads=cells.heads,
        rows=tuple(cells.of(row) for row in rows[:limit].tolist()),
        num_found=len(rows),
        num_samples=dataset.num_samples,
    )


def _place_of(dataset: Dataset, label: str) -> int:
    names = list(dataset.label_names) if dataset.labels is not None else []
    if label not in names:
        raise OptionError(
            f"no sample is labelled '{label}'.",
            subject="--label",
            next_step=suggest(label, names) if names else "This data has no labels.",
        )
    return names.index(label)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
