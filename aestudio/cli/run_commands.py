"""Commands about finished runs as a whole: runs, evaluate, export."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aestudio.cli.arguments import Json, OtherData, OutFolder, Run
from aestudio.cli.output import print_json, print_lines, print_report, table
from aestudio.cli.progress import ProgressDisplay


def runs(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", help="Where to look; left out: the default folder."),
    ] = None,
    json: Json = False,
) -> None:
    """List runs, the newest first."""
    from aestudio.workflows.run_listing import list_of_runs

    listing = list_of_runs(folder)
    if json:
        print_json(listing.to_json())
    else:
        print_lines(table(listing.rows()) or [f"There are no runs in {listing.folder}."])


def evaluate(run: Run, data: OtherData = None, json: Json = False) -> None:
    """Measure how well a run reconstructs samples that it has not learned from."""
    from aestudio.workflows.evaluation import evaluate as evaluate_run
    from aestudio.workflows.run_listing import find_run

    with ProgressDisplay("Evaluating") as progress:
        evaluation = evaluate_run(find_run(run), data, progress=progress)
    print_report(evaluation, json)


def export(
    run: Run,
    out: OutFolder,
    format: Annotated[
        Literal["safetensors", "onnx"],
        typer.Option(
            "--format",
            help="safetensors: weights, recipe and model card. onnx: encoder, decoder and whole, "
            "for any program that reads ONNX.",
        ),
    ],
    json: Json = False,
) -> None:
    """Export the model with its preprocessing, and check that the files compute the same."""
    from aestudio.workflows.exporting import export as export_run
    from aestudio.workflows.run_listing import find_run

    report = export_run(find_run(run), format, out)
    print_report(report, json)
