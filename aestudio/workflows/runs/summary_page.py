"""A run on one picture: its curves, pairs, map and a walk between two samples."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.interpolation import Method, interpolate
from aestudio.analysis.pictures import to_rgb8
from aestudio.analysis.projection import PlaneProjection
from aestudio.data.dataset import Kind
from aestudio.errors import RunError
from aestudio.export.page import PageContent, write_page
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, part_of, reporting

_WALK_STEPS = 13
#: Collecting what is on the page, then drawing it.
_NUM_PARTS = 2


def write_summary_page(
    run: str | os.PathLike[str],
    path: Path | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Path:
    """Draw the page of a run from its folder alone; by default it goes into ``export/``.

    Raises :class:`RunError` when the run has no preview yet.
    """
    report = reporting(progress, is_cancelled)
    collecting, drawing = (part_of(report, place, _NUM_PARTS) for place in range(_NUM_PARTS))
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    epochs = folder.preview_epochs()
    samples = folder.samples()
    if samples is None or not epochs:
        raise RunError(
            "the run has no preview yet.", subject=folder.path, next_step="Train it first."
        )
    target = path or folder.path / "export" / "page.png"
    collecting(1, 4)
    metrics = folder.metrics()
    preview = folder.preview(epochs[-1])
    projection = PlaneProjection.fit(preview.codes)
    collecting(2, 4)
    codes = model.encode(samples.picture_samples)
    method: Method = "slerp" if model.is_generative else "linear"
    # The first two pictures have different labels, where there are labels.
    walk = model.decode(interpolate(codes[0], codes[min(1, len(codes) - 1)], _WALK_STEPS, method))
    collecting(3, 4)
    write_page(
        target,
        PageContent(
            title=folder.info.name,
            facts=_facts(folder),
            train=_curves(metrics.epochs, metrics.train),
            validation=_curves(metrics.epochs, metrics.validation),
            originals=_drawn(model, samples.picture_samples),
            reconstructions=_drawn(model, model.decode(codes)),
            map_points=projection.to_plane(preview.codes),
            map_labels=samples.map_labels,
            label_names=folder.label_names,
            map_caption=projection.caption,
            walk=_drawn(model, walk),
            walk_caption="along an arc" if method == "slerp" else "along a straight line",
        ),
        drawing,
    )
    return target


def _facts(folder: RunFolder) -> tuple[str, ...]:
    info = folder.info
    return (
        f"{info.data.name}, {info.data.num_samples:,} samples",
        f"{info.recipe.autoencoder}, {info.recipe.network}",
        f"code of {info.recipe.code_size}",
        f"{info.progress.epoch} epochs in {info.progress.elapsed_s:.0f} s",
        f"best epoch {info.progress.best_epoch}",
    )


def _curves(
    epochs: npt.NDArray[np.integer[Any]], terms: Mapping[str, npt.NDArray[np.floating[Any]]]
) -> dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    x = epochs.astype(np.float64)
    return {name: (x, values.astype(np.float64)) for name, values in terms.items()}


def _drawn(model: TrainedModel, samples: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Pictures as 8-bit RGB; other samples as numbers in model scale, where features compare."""
    if model.kind is Kind.IMAGES:
        low, high = model.display_range
        return to_rgb8(samples, low, high)
    return model.to_model_scale(samples)
