"""The network that a recipe describes is the one that it trains."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.workflows.planning.network_description import describe, network_shape
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare

#: Types that have nothing beside an encoder and a decoder, and each way to give a code.
PLAIN = [
    ("undercomplete", {}),
    ("sparse", {"autoencoder.penalty": "kl"}),
    ("variational", {}),
    ("wasserstein", {"autoencoder.code_noise": "none"}),
    ("wasserstein", {"autoencoder.code_noise": "gaussian"}),
]


@pytest.mark.parametrize(("name", "settings"), PLAIN)
def test_it_counts_what_is_trained(name: str, settings: dict[str, Any]) -> None:
    dataset = read("digits")
    given = {"autoencoder.type": name, **settings}
    experiment = recommend(dataset, name, given=given)
    found = describe(experiment, dataset.shape)
    trained = prepare(experiment, dataset).autoencoder
    parts = (trained.encoder, trained.decoder)
    expected = sum(values.numel() for part in parts for values in part.parameters())
    assert found.hourglass.num_parameters == expected
    assert found.to_json()["compression_ratio"] == math.prod(dataset.shape) / trained.code_size


def test_categories_are_as_many_inputs_as_there_are() -> None:
    columns = (Column("age"), Column("colour", ColumnKind.CATEGORICAL, ("red", "green", "blue")))
    x = np.column_stack([np.arange(60.0), np.arange(60) % 3])
    dataset = Dataset(name="t", kind=Kind.TABLE, x=x, source="t", columns=columns)
    experiment = recommend(dataset)
    found = describe(experiment, network_shape(dataset))
    trained = prepare(experiment, dataset).autoencoder
    assert trained.sample_shape == network_shape(dataset) == (4,)
    expected = sum(values.numel() for values in trained.parameters())
    assert found.hourglass.num_parameters == expected


@pytest.mark.parametrize(
    ("code_size", "words"),
    [(16, "compression 4:1"), (48, "compression 1.33:1"), (128, "compression 0.5:1")],
)
def test_the_summary_says_how_much_smaller_the_code_is(code_size: int, words: str) -> None:
    dataset = read("digits")
    experiment = recommend(dataset, "sparse", given={"network.code_size": code_size})
    assert words in describe(experiment, dataset.shape).summary


def test_large_ratios_are_whole_numbers() -> None:
    experiment = Experiment().with_values({"network.kind": "dense", "network.code_size": 2})
    assert describe(experiment, (3, 64, 64)).summary.endswith("compression 6,144:1")


def test_a_network_that_cannot_be_says_why() -> None:
    dataset = read("breast-cancer")
    experiment = recommend(dataset).with_values({"network.kind": "convolutional"})
    with pytest.raises(OptionError, match="convolutional"):
        describe(experiment, dataset.shape)
