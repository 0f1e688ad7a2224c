"""Commands about recipes with published numbers: recipes, recipe."""

from pathlib import Path
from typing import Annotated

import typer

from aestudio.cli.arguments import Json
from aestudio.cli.output import duration, print_json, print_lines, print_note, print_report, table
from aestudio.cli.progress import ProgressDisplay
from aestudio.cli.training_view import stopped_by_signals
from aestudio.training.control import Control


def recipes(json: Json = False) -> None:
    """List the recipes that re-obtain published numbers."""
    from aestudio.workflows.recipes.recipe_card import list_recipes

    found = list_recipes()
    if json:
        print_json({"recipes": [recipe.to_json() for recipe in found]})
        return
    rows = [
        (
            recipe.name,
            f"{recipe.card.direction} {recipe.card.target:g}",
            f"published {recipe.card.published:g}",
            f"about {duration(60 * recipe.card.minutes)}",
            "needs --data" if recipe.needs_data else recipe.card.data,
            recipe.card.title,
        )
        for recipe in found
    ]
    print_lines(table(rows))


def recipe(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As 'aestudio recipes' lists it.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="PATH", help="The folder with the four files of MNIST."),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs", metavar="N", min=1, help="Other than the recipe's, to try it out."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="RUN", help="The run folder, or the folder of several runs."),
    ] = None,
    json: Json = False,
) -> int:
    """Train a recipe and set the number obtained beside the published one.

    The exit code is 0 when it ran, whatever the verdict.
    """
    from aestudio.workflows.recipes.recipe_card import find_recipe
    from aestudio.workflows.recipes.running import run_recipe
    from aestudio.workflows.reporting import WorkCancelledError

    control = Control()
    card = find_recipe(name).card
    print_note(f"{card.title}: about {duration(60 * card.minutes)} on two cores.")
    if card.short_form:
        print_note(f"Short form: aestudio recipe {card.short_form}")
    with ProgressDisplay("Training") as progress, stopped_by_signals(control) as stop:
        try:
            result = run_recipe(name, data, out, control=control, epochs=epochs, progress=progress)
        except WorkCancelledError as error:
            print_note(f"Stopped. What was learned is in {error.subject}")
            return stop.exit_code
    print_report(result, json)
    return 0
