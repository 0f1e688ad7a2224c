"""Commands about finished runs as a whole: runs, evaluate, denoise, export."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aestudio.cli.arguments import Json, OtherData, OutFolder, Run
from aestudio.cli.output import print_json, print_lines, print_report, table
from aestudio.cli.progress import ProgressDisplay


def runs(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Where to look; left out: the default folder."),
    ] = None,
    json: Json = False,
) -> None:
    """List runs, the newest first."""
    from aestudio.workflows.runs.run_listing import list_of_runs

    listing = list_of_runs(folder)
    if json:
        print_json(listing.to_json())
    else:
        print_lines(table(listing.rows()) or [f"There are no runs in {listing.folder}."])


def evaluate(run: Run, data: OtherData = None, json: Json = False) -> None:
    """Measure how well a run reconstructs samples that it has not learned from."""
    from aestudio.workflows.judging.evaluation import evaluate as evaluate_run
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Evaluating") as progress:
        evaluation = evaluate_run(find_run(run), data, progress=progress)
    print_report(evaluation, json)


def denoise(
    run: Run,
    out: OutFolder,
    data: OtherData = None,
    corruption: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The damage: gaussian, salt_and_pepper, masking, speckle, poisson, missing_block "
            "or blur. Left out: what the run learned to repair, or gaussian.",
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=0.0,
            help="How strong, the same for all samples; 'aestudio options strength' says in which "
            "unit. Left out: as the run learned it.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="Another number draws other noise.")
    ] = 0,
    json: Json = False,
) -> None:
    """Damage samples that a run has not learned from, let it restore them, and compare."""
    from aestudio.workflows.judging.denoising import evaluate_denoising
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Restoring") as progress:
        evaluation = evaluate_denoising(
            find_run(run),
            data,
            corruption=corruption,
            strength=strength,
            out=out,
            seed=seed,
            progress=progress,
        )
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
    from aestudio.workflows.models.exporting import export as export_run
    from aestudio.workflows.runs.run_listing import find_run

    report = export_run(find_run(run), format, out)
    print_report(report, json)
