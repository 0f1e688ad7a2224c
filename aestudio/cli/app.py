"""The command line as a whole: every command in one table, and the program's exit code."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from aestudio import __version__
from aestudio.cli import (
    compare_runs_command,
    data_commands,
    doctor_command,
    ensemble_command,
    insight_command,
    latent_commands,
    learning_rate_command,
    look_command,
    network_command,
    options_command,
    recipe_commands,
    run_commands,
    training_commands,
    type_commands,
    window_commands,
)
from aestudio.cli.arguments import FLAG
from aestudio.cli.doors import Window
from aestudio.cli.problems import run_guarded

_EXIT_CODES = (
    "Exit codes: 0 done, 1 the work failed, 2 wrong usage or input, "
    "130 interrupted (Ctrl+C), 143 terminated."
)

#: Codes may begin with a minus sign; they are not options.
_TAKES_CODES = {"ignore_unknown_options": True}
_COMMANDS: dict[str, dict[str, tuple[Callable[..., Any], dict[str, Any]]]] = {
    "Start": {
        "demo": (window_commands.demo, {}),
        "samples": (data_commands.samples, {}),
        "info": (data_commands.info, {}),
        "look": (look_command.look, {}),
    },
    "Train": {
        "train": (training_commands.train, {}),
        "resume": (training_commands.resume, {}),
        "types": (type_commands.types, {}),
        "options": (options_command.options, {}),
        "network": (network_command.network, {}),
        "learning-rate": (learning_rate_command.learning_rate, {}),
        "compare": (type_commands.compare, {}),
        "ensemble": (ensemble_command.ensemble, {}),
        "recipes": (recipe_commands.recipes, {}),
        "recipe": (recipe_commands.recipe, {}),
    },
    "Use a run": {
        "runs": (run_commands.runs, {}),
        "evaluate": (run_commands.evaluate, {}),
        "denoise": (run_commands.denoise, {}),
        "insights": (insight_command.insights, {}),
        "doctor": (doctor_command.doctor, {}),
        "compare-runs": (compare_runs_command.compare_runs, {}),
        "encode": (latent_commands.encode, {}),
        "reconstruct": (latent_commands.reconstruct, {}),
        "impute": (latent_commands.impute, {}),
        "interpolate": (latent_commands.interpolate, _TAKES_CODES),
        "export": (run_commands.export, {}),
    },
    "Pictures": {"screenshots": (window_commands.screenshots, {})},
}


def build_app() -> typer.Typer:
    """Put the commands together, in the order in which help shows them."""
    app = typer.Typer(
        name="aestudio",
        help="Train and explore autoencoders on your own data. Without a command the window opens.",
        epilog=_EXIT_CODES,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
        no_args_is_help=False,
    )
    app.callback(invoke_without_command=True)(_open_window_without_command)
    for panel, commands in _COMMANDS.items():
        for name, (function, settings) in commands.items():
            app.command(name, rich_help_panel=panel, context_settings=settings)(function)
    return app


def main(arguments: Sequence[str], window: Window) -> int:
    """Run one command; return the exit code. Never raises."""

    def command() -> int:
        result = build_app()(
            args=list(arguments), prog_name="aestudio", standalone_mode=False, obj=window
        )
        return result if isinstance(result, int) else 0

    return run_guarded(command, arguments)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"aestudio {__version__}")
        raise typer.Exit


def _open_window_without_command(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            metavar=FLAG,
            help="Print the version.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> int:
    """Open the window when no command is given."""
    if context.invoked_subcommand is None:
        return window_commands.open_window(context.obj)
    return 0
