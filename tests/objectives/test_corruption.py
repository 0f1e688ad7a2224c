"""Each corruption against its mean, its variance or its share, written out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch import Tensor

from aestudio.networks.noise import NoiseSource
from aestudio.objectives import corruption
from aestudio.objectives.corruption import Noise
from aestudio.objectives.corruptor import CORRUPTIONS

Function = Callable[[Tensor, Tensor, Noise], Tensor]
FUNCTIONS: dict[str, Function] = {name: one.function for name, one in CORRUPTIONS.items()}


def noise_at(step: int = 0) -> NoiseSource:
    noise = NoiseSource()
    noise.reseed(1, step)
    return noise


def damaged(function: Function, x: Tensor, *strengths: float, step: int = 0) -> Tensor:
    return function(x, torch.tensor(strengths), noise_at(step))


def level(value: float, count: int = 1) -> Tensor:
    """Pictures of one brightness with 200 x 200 pixels."""
    return torch.full((count, 1, 200, 200), value)


def spread(x: Tensor) -> float:
    return float(x.double().std())


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEvery:
    def test_strength_zero_changes_nothing(self, name: str) -> None:
        x = torch.rand(3, 2, 7, 9, generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(damaged(FUNCTIONS[name], x, 0.0, 0.0, 0.0), x, atol=1e-6, rtol=0)

    def test_each_sample_has_its_own_strength(self, name: str) -> None:
        x = torch.rand(1, 2, 30, 30, generator=torch.Generator().manual_seed(0)).expand(
            4, 2, 30, 30
        )
        far = (damaged(FUNCTIONS[name], x, 0.0, 0.15, 0.4, 0.9) - x).square().mean((1, 2, 3))
        assert far[0] < 1e-10
        assert far[0] < far[1] < far[2] < far[3]

    def test_the_damage_depends_on_seed_and_step_alone(self, name: str) -> None:
        x = torch.rand(2, 1, 20, 20, generator=torch.Generator().manual_seed(0))
        first = damaged(FUNCTIONS[name], x, 0.5, 0.5, step=3)
        assert torch.equal(first, damaged(FUNCTIONS[name], x, 0.5, 0.5, step=3))
        other = damaged(FUNCTIONS[name], x, 0.5, 0.5, step=4)
        # A blur has nothing random.
        assert torch.equal(first, other) == (name == "blur")

    def test_what_is_given_is_left_alone(self, name: str) -> None:
        x = torch.rand(2, 1, 8, 8)
        before = x.clone()
        damaged(FUNCTIONS[name], x, 0.5, 0.5)
        assert torch.equal(x, before)


def test_gaussian_noise_has_the_deviation_asked_for() -> None:
    result = damaged(corruption.gaussian, level(0.5), 0.3)
    # Of 40,000 numbers the mean is known to 0.3 / 200 and the deviation to 0.3 / 283.
    assert float(result.mean()) == pytest.approx(0.5, abs=5 * 0.3 / 200)
    assert spread(result) == pytest.approx(0.3, abs=5 * 0.3 / 283)
    assert result.min() < -0.3, "noise is not cut off at the end of the range"


def test_half_of_the_spoilt_numbers_turn_white_and_half_black() -> None:
    result = damaged(corruption.salt_and_pepper, level(0.5), 0.4)
    shares = [float((result == value).float().mean()) for value in (0.0, 0.5, 1.0)]
    assert shares == pytest.approx([0.2, 0.6, 0.2], abs=5 * (0.24 / 40_000) ** 0.5)
    assert sum(shares) == pytest.approx(1.0)


def test_masking_hides_the_share_asked_for() -> None:
    result = damaged(corruption.masking, level(0.5), 0.25)
    assert float((result == 0).float().mean()) == pytest.approx(0.25, abs=5 * 0.433 / 200)
    assert torch.equal(result.unique(), torch.tensor([0.0, 0.5]))
    assert not damaged(corruption.masking, level(0.5), 1.0).any()


@pytest.mark.parametrize("brightness", [0.0, 0.25, 1.0])
def test_speckle_grows_with_brightness(brightness: float) -> None:
    result = damaged(corruption.speckle, level(brightness), 0.2)
    assert float(result.mean()) == pytest.approx(brightness, abs=0.005)
    assert spread(result) == pytest.approx(0.2 * brightness, abs=0.004)


@pytest.mark.parametrize("brightness", [0.0, 0.25, 1.0])
def test_light_noise_grows_with_the_root_of_brightness(brightness: float) -> None:
    result = damaged(corruption.poisson, level(brightness), 0.5)
    assert float(result.mean()) == pytest.approx(brightness, abs=0.015)
    assert spread(result) == pytest.approx(0.5 * brightness**0.5, abs=0.015)
    # Whole particles, each worth 0.25.
    assert torch.equal(result * 4, (result * 4).round())


@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 1.0])
def test_a_missing_block_is_a_rectangle_of_the_share_asked_for(share: float) -> None:
    x = torch.ones(50, 3, 20, 40)
    is_lost = damaged(corruption.missing_block, x, *[share] * 50) == 0
    height, width = round(20 * share**0.5), round(40 * share**0.5)
    assert torch.equal(is_lost[:, 0], is_lost[:, 2]), "all channels are lost together"
    assert (is_lost[:, 0].any(2).sum(1) == height).all()
    assert (is_lost[:, 0].any(1).sum(1) == width).all()
    assert (is_lost[:, 0].sum((1, 2)) == height * width).all()


def test_a_missing_block_lies_anywhere_with_equal_chance() -> None:
    x = torch.ones(20_000, 1, 4, 4)
    is_lost = damaged(corruption.missing_block, x, *[0.25] * len(x))[:, 0] == 0
    first_row = is_lost.any(2).int().argmax(1)
    # A block of two rows fits in three places.
    shares = first_row.bincount(minlength=4) / len(x)
    assert shares.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0], abs=5 * 0.47 / 141)


def test_a_missing_stretch_of_a_sequence() -> None:
    is_lost = damaged(corruption.missing_block, torch.ones(40, 10, 2), *[0.3] * 40) == 0
    assert (is_lost.sum((1, 2)) == 3 * 2).all()
    changes = is_lost[:, 1:, 0].int() - is_lost[:, :-1, 0].int()
    assert (changes.abs().sum(1) <= 2).all(), "the steps lost are neighbours"


def test_blur_is_the_second_implementation_in_scipy_away_from_the_border() -> None:
    x = np.random.default_rng(0).random((1, 1, 40, 40)).astype(np.float32)
    result = damaged(corruption.blur, torch.from_numpy(x), 1.5)[0, 0].numpy()
    expected = gaussian_filter(x[0, 0], 1.5, truncate=6.0)
    np.testing.assert_allclose(result[10:30, 10:30], expected[10:30, 10:30], atol=1e-5)


def test_blur_keeps_a_level_at_its_level() -> None:
    torch.testing.assert_close(damaged(corruption.blur, level(0.7), 3.0), level(0.7))


def test_blur_is_in_single_precision_where_the_network_is_not() -> None:
    x = torch.rand(1, 1, 9, 9, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16):
        half = damaged(corruption.blur, x, 1.0)
    assert torch.equal(half, damaged(corruption.blur, x, 1.0))
