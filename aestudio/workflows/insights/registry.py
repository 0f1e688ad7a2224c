"""The insights: a new one is a new file in this folder with one decorated function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.discovery import import_neighbours
from aestudio.workflows.insights.figures import Figure
from aestudio.workflows.models.trained_model import TrainedModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """What an insight is made from: a model, samples (P, *shape) of its data, and their codes (P, L).

    ``feature_names`` are those of the columns of a table, where they have names.
    """

    model: TrainedModel
    samples: npt.NDArray[np.generic]
    codes: npt.NDArray[np.float32]
    feature_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finding:
    """What one insight found: a sentence about this model, and the figure it is read from."""

    sentence: str
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One way to look inside a model; ``explanation`` says how to read the figure."""

    name: str
    title: str
    explanation: str
    order: int
    applies: Callable[[TrainedModel], bool]
    find: Callable[[Material], Finding]


_INSIGHTS: dict[str, Insight] = {}

Finder = Callable[[Material], Finding]


def every_model(model: TrainedModel) -> bool:
    return True


def insight(
    name: str,
    *,
    title: str,
    explanation: str,
    order: int,
    applies: Callable[[TrainedModel], bool] = every_model,
) -> Callable[[Finder], Finder]:
    """Register an insight; those with a lower ``order`` are shown first."""

    def register(find: Finder) -> Finder:
        if name in _INSIGHTS:
            raise ValueError(f"two insights are registered as {name!r}")
        _INSIGHTS[name] = Insight(
            name=name, title=title, explanation=explanation, order=order, applies=applies, find=find
        )
        return find

    return register


def insights() -> tuple[Insight, ...]:
    """Return every registered insight in the order in which they are shown."""
    import_neighbours(__name__, __file__)
    return tuple(sorted(_INSIGHTS.values(), key=lambda found: (found.order, found.name)))


def insights_into(model: TrainedModel) -> tuple[Insight, ...]:
    """Return those that apply to ``model``, in the same order."""
    return tuple(one for one in insights() if one.applies(model))
