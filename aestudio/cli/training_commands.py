"""Commands that train: train, resume."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.cli.arguments import Config, Data, Epochs, Json, Run, Seed, Settings
from aestudio.cli.data_reading import source_of
from aestudio.cli.output import print_note, print_report
from aestudio.cli.progress import ProgressDisplay
from aestudio.cli.training_view import Outcome, follow
from aestudio.training.control import Control


def train(
    data: Data,
    config: Config = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="RUN",
            help="The run folder, or that of the runs of several data sets; left out: a new default one.",
        ),
    ] = None,
    epochs: Epochs = None,
    seed: Seed = None,
    json: Json = False,
) -> int:
    """Train on DATA; where that holds several data sets, on each in a run of its own.

    What is not set is chosen for the data. --config overrides that choice, --set overrides --config, --epochs and --seed come last.

    Ctrl+C stops after the current batch and keeps what has been learned.
    """
    from aestudio.cli.several_sets_view import follow_each
    from aestudio.runs.folder import check_run_place
    from aestudio.workflows.datasets.collection import Collection, read_or_survey
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.training import start_training_on

    check_run_place(out)
    given = Given.collect(
        config=config,
        settings=settings or (),
        last={"training.epochs": epochs, "training.seed": seed},
    )
    source = source_of(data)
    with ProgressDisplay("Reading") as progress:
        dataset = read_or_survey(source, given.data_options(source), progress=progress)
    if isinstance(dataset, Collection):
        return follow_each(dataset, given, out, json)
    for finding in dataset.findings:
        print_note(str(finding))
    control = Control()
    with ProgressDisplay("Preparing") as progress:
        session = start_training_on(dataset, given, out, control, progress=progress)
    for note in session.notes:
        print_note(f"Note: {note}")
    return _finish(follow(session, control), json)


def resume(run: Run, epochs: Epochs = None, json: Json = False) -> int:
    """Go on with a run that was stopped, killed, or has finished and gets more --epochs."""
    from aestudio.workflows.runs.run_listing import find_run
    from aestudio.workflows.training import resume_training

    control = Control()
    with ProgressDisplay("Reading") as progress:
        session = resume_training(find_run(run), control, epochs=epochs, progress=progress)
    for note in session.notes:
        print_note(f"Note: {note}")
    return _finish(follow(session, control), json)


def _finish(outcome: Outcome, as_json: bool) -> int:
    print_report(outcome, as_json)
    if outcome.was_stopped:
        print_note(f"Stopped. Go on with: aestudio resume {outcome.quoted_run}")
    return outcome.exit_code
