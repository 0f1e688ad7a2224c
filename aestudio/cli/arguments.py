"""Arguments and options that several commands share, described once."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.errors import OptionError

#: Of options that are there or not, and take no value.
FLAG = ""

Json = Annotated[
    bool,
    typer.Option(
        "--json", metavar=FLAG, help="Print one JSON object on stdout, and nothing else there."
    ),
]
Data = Annotated[
    list[str],
    typer.Argument(
        metavar="DATA",
        help="A file, a folder, or the name of a built-in sample; several files are read as one.",
    ),
]
OtherData = Annotated[
    str | None,
    typer.Argument(metavar="DATA", help="Other data of the same shape; left out: the run's own."),
]
Run = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run folder, or the name of a run in the default folder."),
]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")]
OutFolder = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The folder to write to.")]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="An experiment file (TOML) to start from, such as that of a run.",
    ),
]
Epochs = Annotated[
    int | None, typer.Option("--epochs", metavar="N", help="How many epochs in all.")
]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Decides weights, order and noise.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set one option, for example network.code_size=2; repeat as needed. "
        "'aestudio options' lists them.",
    ),
]


def parse_size(text: str) -> tuple[int, int]:
    """Read a size in pixels such as 1280x720."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()) or not (
        200 <= int(width) <= 8000 and 200 <= int(height) <= 8000
    ):
        raise OptionError(
            f"'{text}' is not a size from 200x200 to 8000x8000.",
            subject="--size",
            next_step="Write it as 1280x720.",
        )
    return int(width), int(height)
