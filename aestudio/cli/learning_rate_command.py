"""The command that looks for a learning rate."""

from typing import Annotated

import typer

from aestudio.cli.arguments import Config, Data, Json, Settings
from aestudio.cli.data_reading import read_data
from aestudio.cli.output import print_report
from aestudio.cli.progress import ProgressDisplay


def learning_rate(
    data: Data,
    config: Config = None,
    settings: Settings = None,
    low: Annotated[float, typer.Option(metavar="RATE", help="The rate of the first step.")] = 1e-6,
    high: Annotated[float, typer.Option(metavar="RATE", help="The rate of the last step.")] = 1.0,
    steps: Annotated[
        int, typer.Option(metavar="N", help="How many rates to try, one step each.")
    ] = 200,
    json: Json = False,
) -> None:
    """Try growing learning rates on DATA for a few seconds, and suggest one.

    The loss stays where it is at rates too low, falls where they teach, and grows where they are too high. Nothing is saved.
    """
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.planning.learning_rate_range import find_learning_rate
    from aestudio.workflows.planning.recommendation import recommend
    from aestudio.workflows.training import prepare

    given = Given.collect(config=config, settings=settings or ())
    dataset = read_data(data, given)
    experiment = recommend(dataset, given.autoencoder_type, given=given.values)
    with ProgressDisplay("Trying rates") as progress:
        found = find_learning_rate(
            prepare(experiment, dataset), low=low, high=high, num_steps=steps, progress=progress
        )
    print_report(found, json)
