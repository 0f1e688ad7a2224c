"""Presets: complete recipes to start from, chosen for the data at hand."""

from __future__ import annotations

from collections.abc import Mapping
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
    start = _Start(dataset, data_options)
    offers = (
        _whole_images,
        _texts,
        _map,
        _quick,
        _faithful,
        _symbol_by_symbol,
        _other_way_through_time,
        _convolutional,
        _dense,
    )
    return tuple(preset for offer in offers if (preset := offer(start)) is not None)


class _Start:
    """The data, and what all recipes for it begin from."""

    def __init__(self, dataset: Dataset, data_options: DataOptions | None) -> None:
        self.dataset = dataset
        self._data_options = data_options
        # Where a sample is one number, no code is smaller: only a type with a prior has something
        # to do.
        self.plain_type = "undercomplete" if dataset.num_features > 1 else "variational"
        self.plain = self.recipe(self.plain_type)
        self.faithful_size = faithful_code_size(dataset)

    def recipe(self, autoencoder_type: str, given: Mapping[str, Any] | None = None) -> Experiment:
        return recommend(
            self.dataset, autoencoder_type, given=given, data_options=self._data_options
        )

    def faithful(self, autoencoder_type: str, **network: Any) -> Experiment:
        """Return a recipe with a code that keeps nearly everything, and these options of the network."""
        given = {f"network.{name}": value for name, value in network.items()}
        return self.recipe(autoencoder_type, {"network.code_size": self.faithful_size, **given})


def _whole_images(start: _Start) -> Preset | None:
    if start.dataset.patches is None:
        return None
    return Preset(
        "whole_images",
        "Whole images (fully convolutional)",
        "Learns from patches what applies to whole images of any size: removing noise, finding what is odd.",
        start.plain,
    )


def _texts(start: _Start) -> Preset | None:
    if not is_spelled(start.dataset):
        return None
    return Preset(
        "texts",
        f"Texts to walk between (variational, {WALKING_CODE_SIZE} numbers)",
        "Learns to spell: gives texts back almost without a mistake, and writes new ones between any two.",
        start.recipe("variational"),
    )


def _map(start: _Start) -> Preset:
    words = "Arranges all samples on a smooth map that can be walked through. The best first look."
    return Preset(
        "map",
        "Two-number map (variational)",
        f"{words} {why_likelihood(start.dataset)}".rstrip(),
        start.recipe("variational", {"network.code_size": 2}),
    )


def _quick(start: _Start) -> Preset:
    dataset = start.dataset
    network = quick_network(dataset)
    given: dict[str, Any] = {
        "network.kind": network,
        "network.code_size": smaller_than_a_sample(dataset, 2),
        "training.epochs": max(3, start.plain.training.epochs // 4),
    }
    if network == "dense" and dataset.num_features > _LARGE_SAMPLE:
        # Narrow ones, as the first layer costs most of the time.
        given["network.hidden"] = (128, 64)
    else:
        given["network.depth"] = 2
    return Preset(
        "quick",
        "Quick look",
        "A small plain network for a short while: shows within seconds whether the data works.",
        start.recipe(start.plain_type, given),
    )


def _faithful(start: _Start) -> Preset:
    return Preset(
        "faithful",
        f"Faithful reconstruction ({start.faithful_size} numbers)",
        "Keeps enough of each sample to draw it again almost as it was.",
        start.faithful(start.plain_type),
    )


def _symbol_by_symbol(start: _Start) -> Preset | None:
    if start.dataset.kind is not Kind.TOKENS or is_spelled(start.dataset):
        return None
    return Preset(
        "recurrent",
        "Writing step by step",
        "Reads symbol by symbol, and writes each knowing which it wrote before: slower.",
        start.faithful(
            start.plain_type, kind="recurrent", hidden=(128,), feedback=True, teacher_forcing=1.0
        ),
    )


def _other_way_through_time(start: _Start) -> Preset | None:
    if start.dataset.kind is not Kind.SEQUENCES:
        return None
    if start.plain.network.kind == "temporal":
        return Preset(
            "recurrent",
            "Step by step (recurrent)",
            "Goes through the steps one after the other with a memory: slower, for few steps.",
            start.faithful(start.plain_type, kind="recurrent"),
        )
    return Preset(
        "temporal",
        "Temporal filters",
        "Looks at all steps at once through filters along time: quick to learn shapes in time.",
        start.faithful(start.plain_type, kind="temporal"),
    )


def _convolutional(start: _Start) -> Preset | None:
    if start.dataset.kind is not Kind.IMAGES or shortest_side(start.dataset) < 8:
        return None
    return Preset(
        "convolutional",
        "Convolutional",
        "Looks at pictures through small local filters: crisper, and slower per epoch.",
        start.faithful("undercomplete", kind="convolutional"),
    )


def _dense(start: _Start) -> Preset | None:
    if start.dataset.kind is not Kind.IMAGES or start.plain.network.kind not in OF_PICTURES:
        return None
    return Preset(
        "dense",
        "Dense",
        "Connects every pixel with every unit: fast for small pictures, blurry for large.",
        start.faithful("undercomplete", kind="dense"),
    )
