"""Whole images as a model sees them, as a folder.

NAME-reconstruction.png   the reconstruction, in the image's own size
NAME-reconstruction.npy   the same in its own number type, (C, H, W), where PNG cannot keep it
NAME-error.npy            squared error of every pixel in model scale, (H, W)
NAME-error.png            its square root as a picture: the brighter, the worse
errors.csv                mean and worst place of every image
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Kind
from aestudio.data.images.pictures import Pictures
from aestudio.data.reading import read_pictures
from aestudio.errors import DataError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.npy_file import npy_bytes
from aestudio.export.pictures import write_png
from aestudio.export.spreadsheet_text import neutral_row
from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.models.whole_images import (
    ImageReconstruction,
    reconstruct_image,
    why_blended,
)
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import is_cut, reading_options

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageErrors:
    """How far one image is from its reconstruction, in model scale."""

    name: str
    height: int
    width: int
    #: Mean over all pixels and channels.
    mean_squared_error: float
    worst_row: int
    worst_column: int
    worst_squared_error: float

    @classmethod
    def of(cls, name: str, found: ImageReconstruction) -> ImageErrors:
        row, column = found.worst_place
        height, width = found.squared_error.shape
        return cls(
            name=name,
            height=height,
            width=width,
            mean_squared_error=float(found.squared_error.mean(dtype=np.float64)),
            worst_row=row,
            worst_column=column,
            worst_squared_error=float(found.squared_error[row, column]),
        )


@dataclass(frozen=True, slots=True)
class WholeImagesReport:
    folder: Path
    images: tuple[ImageErrors, ...]
    #: Why the images were joined from patches; empty where they are as in one pass.
    blended_because: str
    files: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "images": [asdict(image) for image in self.images],
            "blended_because": self.blended_because,
            "files": [str(path) for path in self.files],
        }

    def lines(self) -> list[str]:
        lines = [
            f"{image.name}: {image.width} x {image.height} pixels, mean squared error "
            f"{image.mean_squared_error:.6g}, worst {image.worst_squared_error:.6g} at row "
            f"{image.worst_row:,}, column {image.worst_column:,}"
            for image in self.images
        ]
        if self.blended_because:
            lines.append(f"Joined from overlapping patches, because {self.blended_because}.")
        return [*lines, *map(str, self.files)]


def holds_whole_images(folder: RunFolder, data: str | os.PathLike[str] | None) -> bool:
    """Whether what is to be reconstructed is whole images, of which the run has learned patches."""
    options = folder.experiment.data
    if Kind(folder.info.data.kind) is not Kind.IMAGES:
        return False
    return options.patch_size is not None or is_cut(
        folder, options.source if data is None else data
    )


def reconstruct_images_to_folder(
    folder: RunFolder,
    data: str | os.PathLike[str] | None,
    out: Path,
    *,
    max_pictures: int,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> WholeImagesReport:
    """Reconstruct every image of ``data``, or of the run's own data, into the folder ``out``."""
    model = TrainedModel.open(folder)
    source, options = reading_options(folder, data)
    pictures = read_pictures(source, options, progress=progress, is_cancelled=is_cancelled)
    if len(pictures.images[0]) != model.shape[0]:
        raise DataError(
            f"its images have {len(pictures.images[0])} channels, the run has learned images with "
            f"{model.shape[0]}.",
            subject=source,
            next_step="Give images of the same colours.",
        )
    atomic.make_folder(out, parents=True, exist_ok=True)
    report = reporting(progress, is_cancelled)
    errors: list[ImageErrors] = []
    files: list[Path] = []
    stems = _stems(pictures)
    for index, (name, image) in enumerate(zip(pictures.names, pictures.images, strict=True)):

        def told(done: int, total: int, before: int = index) -> None:
            report(before * total + done, len(pictures.images) * total)

        found = reconstruct_image(model, image, progress=told)
        errors.append(ImageErrors.of(name, found))
        is_drawn = index < max_pictures
        files += _write(out, stems[index], found, model.display_range, is_drawn=is_drawn)
    table = out / "errors.csv"
    atomic.write_bytes(table, _table(errors))
    return WholeImagesReport(out, tuple(errors), why_blended(model), (*files, table))


def _write(
    out: Path,
    stem: str,
    found: ImageReconstruction,
    display_range: tuple[float, float],
    *,
    is_drawn: bool,
) -> list[Path]:
    image, error = found.image, found.squared_error
    files = [out / f"{stem}-error.npy"]
    atomic.write_bytes(files[0], npy_bytes(error))
    is_plain = image.dtype == np.uint8 and len(image) in (1, 3)
    if not (is_plain and is_drawn):
        files.append(out / f"{stem}-reconstruction.npy")
        atomic.write_bytes(files[-1], npy_bytes(image))
    if is_drawn:
        low, high = (0.0, 255.0) if image.dtype == np.uint8 else display_range
        largest = float(error.max()) or 1.0
        for what, drawn, black, white in (
            ("reconstruction", image, low, high),
            ("error", np.sqrt(error)[None], 0.0, largest**0.5),
        ):
            files.append(out / f"{stem}-{what}.png")
            write_png(files[-1], to_rgb8(drawn[None], black, white)[0])
    return files


def _stems(pictures: Pictures) -> list[str]:
    """Return the beginning of each image's files: its name in letters that every disk takes."""
    plain = [re.sub(r"[^\w.-]+", "-", os.path.splitext(name)[0]) for name in pictures.names]
    if len(set(plain)) == len(plain):
        return plain
    return [f"{index:04d}-{stem}" for index, stem in enumerate(plain)]


def _table(errors: Sequence[ImageErrors]) -> bytes:
    heads = list(asdict(errors[0]))
    rows = (neutral_row(asdict(one).values()) for one in errors)
    return csv_bytes([heads, *rows])
