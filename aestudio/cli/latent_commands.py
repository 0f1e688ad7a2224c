"""Commands that go through the code: encode, reconstruct, impute, interpolate."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aestudio.cli.arguments import Json, OtherData, OutFile, OutFolder, Run
from aestudio.cli.output import print_report
from aestudio.cli.progress import ProgressDisplay

_END_HELP = (
    "A row number of the run's data, a code as numbers with commas, such as 0.5,-1.2, or a text for "
    "runs that have learned from texts."
)


def encode(run: Run, out: OutFile, data: OtherData = None, json: Json = False) -> None:
    """Write the code of every sample to FILE: .csv, .parquet or .npz."""
    from aestudio.workflows.models.encoding import encode_to_file
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Encoding") as progress:
        report = encode_to_file(find_run(run), data, out, progress=progress)
    print_report(report, json)


def reconstruct(
    run: Run,
    out: OutFolder,
    data: OtherData = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, help="How many pictures to write; the arrays hold all samples."
        ),
    ] = 100,
    json: Json = False,
) -> None:
    """Write what the model makes of every sample: arrays, and pictures where there are any."""
    from aestudio.workflows.models.reconstruction import reconstruct_to_folder
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Reconstructing") as progress:
        report = reconstruct_to_folder(
            find_run(run), data, out, max_pictures=limit, progress=progress
        )
    print_report(report, json)


def impute(
    run: Run,
    out: OutFile,
    data: OtherData = None,
    seed: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Another number hides other values for the trial."),
    ] = 0,
    json: Json = False,
) -> None:
    """Fill in missing values, and say how well known ones are filled in when they are hidden.

    Tables are written as .csv or .parquet, any samples as .npy or .npz.
    """
    from aestudio.workflows.models.imputation import impute_to_file
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Filling in") as progress:
        report = impute_to_file(find_run(run), data, out, seed=seed, progress=progress)
    print_report(report, json)


def interpolate(
    run: Run,
    a: Annotated[str, typer.Argument(metavar="A", help=_END_HELP)],
    b: Annotated[str, typer.Argument(metavar="B", help=_END_HELP)],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="The picture to write, .png or .gif; for tokens .txt."
        ),
    ],
    steps: Annotated[
        int, typer.Option(metavar="N", help="How many pictures, both ends included.")
    ] = 9,
    method: Annotated[
        Literal["linear", "slerp"] | None,
        typer.Option(
            help="A straight line, or an arc around the origin. "
            "Left out: the arc for variational runs, the line for others."
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Decode all points as samples of this label (runs that are conditional on labels).",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Decode points on the way from one code to another and write them as one picture or text."""
    from aestudio.workflows.models.interpolation import interpolate_to_file
    from aestudio.workflows.runs.run_listing import find_run

    report = interpolate_to_file(
        find_run(run), a, b, out, num_steps=steps, method=method, label=label
    )
    print_report(report, json)
