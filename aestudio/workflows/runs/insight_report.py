"""All that can be seen inside the model of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aestudio.analysis.pictures import magnify_rgb8, tile_rgb8, to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.splitting import unseen_rows
from aestudio.export.csv_table import csv_bytes
from aestudio.export.pictures import write_png
from aestudio.export.spreadsheet_text import neutral_row
from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from aestudio.training.device import on_one_thread
from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.insights.registry import Finding, Insight, Material, insights_into
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_own_data

#: Enough for figures that do not change with another choice of samples.
_MOST_SAMPLES = 512
#: Pictures in files are magnified until they are about this wide.
_PICTURE_WIDTH = 56


@dataclass(frozen=True, slots=True)
class InsightReport:
    """What every insight that applies to the model has found."""

    run: Path
    model: TrainedModel
    found: tuple[tuple[Insight, Finding], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "insights": [
                {
                    "name": insight.name,
                    "title": insight.title,
                    "sentence": finding.sentence,
                    "figure": type(finding.figure).__name__.lower(),
                    "table": [] if isinstance(finding.figure, Samples) else finding.figure.table(),
                }
                for insight, finding in self.found
            ],
        }

    def lines(self) -> list[str]:
        return [f"{insight.title}: {finding.sentence}" for insight, finding in self.found]


def find_insights(
    run: str | os.PathLike[str],
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> InsightReport:
    """Look inside the best epoch of a run; raises as opening the run and reading its data do."""
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    dataset = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
    found = look_inside(model, dataset, progress=progress, is_cancelled=is_cancelled)
    return InsightReport(folder.path, model, found)


def look_inside(
    model: TrainedModel,
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> tuple[tuple[Insight, Finding], ...]:
    """Return every insight that applies to ``model`` with what it found on some of the data."""
    report = reporting(progress, is_cancelled)
    wanted = insights_into(model)
    found = []
    # A training may be going on beside this.
    with on_one_thread():
        material = _material_of(model, dataset, reporting(None, is_cancelled))
        for done, insight in enumerate(wanted):
            report(done, len(wanted))
            found.append((insight, insight.find(material)))
    report(len(wanted), len(wanted))
    return tuple(found)


def _material_of(model: TrainedModel, dataset: Dataset, report: Progress) -> Material:
    """Take samples that were held back, or of all where none were, evenly spread over the data.

    ``report`` may raise to end the work.
    """
    parts = split_dataset(dataset, model.experiment.data)
    chosen = unseen_rows(parts, _MOST_SAMPLES)
    samples = dataset.x[chosen]
    return Material(
        model=model,
        samples=samples,
        codes=model.encode(samples, report),
        feature_names=dataset.feature_names if model.kind is Kind.TABLE else (),
    )


def write_insights(report: InsightReport, out: Path) -> list[Path]:
    """Write pictures as PNG, and the numbers of all other figures as CSV, into the folder ``out``."""
    atomic.make_folder(out, parents=True, exist_ok=True)
    return [
        path
        for insight, finding in report.found
        for path in _write(insight, finding, report.model, out)
    ]


def _write(insight: Insight, finding: Finding, model: TrainedModel, out: Path) -> Iterator[Path]:
    figure = finding.figure
    if not isinstance(figure, Samples):
        path = out / f"{insight.name}.csv"
        atomic.write_bytes(path, csv_bytes(map(neutral_row, figure.table())))
        yield path
    elif model.kind is Kind.IMAGES:
        pictures = to_rgb8(figure.samples, *model.display_range)
        factor = max(1, round(_PICTURE_WIDTH / pictures.shape[2]))
        path = out / f"{insight.name}.png"
        write_png(path, tile_rgb8(magnify_rgb8(pictures, factor), figure.columns))
        yield path
