"""The command that trains one recipe with several seeds."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.cli.arguments import Config, Data, Epochs, Json, Settings
from aestudio.cli.data_reading import read_data
from aestudio.cli.output import print_json, print_lines, print_note, table
from aestudio.cli.progress import ProgressDisplay
from aestudio.cli.training_view import stopped_by_signals
from aestudio.training.control import Control


def ensemble(
    data: Data,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="K", help="How many runs, each with another seed.")
    ] = 5,
    config: Config = None,
    settings: Settings = None,
    epochs: Epochs = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The first seed; the others follow it.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Where each seed gets a run; left out: the default place.",
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Train one recipe on DATA with several seeds; report the mean and the spread of each result.

    A difference between two recipes that is smaller than the spread may be chance.
    """
    from aestudio.workflows.comparison.ensembles import chosen_seeds, train_ensemble
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.planning.recommendation import recommend
    from aestudio.workflows.reporting import WorkCancelledError

    chosen = chosen_seeds(seeds, seed)
    given = Given.collect(config=config, settings=settings or (), last={"training.epochs": epochs})
    dataset = read_data(data, given)
    experiment = recommend(dataset, given.autoencoder_type, given=given.values)
    control = Control()
    with ProgressDisplay("Training") as progress, stopped_by_signals(control) as stop:
        try:
            found = train_ensemble(
                dataset, experiment, chosen, control=control, out=out, progress=progress
            )
        except WorkCancelledError:
            print_note("Stopped before the first run was finished.")
            return stop.exit_code
    if json:
        print_json(found.to_json())
    else:
        print_lines([found.heading, *table(found.rows()), *found.notes()])
    return stop.exit_code if found.was_stopped else 0
