"""Presets: complete recipes to start from, chosen for the data at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.experiment import Experiment
from aestudio.workflows.planning.likelihood_choices import why_likelihood
from aestudio.workflows.planning.recommendation import (
    OF_PICTURES,
    faithful_code_size,
    quick_network,
    recommend,
    shortest_side,
    smaller_than_a_sample,
)
from aestudio.workflows.planning.text_recipes import WALKING_CODE_SIZE, is_spelled

#: Numbers of a sample from which on a plain network is no longer quick by itself.
_LARGE_SAMPLE = 2048


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe to start from, with what it is good for."""

    name: str
    title: str
    description: str
    experiment: Experiment


def presets(dataset: Dataset, *, data_options: DataOptions | None = None) -> tuple[Preset, ...]:
    """Return the recipes to offer for the data, the one to begin with first."""

    def recipe(autoencoder_type: str, **changes: Any) -> Experiment:
        given = {name.replace("__", "."): value for name, value in changes.items()}
        return recommend(dataset, autoencoder_type, given=given, data_options=data_options)

    # Where a sample is one number, no code is smaller: only a type with a prior has something to do.
    plain_type = "undercomplete" if dataset.num_features > 1 else "variational"
    plain = recipe(plain_type)
    faithful_size = faithful_code_size(dataset)
    found = [
        Preset(
            "map",
            "Two-number map (variational)",
            " ".join(
                (
                    "Arranges all samples on a smooth map that can be walked through.",
                    "The best first look.",
                    why_likelihood(dataset),
                )
            ).rstrip(),
            recipe("variational", network__code_size=2),
        ),
        Preset(
            "quick",
            "Quick look",
            "A small plain network for a short while: shows within seconds whether the data works.",
            recipe(
                plain_type,
                network__kind=quick_network(dataset),
                network__code_size=smaller_than_a_sample(dataset, 2),
                training__epochs=max(3, plain.training.epochs // 4),
                **_quick_layers(dataset),
            ),
        ),
        Preset(
            "faithful",
            f"Faithful reconstruction ({faithful_size} numbers)",
            "Keeps enough of each sample to draw it again almost as it was.",
            recipe(plain_type, network__code_size=faithful_size),
        ),
    ]
    if is_spelled(dataset):
        found.insert(
            0,
            Preset(
                "texts",
                f"Texts to walk between (variational, {WALKING_CODE_SIZE} numbers)",
                "Learns to spell: gives texts back almost without a mistake, and writes new ones between any two.",
                recipe("variational"),
            ),
        )
    elif dataset.kind is Kind.TOKENS:
        found.append(
            Preset(
                "recurrent",
                "Writing step by step",
                "Reads symbol by symbol, and writes each knowing which it wrote before: slower.",
                recipe(
                    plain_type,
                    network__kind="recurrent",
                    network__code_size=faithful_size,
                    network__hidden=(128,),
                    network__feedback=True,
                    network__teacher_forcing=1.0,
                ),
            )
        )
    if dataset.kind is Kind.SEQUENCES:
        found.append(_other_way_through_time(plain, recipe, plain_type, faithful_size))
    if dataset.kind is Kind.IMAGES and shortest_side(dataset) >= 8:
        found.append(
            Preset(
                "convolutional",
                "Convolutional",
                "Looks at pictures through small local filters: crisper, and slower per epoch.",
                recipe(
                    "undercomplete",
                    network__kind="convolutional",
                    network__code_size=faithful_size,
                ),
            )
        )
    if dataset.patches is not None:
        found.insert(
            0,
            Preset(
                "whole_images",
                "Whole images (fully convolutional)",
                "Learns from patches what applies to whole images of any size: removing noise, finding what is odd.",
                plain,
            ),
        )
    if dataset.kind is Kind.IMAGES and plain.network.kind in OF_PICTURES:
        found.append(
            Preset(
                "dense",
                "Dense",
                "Connects every pixel with every unit: fast for small pictures, blurry for large.",
                recipe("undercomplete", network__kind="dense", network__code_size=faithful_size),
            )
        )
    return tuple(found)


def _quick_layers(dataset: Dataset) -> dict[str, Any]:
    """Return two layers; where samples are large, narrow ones: the first costs most of the time."""
    if quick_network(dataset) == "dense" and dataset.num_features > _LARGE_SAMPLE:
        return {"network__hidden": (128, 64)}
    return {"network__depth": 2}


def _other_way_through_time(
    plain: Experiment, recipe: Callable[..., Experiment], plain_type: str, code_size: int
) -> Preset:
    if plain.network.kind == "temporal":
        return Preset(
            "recurrent",
            "Step by step (recurrent)",
            "Goes through the steps one after the other with a memory: slower, for few steps.",
            recipe(plain_type, network__kind="recurrent", network__code_size=code_size),
        )
    return Preset(
        "temporal",
        "Temporal filters",
        "Looks at all steps at once through filters along time: quick to learn shapes in time.",
        recipe(plain_type, network__kind="temporal", network__code_size=code_size),
    )
