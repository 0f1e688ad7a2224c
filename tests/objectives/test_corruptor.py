"""Which corruption suits which data, and how its strength is drawn."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.objectives.corruptor import CORRUPTIONS, CorruptionName, Corruptor

SHAPES = {"tables": (30,), "sequences": (12, 2), "pictures": (1, 8, 8)}


def check(
    name: CorruptionName,
    samples: str,
    *,
    unit: bool = True,
    weakest: float = 0.5,
    strongest: float = 0.5,
) -> None:
    Corruptor(name, weakest, strongest).check(
        SHAPES[samples], is_unit_interval=unit, option_prefix="a."
    )


@pytest.mark.parametrize("samples", SHAPES)
@pytest.mark.parametrize("name", get_args(CorruptionName))
def test_takes_what_it_says_and_refuses_the_rest(name: CorruptionName, samples: str) -> None:
    if samples in CORRUPTIONS[name].takes:
        check(name, samples)
        x = torch.rand(3, *SHAPES[samples])
        assert Corruptor(name, 0.0, 0.5)(x, NoiseSource()).shape == x.shape
    else:
        with pytest.raises(OptionError, match=f"not for {samples}") as caught:
            check(name, samples)
        assert caught.value.subject == "a.corruption"


def test_a_blur_of_a_table_is_refused() -> None:
    with pytest.raises(OptionError, match="made for pictures"):
        check("blur", "tables")


@pytest.mark.parametrize("name", get_args(CorruptionName))
def test_black_and_white_and_light_need_data_between_0_and_1(name: CorruptionName) -> None:
    if name in {"salt_and_pepper", "poisson"}:
        with pytest.raises(OptionError, match="between 0 and 1"):
            check(name, "pictures", unit=False)
    else:
        check(name, "pictures", unit=False)


@pytest.mark.parametrize("name", ["salt_and_pepper", "masking", "missing_block"])
def test_a_share_is_at_most_1(name: CorruptionName) -> None:
    check(name, "pictures", strongest=1.0)
    with pytest.raises(OptionError, match="share") as caught:
        check(name, "pictures", strongest=1.1)
    assert caught.value.subject == "a.strength"


def test_the_weakest_is_not_above_the_strongest() -> None:
    with pytest.raises(OptionError, match="weakest") as caught:
        check("gaussian", "tables", weakest=0.6)
    assert caught.value.subject == "a.strength_min"


@given(low=st.floats(0, 1), width=st.floats(0, 1))
def test_strengths_are_uniform_between_weakest_and_strongest(low: float, width: float) -> None:
    # Noise that is 1 everywhere makes the result tell the strength.
    class Ones(NoiseSource):
        def normal_like(self, x: torch.Tensor) -> torch.Tensor:
            return torch.ones_like(x)

    x = torch.zeros(2_000, 3)
    strengths = Corruptor("gaussian", low, low + width)(x, Ones())
    assert torch.equal(strengths[:, 0], strengths[:, 2]), "one strength for a whole sample"
    assert strengths.min() >= low - 1e-6
    assert strengths.max() <= low + width + 1e-6
    assert float(strengths.mean()) == pytest.approx(low + width / 2, abs=0.04 * width + 1e-6)
