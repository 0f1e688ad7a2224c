"""The command that describes a network before it is trained."""

from aestudio.cli.arguments import Config, Data, Json, Settings
from aestudio.cli.data_reading import read_data
from aestudio.cli.output import print_json, print_lines, table


def network(
    data: Data, config: Config = None, settings: Settings = None, json: Json = False
) -> None:
    """Show the network that would be trained on DATA: its layers, parameters and compression."""
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.planning.network_description import (
        category_places,
        describe,
        network_shape,
    )
    from aestudio.workflows.planning.recommendation import recommend

    given = Given.collect(config=config, settings=settings or ())
    dataset = read_data(data, given)
    experiment = recommend(dataset, given.autoencoder_type, given=given.values)
    found = describe(experiment, network_shape(dataset), category_places(dataset))
    if json:
        print_json(found.to_json())
    else:
        print_lines([*table(found.rows()), found.summary])
