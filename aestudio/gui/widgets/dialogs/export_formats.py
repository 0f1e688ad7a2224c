"""What a run can be exported as, and the work behind each; called outside the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aestudio.errors import StudioError
from aestudio.gui.background import TaskReport

#: (run folder, target folder, where progress is told) -> what was written, in words
Work = Callable[[Path, Path, TaskReport], list[str]]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One entry of the dialog."""

    name: str
    title: str
    help: str
    work: Work


def _model(format_name: Literal["onnx", "safetensors"]) -> Work:
    def work(run: Path, folder: Path, report: TaskReport) -> list[str]:
        from aestudio.workflows.models.exporting import export

        written = export(
            run,
            format_name,
            folder / format_name,
            progress=report.progress,
            is_cancelled=report.is_cancelled,
        )
        return written.lines()

    return work


def _codes(suffix: str) -> Work:
    def work(run: Path, folder: Path, report: TaskReport) -> list[str]:
        from aestudio.runs.atomic import make_folder
        from aestudio.workflows.models.encoding import encode_to_file

        make_folder(folder, parents=True, exist_ok=True)
        written = encode_to_file(
            run,
            None,
            folder / f"codes.{suffix}",
            progress=report.progress,
            is_cancelled=report.is_cancelled,
        )
        return written.lines()

    return work


def _filled_in(run: Path, folder: Path, report: TaskReport) -> list[str]:
    from aestudio.runs.atomic import make_folder
    from aestudio.runs.folder import RunFolder
    from aestudio.workflows.models.imputation import impute_to_file

    make_folder(folder, parents=True, exist_ok=True)
    suffix = "csv" if RunFolder.open(run).info.data.kind == "table" else "npz"
    written = impute_to_file(
        run,
        None,
        folder / f"filled-in.{suffix}",
        progress=report.progress,
        is_cancelled=report.is_cancelled,
    )
    return written.lines()


def _page(run: Path, folder: Path, report: TaskReport) -> list[str]:
    from aestudio.workflows.runs.summary_page import write_summary_page

    page = write_summary_page(
        run,
        folder / "page.png",
        progress=report.progress,
        is_cancelled=report.is_cancelled,
    )
    return [f"The page: {page}"]


EXPORT_FORMATS = (
    ExportFormat(
        "onnx",
        "ONNX, for other programs",
        "Encoder, decoder and the whole model, with the scaling inside. Each file is run again at "
        "once, and the largest difference from the model is shown.",
        _model("onnx"),
    ),
    ExportFormat(
        "safetensors",
        "safetensors, for Python",
        "The weights with the recipe, the scaling and a model card.",
        _model("safetensors"),
    ),
    ExportFormat(
        "csv",
        "Codes as a table (CSV)",
        "What the encoder keeps of every sample, with labels, for spreadsheets.",
        _codes("csv"),
    ),
    ExportFormat(
        "parquet",
        "Codes as Parquet",
        "The same for pandas and databases: smaller, and exact to the last digit.",
        _codes("parquet"),
    ),
    ExportFormat(
        "npz",
        "Codes as NPZ",
        "The same for NumPy.",
        _codes("npz"),
    ),
    ExportFormat(
        "filled_in",
        "Data with its gaps filled in",
        "The model puts in what is missing, tried first on values that are known.",
        _filled_in,
    ),
    ExportFormat(
        "page",
        "One page (PNG)",
        "Curves, pairs, the latent map and a walk between two samples. Single figures are saved "
        "with the button above each view.",
        _page,
    ),
)


def formats_for(run: Path) -> tuple[ExportFormat, ...]:
    """Return what this run can be exported as: filled in is only what can have gaps."""
    from aestudio.runs.folder import RunFolder

    try:
        may_have_gaps = RunFolder.open(run).info.data.may_have_gaps
    except StudioError:
        # What is wrong with the run is said by the export itself.
        return EXPORT_FORMATS
    return tuple(one for one in EXPORT_FORMATS if may_have_gaps or one.name != "filled_in")
