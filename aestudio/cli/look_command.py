"""The command that looks at samples: a list of some, or one before and after preprocessing."""

from typing import Annotated

import typer

from aestudio.cli.arguments import FLAG, Config, Data, Json, Settings
from aestudio.cli.data_reading import read_data
from aestudio.cli.output import print_json, print_lines, table
from aestudio.errors import OptionError

_MOST = 100_000


def look(
    data: Data,
    search: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help="Only samples with these words in their name, text or cells; of tables also "
            "conditions such as 'price > 40', 'colour = red', and 'colour =' for what is missing.",
        ),
    ] = "",
    label: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only samples with this label.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Order by a column, or by label or name.")
    ] = None,
    descending: Annotated[
        bool, typer.Option("--descending", metavar=FLAG, help="Largest first.")
    ] = False,
    limit: Annotated[int, typer.Option(metavar="N", help="List no more than so many.")] = 20,
    sample: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Show this one as it is stored, as the model sees it, and brought back.",
        ),
    ] = None,
    config: Config = None,
    settings: Settings = None,
    json: Json = False,
) -> None:
    """List samples of DATA, or show what preprocessing does to one of them."""
    from aestudio.workflows.datasets.sample_list import list_samples
    from aestudio.workflows.datasets.sample_preprocessing import fit_preprocessing, row_of_number
    from aestudio.workflows.planning.given import Given

    if not 1 <= limit <= _MOST:
        raise OptionError(
            f"this should be from 1 to {_MOST:,} (given: {limit}).",
            subject="--limit",
            next_step="20 fit a screen.",
        )
    given = Given.collect(config=config, settings=settings or ())
    dataset = read_data(data, given)
    if sample is not None:
        options = given.data_options(dataset.source)
        fitted = fit_preprocessing(dataset, options, given.preprocess_options)
        followed = fitted.follow(row_of_number(dataset, sample))
        if json:
            print_json(followed.to_json())
        else:
            print_lines([followed.heading, *table(followed.table()), followed.verdict])
        return
    found = list_samples(
        dataset, search=search, label=label, sort=sort, descending=descending, limit=limit
    )
    if json:
        print_json(found.to_json())
    else:
        print_lines([*table(found.table()), found.summary])
