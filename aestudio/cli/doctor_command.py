"""The training doctor on the command line."""

from aestudio.cli.arguments import Json, Run
from aestudio.cli.output import print_report
from aestudio.cli.progress import ProgressDisplay


def doctor(run: Run, json: Json = False) -> None:
    """Say what is wrong with a run, such as overfitting or dead units, and what to try."""
    from aestudio.workflows.runs.diagnosis import diagnose_run
    from aestudio.workflows.runs.run_listing import find_run

    with ProgressDisplay("Reading") as progress:
        report = diagnose_run(find_run(run), progress=progress)
    print_report(report, json)
