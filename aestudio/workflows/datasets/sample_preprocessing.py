"""What preprocessing does to one sample: as stored, as the model sees it, and brought back.

Shapes: ``shape`` is that of one stored sample, ``model_shape`` that of one in model scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.known_range import known_range
from aestudio.data.arrays.tokens import rows_of_symbols, texts_of
from aestudio.data.columns import Column, cell_text
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.missing_values import is_missing
from aestudio.data.options import DataOptions
from aestudio.data.sample_cells import label_of, number_of
from aestudio.data.text.token_dataset import text_unit
from aestudio.errors import OptionError
from aestudio.preprocess.model_scale import columns_of, fit_to
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table import TableScaling
from aestudio.workflows.reporting import IsCancelled, Progress, reporting

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

#: Heads of what is told of a sample.
STAGES = ("As stored", "As the model sees it", "Brought back")
#: Larger samples are told in figures only.
_MOST_LISTED = 20_000
_SHOWN_NUMBERS = 4
#: What stands in for a missing cell is told so exactly; in model scale values are around 1.
_DIGITS_OF_FILL = 6


@dataclass(frozen=True, eq=False)
class PreprocessedSample:
    """One sample on its way to the model and back."""

    dataset: Dataset
    scaling: Scaling
    row: int

    @cached_property
    def stored(self) -> Array:
        r"""(\*shape), in the number type of the data."""
        return np.asarray(self.dataset.x[self.row])

    @cached_property
    def seen(self) -> Floats:
        r"""(\*model_shape), what stands in for missing values included."""
        return np.asarray(self.scaling.forward_filled(self.stored[None])[0])

    @cached_property
    def restored(self) -> Floats:
        r"""(\*shape)."""
        return np.asarray(self.scaling.inverse(self.seen[None])[0])

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        r"""(\*shape), where nothing is stored."""
        return is_missing(self.stored)

    @property
    def limits(self) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """The least and the most of each channel of a series, (1, C), as stored and as seen."""
        return _limits(self.stored), _limits(self.seen)

    @property
    def differences(self) -> npt.NDArray[np.float64]:
        r"""(\*shape), how far what is brought back lies from what is stored; 0 where that is missing.

        Of tokens 1 where the symbol is another one.
        """
        stored, restored = self.stored.astype(np.float64), self.restored.astype(np.float64)
        if self.dataset.kind is Kind.TOKENS:
            return np.asarray(stored != restored, np.float64)
        stored = np.where(self.missing, 0.0, stored)
        return np.asarray(np.where(self.missing, 0.0, np.abs(restored - stored)))

    @property
    def largest_difference(self) -> float:
        return float(self.differences.max(initial=0.0))

    @property
    def verdict(self) -> str:
        """The largest difference in a sentence."""
        differences = self.differences
        if self.dataset.kind is Kind.TOKENS:
            num = int(differences.sum())
            if num:
                return f"{num:,} of {differences.size:,} symbols come back as others."
            stored, _, back = self.texts
            if stored != back:
                return "Every symbol comes back, but what is unknown or cut off is lost."
            return "Every symbol comes back as it was."
        largest = self.largest_difference
        if largest == 0.0:
            return "Every value comes back exactly."
        place = np.unravel_index(int(np.argmax(differences)), differences.shape)
        where = self._where(tuple(int(index) for index in place))
        size = float(np.abs(self.stored[~self.missing].astype(np.float64)).max(initial=0.0))
        share = f", {largest / size:.1g} of the largest value" if size else ""
        return f"Largest difference: {largest:.3g}{share}, {where}."

    @property
    def texts(self) -> tuple[str, str, str]:
        """A text as it is stored, the symbols that the model is given, and the text they make."""
        dataset = self.dataset
        tokens = self.stored[None]
        (own,) = texts_of(tokens, dataset.symbols, dataset.padding)
        is_text = text_unit(dataset) is not None
        (symbols,) = rows_of_symbols(tokens, dataset.symbols, dataset.padding)
        (back,) = texts_of(np.rint(self.restored[None]), dataset.symbols, dataset.padding)
        given = " | ".join(symbol.strip() or symbol for symbol in symbols)
        return (dataset.sample_names[self.row] if is_text else own, given, back)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return what it is told about, as stored, as the model sees it, and brought back."""
        kind = self.dataset.kind
        if kind is Kind.TABLE:
            return self._cells()
        if kind is Kind.TOKENS:
            return [("text", *self.texts)]
        parts = (self.stored, self.seen, self.restored)
        there = [np.asarray(part, np.float64)[np.isfinite(part)] for part in parts]
        rows = [
            (title, *(_number(figure(part)) if part.size else "" for part in there))
            for title, figure in (("lowest", np.min), ("mean", np.mean), ("highest", np.max))
        ]
        num_missing = int(self.missing.sum())
        if num_missing:
            rows.append(("missing", f"{num_missing:,}", "filled in", ""))
        return [(title, stored, seen, back) for title, stored, seen, back in rows]

    def table(self) -> list[tuple[str, ...]]:
        """Return the same below a head; of a text, which is long, a row for each stage."""
        if self.dataset.kind is Kind.TOKENS:
            return list(zip(STAGES, self.texts, strict=True))
        return [("", *(stage.casefold() for stage in STAGES)), *self.rows()]

    @property
    def heading(self) -> str:
        shape = " x ".join(map(str, self.seen.shape))
        return f"{self.title}, {shape} numbers for the model"

    def to_json(self) -> dict[str, Any]:
        """Return the numbers of all stages; null where there are more than can be listed."""
        is_listed = self.seen.size <= _MOST_LISTED
        stored = self.stored.astype(np.float64)
        return {
            "sample": self.number,
            "kind": str(self.dataset.kind),
            "stored": np.where(self.missing, np.nan, stored) if is_listed else None,
            "seen": self.seen if is_listed else None,
            "restored": self.restored if is_listed else None,
            "rows": [
                dict(zip(("what", "stored", "seen", "restored"), row, strict=True))
                for row in self.rows()
            ],
            "largest_difference": self.largest_difference,
        }

    @property
    def number(self) -> int:
        """The number by which ``data.exclude`` knows the sample."""
        return number_of(self.dataset, self.row)

    @property
    def title(self) -> str:
        """What the sample is called."""
        label = label_of(self.dataset, self.row)
        name = self.dataset.sample_names[self.row] if self.dataset.sample_names else ""
        parts = [f"Sample {self.number:,}"]
        if name and text_unit(self.dataset) is None:
            parts.append(name)
        if label:
            parts.append(f"label {label}")
        return ", ".join(parts)

    def _cells(self) -> list[tuple[str, str, str, str]]:
        columns = columns_of(self.dataset)
        widths = self.scaling.widths if isinstance(self.scaling, TableScaling) else ()
        parts = np.split(self.seen, np.cumsum(widths or (1,) * len(columns))[:-1])
        gaps = self.missing.tolist()
        return [
            (
                column.name,
                "(missing)" if is_gap else cell_text(column, stored),
                _told(column, part, is_gap),
                cell_text(column, restored),
            )
            for column, is_gap, stored, part, restored in zip(
                columns,
                gaps,
                self.stored.astype(np.float64).tolist(),
                parts,
                self.restored.astype(np.float64).tolist(),
                strict=True,
            )
        ]

    def _where(self, place: Sequence[int]) -> str:
        if self.dataset.kind is Kind.TABLE:
            return f"in '{columns_of(self.dataset)[place[0]].name}'"
        if self.dataset.kind is Kind.SEQUENCES:
            return f"at step {place[0] + 1:,} of channel {place[1] + 1:,}"
        return f"in row {place[1] + 1:,}, column {place[2] + 1:,}"


@dataclass(frozen=True, slots=True, eq=False)
class Preprocessing:
    """The preprocessing of a dataset, fitted as training would."""

    dataset: Dataset
    scaling: Scaling
    num_fitted: int

    def follow(self, row: int) -> PreprocessedSample:
        """Return the sample in that row of the dataset on its way."""
        return PreprocessedSample(self.dataset, self.scaling, row)


def fit_preprocessing(
    dataset: Dataset,
    data: DataOptions,
    preprocess: PreprocessOptions,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Preprocessing:
    """Fit on the samples that ``data`` leaves for training.

    Raises :class:`OptionError` and :class:`DataError` as a training would.
    """
    parts = split_dataset(dataset, data)
    report = reporting(progress, is_cancelled)
    report(0, len(parts.train))
    scaling = fit_to(dataset, parts.train, preprocess, report)
    return Preprocessing(dataset, scaling, len(parts.train))


def row_of_number(dataset: Dataset, number: int) -> int:
    """Return the row of the sample that ``data.exclude`` knows by ``number``.

    Raises :class:`OptionError` where there is none, or where it has been left out.
    """
    rows = (
        np.flatnonzero(dataset.numbers == number)
        if dataset.numbers is not None
        else np.arange(dataset.num_samples)[max(0, number) : number + 1]
    )
    if not len(rows):
        raise OptionError(
            f"there is no sample {number:,} among the {dataset.num_samples:,} that are read.",
            subject="--sample",
            next_step="Samples count from 0, as 'aestudio look DATA' lists them.",
        )
    return int(rows[0])


def _limits(x_TC: Array) -> tuple[Floats, Floats]:
    return known_range(x_TC.astype(np.float32), 0, keepdims=True)


def _told(column: Column, numbers: Floats, is_gap: bool) -> str:
    """Return what the model sees of a cell, in words where that is many numbers."""
    if len(numbers) > 1 and not is_gap:
        place = int(np.argmax(numbers))
        told = f"1 at place {place + 1:,} of {len(numbers):,}"
    else:
        # A mean at zero is a rounding error beside it.
        told_numbers = np.round(numbers, _DIGITS_OF_FILL) if is_gap else numbers
        shown = ", ".join(_number(float(one) + 0.0) for one in told_numbers[:_SHOWN_NUMBERS])
        told = shown + (", ..." if len(numbers) > _SHOWN_NUMBERS else "")
    return f"filled in: {told}" if is_gap else told


def _number(value: Any) -> str:
    number = float(value)
    return f"{number:.6g}" if math.isfinite(number) else ""
