"""Commands that open or draw the window: nothing, demo, screenshots."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from aestudio.cli.arguments import FLAG, Json, parse_size
from aestudio.cli.doors import Window
from aestudio.cli.output import print_json, print_lines, print_note
from aestudio.cli.training_view import follow
from aestudio.errors import InputError, OptionError, StudioError
from aestudio.training.control import Control


def open_window(window: Window) -> int:
    """Open the window, or raise :class:`InputError` that says what is missing for it."""
    try:
        window.check()
    except StudioError as error:
        raise InputError(error.reason, subject=error.subject, next_step=error.next_step) from error
    return window.run()


def demo(
    context: typer.Context,
    json: Json = False,
    terminal: Annotated[
        bool,
        typer.Option(
            "--terminal", metavar=FLAG, help="Stay in the terminal even where there is a display."
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="RUN", help="The run folder; in the terminal only."),
    ] = None,
) -> int:
    """Open the window on the digits and start training a 2-number variational autoencoder.

    Without a display the same happens in the terminal, and the result is saved as one picture.
    """
    window: Window = context.obj
    if not (terminal or json or out):
        try:
            window.check()
        except StudioError as error:
            print_note(f"No window here ({error.reason}) The demo runs in the terminal instead.")
        else:
            return window.run(demo=True)
    return _demo_in_terminal(out, json)


def _demo_in_terminal(out: Path | None, as_json: bool) -> int:
    from aestudio.workflows.demo import start_demo
    from aestudio.workflows.runs.summary_page import write_summary_page

    control = Control()
    session = start_demo(out, control)
    outcome = follow(session, control)
    page = write_summary_page(session.run.path)
    if as_json:
        print_json({**outcome.to_json(), "page": page})
    else:
        print_lines([f"The page: {page}", f"The run:  {session.run.path}"])
    return outcome.exit_code


def screenshots(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the pictures go.")],
    size: Annotated[
        str, typer.Option(metavar="WxH", help="Width and height of the window.")
    ] = "1280x720",
    scale: Annotated[
        float, typer.Option(metavar="X", help="Pixels per point, as on dense screens.")
    ] = 1.0,
    theme: Annotated[Literal["light", "dark"], typer.Option(help="The window's theme.")] = "light",
    data: Annotated[
        str, typer.Option(metavar="DATA", help="What the short training learns from.")
    ] = "digits",
    types: Annotated[
        bool,
        typer.Option(
            "--types",
            metavar=FLAG,
            help="Draw instead what each type learns, for slides: a folder each, light and dark.",
        ),
    ] = False,
    epochs: Annotated[
        int | None,
        typer.Option("--epochs", metavar="N", min=1, help="At most so many for each training."),
    ] = None,
    json: Json = False,
) -> None:
    """Draw every workspace after a short training, without a display."""
    if not 0.5 <= scale <= 4:
        raise OptionError(f"{scale:g} is not from 0.5 to 4.", subject="--scale", next_step="Try 2.")
    window: Window = context.obj
    if types:
        print_note("Training every type, one after the other; this takes minutes.")
    paths = window.screenshots(
        folder,
        size=parse_size(size),
        scale=scale,
        theme=theme,
        source=data,
        types=types,
        epochs=epochs,
    )
    if json:
        print_json({"files": paths})
    else:
        print_lines(str(path) for path in paths)
