"""What the data sheet says about a dataset, worked out away from the window's thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Dataset, Kind

_NUM_TILES = 96
_MAX_FEATURES = 64
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
    #: (N, D) with values in 0..1 for everything else, otherwise None.
    profiles: npt.NDArray[np.float32] | None
    captions: tuple[str, ...]
    #: (label, how many samples have it), as many as can be read.
    label_counts: tuple[tuple[str, int], ...]


def describe(dataset: Dataset, reader_title: str = "") -> SheetContent:
    """Return the content of the sheet; looks at a few samples only, so it is quick for any size."""
    rows = sample_rows(dataset.num_samples, _NUM_TILES)
    is_images = dataset.kind == Kind.IMAGES
    return SheetContent(
        dataset=dataset,
        taken_for=_taken_for(dataset),
        facts=_facts(dataset, reader_title),
        pictures=pictures_of(dataset, rows) if is_images else None,
        profiles=None if is_images else profiles_of(dataset, rows),
        captions=tuple(_caption(dataset, int(row)) for row in rows),
        label_counts=_label_counts(dataset),
    )


def sample_rows(num_samples: int, count: int) -> npt.NDArray[np.int64]:
    """Return up to ``count`` rows spread evenly over the dataset."""
    return np.linspace(0, num_samples - 1, num=min(count, num_samples)).astype(np.int64)


def pictures_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return the given images as (N, H, W, 3)."""
    x = np.asarray(dataset.x[rows])
    low, high = 0.0, 255.0
    if x.dtype != np.uint8:
        finite = x[np.isfinite(x)] if np.issubdtype(x.dtype, np.floating) else x
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return to_rgb8(x, low, high)


def profiles_of(dataset: Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return the given samples as lines, each feature stretched to 0..1 over these samples."""
    values = np.asarray(dataset.x[rows], dtype=np.float64).reshape(len(rows), -1)[:, :_MAX_FEATURES]
    values = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(values)
    low = np.min(values, axis=0, where=known, initial=np.inf)
    high = np.max(values, axis=0, where=known, initial=-np.inf)
    span = np.where(high > low, high - low, 1.0)
    stretched = (values - np.where(np.isfinite(low), low, 0.0)) / span
    return stretched.astype(np.float32)


def _taken_for(dataset: Dataset) -> str:
    count = f"{dataset.num_samples:,}"
    shape = dataset.shape
    if dataset.kind == Kind.IMAGES:
        channels, height, width = shape
        color = _CHANNELS.get(channels, f"{channels} channels")
        return f"{count} images of {width} \N{MULTIPLICATION SIGN} {height} pixels, {color}"
    if dataset.kind == Kind.TABLE:
        return f"A table of {count} rows with {shape[0]:,} numbers each"
    return f"{count} sequences of {shape[0]:,} steps with {shape[1]:,} values each"


def _facts(dataset: Dataset, reader_title: str) -> tuple[tuple[str, str], ...]:
    facts = [("Read from", dataset.source)]
    if reader_title:
        facts.append(("Format", reader_title))
    facts.append(("Stored as", _number_type(dataset.x.dtype)))
    facts.append(("Numbers per sample", f"{dataset.num_features:,}"))
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


def _caption(dataset: Dataset, row: int) -> str:
    if dataset.labels is not None and dataset.label_names:
        label = int(dataset.labels[row])
        return dataset.label_names[label] if label >= 0 else "no label"
    return dataset.sample_names[row] if dataset.sample_names else str(row + 1)


def _label_counts(dataset: Dataset) -> tuple[tuple[str, int], ...]:
    if dataset.labels is None or not dataset.label_names:
        return ()
    known = dataset.labels[dataset.labels >= 0]
    counts = np.bincount(known, minlength=len(dataset.label_names))
    named = [(name, int(count)) for name, count in zip(dataset.label_names, counts, strict=False)][
        :_LABELS_SHOWN
    ]
    num_without = dataset.num_samples - len(known)
    if num_without:
        named.append(("no label", num_without))
    return tuple(named)
