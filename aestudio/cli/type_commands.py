"""Commands about types of autoencoders: types, compare."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.cli.arguments import Data, Epochs, Json, Seed, Settings
from aestudio.cli.data_reading import read_data
from aestudio.cli.output import print_json, print_lines, print_note, print_report, table


def types(json: Json = False) -> None:
    """Say what types of autoencoders and kinds of networks there are, what for, and their options."""
    from aestudio.workflows.catalogue.type_list import list_types

    print_report(list_types(), json)


def compare(
    data: Data,
    types: Annotated[
        str,
        typer.Option(
            "--types", metavar="NAME,NAME", help="Types separated by commas, or 'all' of them."
        ),
    ] = "all",
    settings: Settings = None,
    epochs: Epochs = None,
    seed: Seed = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Where each type gets a run; left out: the default place.",
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Train several types on DATA with the same code size, and set their errors beside PCA's.

    Ctrl+C stops after the current batch and compares the types that are finished.
    """
    from aestudio.cli.training_view import stopped_by_signals, watch
    from aestudio.runs.folder import check_run_place
    from aestudio.training.control import Control
    from aestudio.training.events import RunFinished
    from aestudio.workflows.comparison.comparing import chosen_types, compare_types
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.reporting import WorkCancelledError
    from aestudio.workflows.training import TrainingSession

    chosen = chosen_types([name.strip() for name in types.split(",")])
    for name in chosen:
        check_run_place(None if out is None else out / name)
    given = Given.collect(
        settings=settings or (), last={"training.epochs": epochs, "training.seed": seed}
    )
    dataset = read_data(data, given)
    control = Control()

    def show(name: str, session: TrainingSession) -> RunFinished:
        print_note(f"{name}:")
        return watch(session).finished

    with stopped_by_signals(control) as stop:
        try:
            comparison = compare_types(
                dataset, chosen, follow=show, given=given.values, control=control, out=out
            )
        except WorkCancelledError:
            print_note("Stopped before the first type was finished.")
            return stop.exit_code
    if json:
        print_json(comparison.to_json())
    else:
        print_lines([comparison.heading, *table(comparison.rows()), *comparison.notes()])
    return stop.exit_code if comparison.was_stopped else 0
