"""Tokens become one-hot and come back; what the model does not know is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import DataError, OptionError
from aestudio.objectives.categorical import counted_steps
from aestudio.preprocess.model_scale import fit_to, scaling_from_json
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.tokens import TokenScaling

TOKENS = np.array([[1, 2, 0, 0], [2, 2, 1, 1]], np.uint8)
SCALING = TokenScaling.of(("", "a", "b"), 0)


def test_there_and_back() -> None:
    one_hot = SCALING.forward(TOKENS)
    assert one_hot.dtype == np.float32
    assert one_hot.shape == (2, *SCALING.model_shape((4,))) == (2, 4, 3)
    np.testing.assert_array_equal(one_hot[0], [[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]])
    np.testing.assert_array_equal(SCALING.inverse(one_hot), TOKENS)


def test_nothing_follows_the_end() -> None:
    # The model is never told what to say behind the end, so what it says there is no symbol.
    said = np.array([[1, 0, 2, 1], [0, 0, 1, 2], [0, 1, 0, 1]])
    np.testing.assert_array_equal(
        SCALING.inverse(SCALING.forward(said)), [[1, 0, 0, 0], [0, 0, 1, 2], [0, 1, 0, 0]]
    )
    np.testing.assert_array_equal(
        TokenScaling.of(("x", "a", "b"), None).inverse(SCALING.forward(said)), said
    )


@pytest.mark.parametrize("padding", [0, 1, 2, None])
def test_counted_steps_are_those_of_the_loss(padding: int | None) -> None:
    tokens = np.random.default_rng(0).integers(0, 3, (50, 7))
    scaling = TokenScaling.of(("", "a", "b"), padding)
    expected = (
        np.ones((50, 7))
        if padding is None
        else counted_steps(torch.from_numpy(scaling.forward(tokens)), padding).numpy()
    )
    np.testing.assert_array_equal(scaling.counted(tokens)[..., 0], expected)


@pytest.mark.parametrize("wrong", [3, -1, 0.5])
def test_numbers_without_a_symbol_are_refused(wrong: float) -> None:
    with pytest.raises(DataError, match="stands for no symbol"):
        SCALING.forward([[1, wrong]])


def test_saved_and_read_again() -> None:
    read = scaling_from_json(json.loads(json.dumps(SCALING.to_json())))
    assert isinstance(read, TokenScaling)
    assert (read.symbols, read.padding) == (SCALING.symbols, SCALING.padding)


@pytest.mark.parametrize(
    "damaged",
    [
        {"symbols": None, "padding": 0},
        {"symbols": [], "padding": None},
        {"symbols": ["a", 1], "padding": None},
        {"symbols": ["a"], "padding": 1},
        {"symbols": ["a"], "padding": True},
        {"symbols": ["a" * 10_000], "padding": None},
    ],
)
def test_a_damaged_list_is_refused(damaged: dict[str, object]) -> None:
    with pytest.raises(DataError, match="damaged"):
        scaling_from_json(damaged)


def test_the_kind_of_the_data_decides() -> None:
    tokens = Dataset(
        name="t", kind=Kind.TOKENS, x=TOKENS, source="t", symbols=SCALING.symbols, padding=0
    )
    table = Dataset(name="t", kind=Kind.TABLE, x=TOKENS, source="t")
    rows = np.arange(2)
    assert isinstance(fit_to(tokens, rows, PreprocessOptions()), TokenScaling)
    assert type(fit_to(table, rows, PreprocessOptions())) is Scaling
    with pytest.raises(OptionError, match="names and no measures") as caught:
        fit_to(tokens, rows, PreprocessOptions(scaling="standard"))
    assert caught.value.subject == "preprocess.scaling"
