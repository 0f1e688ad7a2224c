"""What the data sheet says about a dataset, worked out away from the window's thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.column_statistics import ColumnFigures, column_figures, columns_of_table
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.source_text import in_short
from aestudio.data.text.token_dataset import text_unit
from aestudio.data.text.vocabulary import NUM_SPECIAL
from aestudio.workflows.inspection import DataReport

_NUM_TILES = 96
_MAX_FEATURES = 64
#: As many as a small tile has pixels, and a few more.
_MAX_STEPS = 96
_MIDNIGHT = " 00:00"
_CHANNELS = {1: "grey", 2: "grey and alpha", 3: "colour", 4: "colour and alpha"}
_LABELS_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SheetContent:
    """The dataset in words, in numbers and in small pictures."""

    dataset: Dataset
    taken_for: str
    facts: tuple[tuple[str, str], ...]
    #: (N, H, W, 3) for images, otherwise None.
    pictures: npt.NDArray[np.uint8] | None
    #: (N, D) with values in 0..1 for tables and sequences, otherwise None.
    profiles: npt.NDArray[np.float32] | None
    captions: tuple[str, ...]
    #: (label, how many samples have it), as many as can be read.
    label_counts: tuple[tuple[str, int], ...]
    #: The columns of a table and their figures; empty for everything else.
    columns: tuple[Column, ...] = ()
    figures: tuple[ColumnFigures, ...] = ()


def describe(dataset: Dataset, reader_title: str = "") -> SheetContent:
    """Return the content of the sheet; looks at a few samples only, so it is quick for any size."""
    rows = sample_rows(dataset.num_samples, _NUM_TILES)
    is_images, is_tokens = dataset.kind == Kind.IMAGES, dataset.kind == Kind.TOKENS
    return SheetContent(
        dataset=dataset,
        taken_for=_taken_for(dataset),
        facts=_facts(dataset, reader_title),
        pictures=pictures_of(dataset, rows) if is_images else None,
        profiles=None if is_images or is_tokens else profiles_of(dataset, rows),
        captions=_captions(dataset, rows.tolist()),
        label_counts=_label_counts(dataset),
        columns=columns_of_table(dataset) if dataset.kind == Kind.TABLE else (),
        figures=tuple(column_figures(dataset)) if dataset.kind == Kind.TABLE else (),
    )


def sample_rows(num_samples: int, count: int) -> npt.NDArray[np.int64]:
    """Return up to ``count`` rows spread evenly over the dataset."""
    return np.linspace(0, num_samples - 1, num=min(count, num_samples)).astype(np.int64)


def pictures_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return the given images as (N, H, W, 3)."""
    x = np.asarray(dataset.x[rows])
    return to_rgb8(x, *brightness_range(x))


def profiles_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return the given samples as lines, each feature stretched to 0..1 over these samples.

    Of sequences the first channel is shown, in the same range at every step: its shape is what tells.
    """
    x = np.asarray(dataset.x[rows])
    if dataset.kind == Kind.SEQUENCES:
        steps = np.linspace(0, x.shape[1] - 1, num=min(x.shape[1], _MAX_STEPS)).astype(np.int64)
        lines = x[:, steps, 0]
        return stretched(lines.reshape(-1, 1), lines.reshape(-1, 1)).reshape(lines.shape)
    return stretched(x, x)


def brightness_range(x: npt.NDArray[np.generic]) -> tuple[float, float]:
    """The values to draw black and white."""
    if x.dtype == np.uint8:
        return 0.0, 255.0
    values = x.astype(np.float64)
    known = np.isfinite(values)
    if not known.any():
        return 0.0, 1.0
    return float(np.min(values[known])), float(np.max(values[known]))


def stretched(
    x: npt.NDArray[np.generic], reference: npt.NDArray[np.generic]
) -> npt.NDArray[np.float32]:
    """Return (N, D) lines in which 0 and 1 are the least and the most of ``reference``, by feature."""
    low, high = _range_by_feature(_as_rows(reference))
    return ((_as_rows(x) - low) / np.where(high > low, high - low, 1.0)).astype(np.float32)


def _as_rows(x: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    values = x.astype(np.float64).reshape(len(x), -1)[:, :_MAX_FEATURES]
    return np.where(np.isfinite(values), values, np.nan)


def _range_by_feature(
    values_ND: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    known = np.isfinite(values_ND)
    low = np.min(values_ND, axis=0, where=known, initial=np.inf)
    high = np.max(values_ND, axis=0, where=known, initial=-np.inf)
    any_known = known.any(axis=0)
    return np.where(any_known, low, 0.0), np.where(any_known, high, 0.0)


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
        return f"{count} texts of up to {shape[0]:,} {unit}, {num_different:,} different ones"
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


def _captions(dataset: Dataset, rows: list[int]) -> tuple[str, ...]:
    if dataset.windows is not None:
        # Days need not say that they begin at midnight.
        begins = [dataset.sample_names[row] for row in rows]
        is_midnight = all(name.endswith(_MIDNIGHT) for name in begins)
        return tuple(name.removesuffix(_MIDNIGHT) if is_midnight else name for name in begins)
    if dataset.labels is not None and dataset.label_names:
        names = (*dataset.label_names, "no label")
        return tuple(names[int(dataset.labels[row])] for row in rows)
    if not dataset.sample_names:
        return tuple(str(row + 1) for row in rows)
    stems = [dataset.sample_names[row].rpartition(".")[0] for row in rows]
    names = tuple(stem or dataset.sample_names[row] for stem, row in zip(stems, rows, strict=True))
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
