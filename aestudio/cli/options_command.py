"""The glossary of options on the command line."""

from typing import Annotated

import typer

from aestudio.cli.arguments import Json
from aestudio.cli.output import print_json, print_lines


def options(
    search: Annotated[
        str | None, typer.Argument(metavar="WORD", help="Only options that mention this word.")
    ] = None,
    type: Annotated[
        str | None,
        typer.Option("--type", metavar="NAME", help="Only options of this type of autoencoder."),
    ] = None,
    json: Json = False,
) -> None:
    """Print every option that --set and experiment files know, with its help, limits and default."""
    from aestudio.workflows.catalogue.glossary import glossary

    entries = glossary(search or "", autoencoder_type=type)
    if json:
        print_json({"options": [entry.to_json() for entry in entries]})
        return
    lines: list[str] = []
    for entry in entries:
        lines += [f"{entry.key}  ({entry.allowed}; default {entry.default_text})"]
        lines += [f"    {entry.title}. {entry.help}"]
        lines += [f"    Try: {entry.hint}"] if entry.hint else []
        lines += [""]
    print_lines(lines[:-1] or [f"No option mentions '{search}'."])
