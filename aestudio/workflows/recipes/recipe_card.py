"""A recipe: an experiment file with the published number that it is to re-obtain.

The file is an experiment file with one more table, ``[recipe]``, and where the result takes several
runs (seeds, code sizes, classes), a list ``[[recipe.variants]]`` of what each of them changes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aestudio.assets import resource
from aestudio.errors import FailureError, OptionError
from aestudio.experiment import Experiment
from aestudio.options import suggest

#: What stands in ``data`` where the person has to say where the data is.
MNIST = "mnist"
Line = Annotated[str, Field(min_length=1)]


class Variant(BaseModel):
    """One run of several: its name, what it changes, and which runs it is averaged with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line
    group: str = ""
    set: Mapping[str, Any] = {}


class RecipeCard(BaseModel):
    """What a recipe says about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    shows: Line  #: one sentence: what one learns from it
    protocol: Line  #: which data, which split, what is measured how
    metric: Line  #: a name of recipe_metrics
    published: float
    source: Line
    #: Numbers beside it in the same source, for comparison.
    beside: Mapping[str, float] = {}
    direction: Literal["below", "above"]
    target: float
    data: Line  #: "mnist", or the name of a built-in sample
    minutes: float = Field(gt=0)  #: on two processor cores
    short_form: str = ""
    #: How the numbers of several runs become one: their mean, the worst, or the best group's mean.
    summary: Literal["mean", "worst", "best_group"] = "mean"
    variants: tuple[Variant, ...] = (Variant(name="run"),)


@dataclass(frozen=True, slots=True)
class Recipe:
    name: str
    card: RecipeCard
    experiment: Experiment

    @property
    def needs_data(self) -> bool:
        """Whether the person has to say where the data is."""
        return self.card.data == MNIST

    def holds(self, obtained: float) -> bool:
        """Whether a number reaches the target."""
        target = self.card.target
        return obtained < target if self.card.direction == "below" else obtained > target

    def to_json(self) -> dict[str, Any]:
        card = self.card.model_dump(mode="json", exclude={"variants"})
        return {
            "name": self.name,
            **card,
            "needs_data": self.needs_data,
            "num_runs": len(self.card.variants),
        }


def list_recipes() -> tuple[Recipe, ...]:
    """Return every recipe that ships with the program, by name."""
    return tuple(_read(path) for path in sorted(resource("recipes").glob("*.toml")))


def find_recipe(name: str) -> Recipe:
    """Return one recipe; an unknown name is an :class:`OptionError` with the nearest one."""
    paths = {path.stem: path for path in sorted(resource("recipes").glob("*.toml"))}
    if name not in paths:
        raise OptionError(
            "there is no such recipe.",
            subject=name,
            next_step=f"{suggest(name, list(paths))} 'aestudio recipes' lists all of them.",
        )
    return _read(paths[name])


def _read(path: Path) -> Recipe:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        card = RecipeCard.model_validate(values.pop("recipe", {}))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise FailureError(
            f"the recipe's '{where}' is wrong: {first['msg']}.",
            subject=path,
            next_step="Install AE Studio again.",
        ) from None
    return Recipe(path.stem, card, Experiment.from_toml(tomli_w.dumps(values), str(path)))
