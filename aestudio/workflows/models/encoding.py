"""The code of every sample, as a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.export.codes import CodeTable, check_codes_place, write_codes
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_data_for


@dataclass(frozen=True, slots=True)
class EncodingReport:
    path: Path
    num_samples: int
    code_size: int

    def to_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "num_samples": self.num_samples,
            "code_size": self.code_size,
        }

    def lines(self) -> list[str]:
        return [f"{self.num_samples:,} codes of {self.code_size} numbers: {self.path}"]


def encode_to_file(
    run: str | os.PathLike[str],
    data: str | os.PathLike[str] | None,
    out: Path,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> EncodingReport:
    """Encode the run's own data, or other data of the same shape; the suffix decides the format."""
    check_codes_place(out)
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    dataset = read_data_for(folder, data, progress=progress, is_cancelled=is_cancelled)
    codes = model.encode(dataset.x, reporting(progress, is_cancelled))
    write_codes(
        out,
        CodeTable(
            codes=codes,
            rows=np.arange(dataset.num_samples),
            labels=label_texts(dataset),
            sample_names=dataset.sample_names,
        ),
    )
    return EncodingReport(out, dataset.num_samples, model.code_size)


def label_texts(dataset: Dataset) -> tuple[str, ...]:
    """The label of each sample in words, empty where it has none; () where nothing is labelled."""
    if dataset.labels is None:
        return ()
    # The last entry serves -1, which stands for no label.
    names = (*dataset.label_names, "")
    return tuple(names[label] for label in dataset.labels)
