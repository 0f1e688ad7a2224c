"""Commands about data: samples, info."""

from aestudio.cli.arguments import Data, Json, Settings
from aestudio.cli.data_reading import source_of
from aestudio.cli.output import print_json, print_lines, print_report, table
from aestudio.cli.progress import ProgressDisplay


def samples(json: Json = False) -> None:
    """List the built-in data."""
    from aestudio.data.samples import list_samples

    found = list_samples()
    if json:
        print_json(
            {
                "samples": [
                    {
                        "name": sample.name,
                        "title": sample.title,
                        "kind": sample.kind,
                        "description": sample.description,
                    }
                    for sample in found
                ]
            }
        )
        return
    print_lines(table([(sample.name, str(sample.kind), sample.description) for sample in found]))


def info(data: Data, settings: Settings = None, json: Json = False) -> None:
    """Say what DATA is taken for, what is in it and what is odd about it.

    Of a folder that holds several data sets, each is told of in a line.
    """
    from aestudio.workflows.datasets.collection import survey
    from aestudio.workflows.planning.given import Given

    given = Given.collect(settings=settings or ())
    source = source_of(data)
    with ProgressDisplay("Reading") as progress:
        report = survey(source, given.data_options(source), progress=progress)
    print_report(report, json)
