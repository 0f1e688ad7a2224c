"""A look inside the model of a run."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.cli.arguments import Json, Run
from aestudio.cli.output import print_json, print_lines
from aestudio.cli.progress import ProgressDisplay


def insights(
    run: Run,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Where to write the pictures (PNG) and the numbers behind the figures (CSV).",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Look inside the model: what each number of the code says, and what is special about its type."""
    from aestudio.workflows.runs.insight_report import find_insights, write_insights
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Looking inside") as progress:
        report = find_insights(find_run(run), progress=progress)
    files = [] if out is None else write_insights(report, out)
    if json:
        print_json({**report.to_json(), "files": files})
    else:
        print_lines([*report.lines(), *map(str, files)])
