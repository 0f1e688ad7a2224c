"""The command that sets trained runs side by side."""

from typing import Annotated

import typer

from aestudio.cli.arguments import Json
from aestudio.cli.output import print_json, print_lines, table
from aestudio.cli.progress import ProgressDisplay


def compare_runs(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Two to six run folders, or names of runs in the default folder.",
        ),
    ],
    json: Json = False,
) -> None:
    """Say what differs between runs, in their recipes and in what came of them."""
    from aestudio.workflows.comparison.run_comparison import compare_runs as compare
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Comparing") as progress:
        comparison = compare([find_run(run) for run in runs], progress=progress)
    if json:
        print_json(comparison.to_json())
    else:
        print_lines([*table(comparison.rows()), "", "* the best of its row"])
        print_lines(comparison.remarks())
