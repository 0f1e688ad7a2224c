"""What the data sheet says about a dataset, worked out away from the window's thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from aestudio.data.column_statistics import ColumnFigures, column_figures
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.source_text import in_short
from aestudio.data.sample_choice import numbers_of
from aestudio.data.text.token_dataset import text_unit
from aestudio.data.text.vocabulary import NUM_SPECIAL
from aestudio.gui.workspaces.sample_drawing import MOST_LINES
from aestudio.gui.workspaces.sample_rows import SampleRows
from aestudio.gui.workspaces.sample_tiles import SampleTiles
from aestudio.workflows.datasets.inspection import DataReport

_MIDNIGHT = " 00:00"
_CHANNELS = {1: "grey", 2: "grey and alpha", 3: "colour", 4: "colour and alpha"}
_LABELS_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SheetContent:
    """The dataset in words, in numbers and in small pictures."""

    dataset: Dataset
    taken_for: str
    facts: tuple[tuple[str, str], ...]
    #: All samples: tiles of images and sequences, rows of tables and texts.
    samples: SampleTiles | SampleRows
    #: (label, how many samples have it), as many as can be read.
    label_counts: tuple[tuple[str, int], ...]
    #: The columns of a table with their figures; empty for everything else.
    figures: tuple[ColumnFigures, ...] = ()


def describe(dataset: Dataset, reader_title: str = "") -> SheetContent:
    """Return the content of the sheet; looks at a few samples only, so it is quick for any size."""
    has_tiles = dataset.kind in (Kind.IMAGES, Kind.SEQUENCES)
    return SheetContent(
        dataset=dataset,
        taken_for=_taken_for(dataset),
        facts=_facts(dataset, reader_title),
        samples=SampleTiles(dataset, _captions(dataset)) if has_tiles else SampleRows(dataset),
        label_counts=_label_counts(dataset),
        figures=tuple(column_figures(dataset)) if dataset.kind == Kind.TABLE else (),
    )


def _taken_for(dataset: Dataset) -> str:
    count = f"{dataset.num_samples:,}"
    shape = dataset.shape
    if dataset.kind == Kind.IMAGES:
        channels, height, width = shape
        color = _CHANNELS.get(channels, f"{channels} channels")
        return f"{count} images of {width} \N{MULTIPLICATION SIGN} {height} pixels, {color}"
    if dataset.kind == Kind.TABLE:
        return f"A table of {count} rows with {_columns_of(dataset)} each"
    if (unit := text_unit(dataset)) is not None:
        num_different = len(dataset.symbols) - NUM_SPECIAL
        return (
            f"{count} texts of up to {shape[0]:,} {unit}, with {num_different:,} different {unit}"
        )
    if dataset.kind == Kind.TOKENS:
        return f"{count} sequences of up to {shape[0]:,} tokens, {len(dataset.symbols):,} symbols"
    what = "sequences" if dataset.windows is None else "windows"
    values = "1 value" if shape[1] == 1 else f"{shape[1]:,} values"
    return f"{count} {what} of {shape[0]:,} steps with {values} each"


def _columns_of(dataset: Dataset) -> str:
    """Say how many columns there are, of each kind if there are several."""
    kinds = Counter(column.kind for column in dataset.columns)
    if set(kinds) <= {ColumnKind.NUMERIC}:
        return f"{dataset.shape[0]:,} numbers"
    words = {
        ColumnKind.NUMERIC: ("number", "numbers"),
        ColumnKind.BOOLEAN: ("truth value", "truth values"),
        ColumnKind.CATEGORICAL: ("category", "categories"),
        ColumnKind.DATE: ("date", "dates"),
    }
    return ", ".join(
        f"{kinds[kind]:,} {words[kind][kinds[kind] > 1]}" for kind in words if kind in kinds
    )


def _facts(dataset: Dataset, reader_title: str) -> tuple[tuple[str, str], ...]:
    facts = [("Read from", in_short(dataset.source))]
    if reader_title:
        facts.append(("Format", reader_title))
    facts.extend(dataset.read_as)
    facts.append(("Stored as", _number_type(dataset.x.dtype)))
    facts.append(("Numbers per sample", f"{dataset.num_features:,}"))
    if dataset.kind == Kind.SEQUENCES and dataset.shape[1] > MOST_LINES:
        facts.append(("Small pictures", f"the first {MOST_LINES} of {dataset.shape[1]:,} values"))
    if dataset.times is not None:
        facts.append(("Time", str(dataset.times)))
    if dataset.label_names:
        facts.append(("Labels", f"{len(dataset.label_names):,}"))
    if dataset.test is not None:
        facts.append(("Set aside for testing", f"{dataset.test.num_samples:,} samples"))
    return tuple(facts)


def _number_type(dtype: np.dtype[np.generic]) -> str:
    bits = 8 * dtype.itemsize
    if np.issubdtype(dtype, np.floating):
        return f"{bits}-bit decimal numbers"
    return f"{bits}-bit whole numbers"


def _captions(dataset: Dataset) -> tuple[str, ...]:
    if dataset.windows is not None:
        # Days need not say that they begin at midnight.
        begins = dataset.sample_names
        is_midnight = all(name.endswith(_MIDNIGHT) for name in begins)
        return tuple(name.removesuffix(_MIDNIGHT) if is_midnight else name for name in begins)
    if dataset.labels is not None and dataset.label_names:
        names = (*dataset.label_names, "no label")
        return tuple(names[label] for label in dataset.labels.tolist())
    if not dataset.sample_names:
        return tuple(map(str, numbers_of(dataset, np.arange(dataset.num_samples)).tolist()))
    names = tuple(name.rpartition(".")[0] or name for name in dataset.sample_names)
    # What all of them begin with tells nothing and takes the place of what differs.
    shared = next(
        (k for k, letters in enumerate(zip(*names, strict=False)) if len(set(letters)) > 1), 0
    )
    return tuple(name[shared:] or name for name in names) if len(names) > 1 else names


def _label_counts(dataset: Dataset) -> tuple[tuple[str, int], ...]:
    report = DataReport(dataset)
    named = list(report.label_counts.items())[:_LABELS_SHOWN]
    if named and report.num_unlabelled:
        named.append(("no label", report.num_unlabelled))
    return tuple(named)
