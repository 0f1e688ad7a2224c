"""What a model makes of samples, as a folder; whole images are in whole_image_files.

reconstructions.npy         all of them, in the data's own scale and number type
reconstructions.txt         of tokens, what they say, a line each
reconstructions.csv         of tables with categories, truth values or dates: the rows in words
errors.csv                  how far each is from its original
reconstruction-000012.png   pictures of the first ones
comparison.png              originals, reconstructions and differences side by side; of series each
                            with its axis of time
series.csv                  of windows: the whole series step by step, with reconstruction and error
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aestudio.analysis.pictures import difference_rgb8, side_by_side_rgb8, to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.splitting import evenly_spaced
from aestudio.errors import OutputError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.npy_file import npy_header
from aestudio.export.pictures import write_png
from aestudio.export.series_figure import draw_series
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.export.texts import write_texts
from aestudio.preprocess.table import TableScaling
from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.encoding import label_texts
from aestudio.workflows.models.scaled_model import squared_errors
from aestudio.workflows.models.table_words import words_of_rows
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.models.whole_image_files import (
    WholeImagesReport,
    holds_whole_images,
    reconstruct_images_to_folder,
)
from aestudio.workflows.models.whole_images import as_stored
from aestudio.workflows.models.whole_series import MOST_ROWS, JoinedWindows
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_data_for

_COMPARED = 24
_SERIES_COMPARED = 8
_FILE_SUFFIXES = (".npy", ".npz", ".csv", ".parquet", ".png", ".gif")


@dataclass(frozen=True, slots=True)
class ReconstructionReport:
    folder: Path
    num_samples: int
    #: Squared error summed over features in model scale, averaged over samples.
    squared_error: float
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "num_samples": self.num_samples,
            "squared_error": self.squared_error,
            "files": [str(path) for path in self.files],
        }

    def lines(self) -> list[str]:
        return [f"{self.num_samples:,} reconstructions: {self.folder}", *map(str, self.files)]


def reconstruct_to_folder(
    run: str | os.PathLike[str],
    data: str | os.PathLike[str] | None,
    out: Path,
    *,
    max_pictures: int = 100,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> ReconstructionReport | WholeImagesReport:
    """Reconstruct the run's own data, or other data of the same shape, into the folder ``out``.

    For runs that have learned patches, and for a picture file, that is images of any size.
    """
    _check_place(out)
    folder = RunFolder.open(run)
    if holds_whole_images(folder, data):
        return reconstruct_images_to_folder(
            folder,
            data,
            out,
            max_pictures=max_pictures,
            progress=progress,
            is_cancelled=is_cancelled,
        )
    model = TrainedModel.open(folder)
    dataset = read_data_for(folder, data, progress=progress, is_cancelled=is_cancelled)
    atomic.make_folder(out, parents=True, exist_ok=True)
    job = _Reconstruction(model, dataset, reporting(progress, is_cancelled))
    arrays_path, errors_path = out / "reconstructions.npy", out / "errors.csv"
    # Written block by block: the reconstructions of large data need not fit the memory.
    atomic.write_chunks(arrays_path, job.npy_chunks())
    atomic.write_bytes(errors_path, job.error_table())
    files = [arrays_path, errors_path]
    if job.texts:
        files.append(out / "reconstructions.txt")
        write_texts(files[-1], job.texts)
    if isinstance(model.scaling, TableScaling) and dataset.columns:
        files.append(out / "reconstructions.csv")
        report = reporting(progress, is_cancelled)
        atomic.write_chunks(files[-1], words_of_rows(model, model.scaling, dataset, report))
    if dataset.kind is Kind.IMAGES:
        files += _write_pictures(model, dataset, out, max_pictures)
    if dataset.kind is Kind.SEQUENCES:
        files += _write_series(model, dataset, out, job.joined)
    return ReconstructionReport(
        out, dataset.num_samples, float(job.squared_errors.mean()), tuple(files)
    )


def _check_place(out: Path) -> None:
    if out.suffix.lower() in _FILE_SUFFIXES and not out.is_dir():
        raise OutputError(
            f"reconstructions are several files in a folder, not one {out.suffix} file.",
            subject=out,
            next_step="Choose the name of a folder.",
        )
    atomic.check_folder(out)


class _Reconstruction:
    """One pass over the samples, which gives the array file and the errors."""

    def __init__(self, model: TrainedModel, dataset: Dataset, report: Progress) -> None:
        self._model = model
        self._dataset = dataset
        self._report = report
        self.squared_errors = np.zeros(dataset.num_samples)
        #: The series that windows were cut from; None for all other data.
        self.joined = None if dataset.windows is None else JoinedWindows(dataset, dataset.windows)
        #: Of tokens, what the reconstructions say.
        self.texts: list[str] = []

    def npy_chunks(self) -> Iterator[bytes]:
        dataset = self._dataset
        number_type = (
            dataset.x.dtype if dataset.x.dtype.kind in "iu" else np.dtype(np.float32)
        ).newbyteorder("<")
        yield npy_header(dataset.x.shape, number_type)
        for rows in self._model.blocks(dataset.num_samples):
            target = self._model.to_model_scale(dataset.x[rows])
            output = self._model.reconstruct_scaled(target)
            difference = self._model.difference(dataset.x[rows], target, output)
            self.squared_errors[rows] = squared_errors(difference)
            restored = self._model.scaling.inverse(output)
            if dataset.kind is Kind.TOKENS:
                self.texts += self._model.texts(restored)
            if self.joined is not None:
                squares = np.square(difference).reshape(*restored.shape).mean(axis=2)
                self.joined.add(rows, restored, squares)
            yield as_stored(restored, number_type).tobytes()
            self._report(rows.stop, dataset.num_samples)

    def error_table(self) -> bytes:
        """Rows, names, labels and squared errors as CSV."""
        dataset, labels = self._dataset, label_texts(self._dataset)
        heads = ["row"] + ["sample"] * bool(dataset.sample_names) + ["label"] * bool(labels)
        columns = [names for names in (dataset.sample_names, labels) if names]
        lines = (
            [row, *(neutral_text(names[row]) for names in columns), f"{error:.9g}"]
            for row, error in enumerate(self.squared_errors)
        )
        return csv_bytes([[*heads, "squared_error"], *lines])


def _write_series(
    model: TrainedModel, dataset: Dataset, out: Path, joined: JoinedWindows | None
) -> list[Path]:
    rows = evenly_spaced(np.arange(dataset.num_samples), _SERIES_COMPARED)
    originals = np.asarray(dataset.x[rows])
    names = dataset.sample_names
    comparison = out / "comparison.png"
    write_png(
        comparison,
        draw_series(
            originals,
            model.reconstruct(originals),
            names=[names[row] if names else f"row {row}" for row in rows.tolist()],
            moments=None if dataset.times is None else dataset.times.moments_of(rows),
            channel_names=dataset.feature_names,
        ),
    )
    if joined is None or joined.num_rows > MOST_ROWS:
        return [comparison]
    table = out / "series.csv"
    atomic.write_bytes(table, csv_bytes(joined.rows()))
    return [comparison, table]


def _write_pictures(
    model: TrainedModel, dataset: Dataset, out: Path, max_pictures: int
) -> list[Path]:
    low, high = model.display_range
    originals = dataset.x[: min(max_pictures, dataset.num_samples)]
    reconstructions = model.reconstruct(originals)
    pictures = to_rgb8(reconstructions, low, high)
    paths = [out / f"reconstruction-{row:06d}.png" for row in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        write_png(path, picture)
    comparison = out / "comparison.png"
    shown = slice(0, _COMPARED)
    versions = [
        to_rgb8(originals[shown], low, high),
        pictures[shown],
        difference_rgb8(originals[shown], reconstructions[shown], low, high),
    ]
    write_png(comparison, side_by_side_rgb8(versions))
    return [*paths, comparison]
