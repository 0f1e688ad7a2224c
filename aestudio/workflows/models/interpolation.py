"""The way from one code to another, decoded into one picture or, for tokens, into lines of text."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.interpolation import Method, interpolate
from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import OptionError, RunError
from aestudio.export.pictures import check_walk_place, write_walk
from aestudio.export.texts import check_text_place, write_texts
from aestudio.runs.folder import RunFolder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.runs.run_data import read_data_for

Floats = npt.NDArray[np.float32]

_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class InterpolationReport:
    path: Path
    method: Method
    #: The codes on the way, (K, L).
    codes: Floats
    #: What tokens were written, one text for each step; empty for pictures.
    texts: tuple[str, ...] = ()

    @property
    def num_steps(self) -> int:
        return len(self.codes)

    def to_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "method": self.method,
            "num_steps": self.num_steps,
            "codes": self.codes.tolist(),
            **({"texts": list(self.texts)} if self.texts else {}),
        }

    def lines(self) -> list[str]:
        return [*self.texts, f"{self.num_steps} steps: {self.path}"]


def interpolate_to_file(
    run: str | os.PathLike[str],
    a: str,
    b: str,
    out: Path,
    *,
    num_steps: int = 9,
    method: Method | None = None,
    label: str | None = None,
) -> InterpolationReport:
    """Write a strip (``.png``) or a moving picture (``.gif``) of ``num_steps`` decoded codes.

    Of tokens that is a text file (``.txt``) with a line for each. ``a`` and ``b`` are row numbers of
    the run's data, codes as numbers with commas, or texts for models of such. Without a
    ``method`` the arc is taken for generative models and the line for others. A model that is
    conditional on labels decodes all of them as samples of ``label``, the name of one.
    """
    if not 2 <= num_steps <= _MOST_STEPS:
        raise OptionError(
            f"the number of steps is from 2 to {_MOST_STEPS} (given: {num_steps}).",
            subject="steps",
            next_step="Try 9.",
        )
    folder = RunFolder.open(run)
    kind = Kind(folder.info.data.kind)
    if kind not in (Kind.IMAGES, Kind.TOKENS):
        raise RunError(
            f"the run has learned from {kind}, not from images or tokens; there is nothing to draw.",
            subject=folder.path,
            next_step="Use 'aestudio encode', or decode codes from Python with aestudio.load.",
        )
    (check_walk_place if kind is Kind.IMAGES else check_text_place)(out)
    model = TrainedModel.open(folder)
    method = method or ("slerp" if model.is_generative else "linear")
    dataset = read_data_for(folder) if _is_row(a) or _is_row(b) else None
    ends = [_code(model, dataset, text, name) for text, name in ((a, "A"), (b, "B"))]
    codes = interpolate(ends[0], ends[1], num_steps, method)
    samples = model.decode(codes, labels=label)
    if kind is Kind.TOKENS:
        texts = model.texts(samples)
        write_texts(out, texts)
        return InterpolationReport(out, method, codes, texts)
    low, high = model.display_range
    write_walk(out, to_rgb8(samples, low, high))
    return InterpolationReport(out, method, codes)


def _is_row(text: str) -> bool:
    return text.strip().isdecimal()


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[-+.,eE\d\s]*", text) is not None and any(map(str.isdigit, text))


def _code(model: TrainedModel, dataset: Dataset | None, text: str, name: str) -> Floats:
    if _is_row(text) and dataset is not None:
        row = int(text)
        if row >= dataset.num_samples:
            raise OptionError(
                f"there is no row {row:,} in data of {dataset.num_samples:,} samples.",
                subject=name,
                next_step=f"Rows are counted from 0 to {dataset.num_samples - 1:,}.",
            )
        return np.asarray(model.encode(dataset.x[row : row + 1])[0])
    if (tokens := model.tokens([text])) is not None and not _is_code(text):
        return np.asarray(model.encode(tokens)[0])
    try:
        numbers = np.array([float(part) for part in text.split(",") if part.strip()], np.float32)
    except ValueError:
        numbers = np.array([], np.float32)
    if len(numbers) != model.code_size or not np.isfinite(numbers).all():
        example = ",".join(["0.5", "-1.2", "0"][: model.code_size]) + (
            ",..." if model.code_size > 3 else "," if model.code_size == 1 else ""
        )
        raise OptionError(
            f"'{text}' is neither a row number nor a code of {model.code_size} numbers.",
            subject=name,
            next_step=f"Give a row such as 12, or a code such as {example}.",
        )
    return numbers
