"""Changed copies: which samples, by how much, how often, and the same again for the same step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import Batch
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.training.augmentation import augmented, augments, check_augmentation, shifted
from aestudio.training.options import TrainingOptions
from tests.training.conftest import Train

PICTURES = torch.arange(400 * 2 * 3 * 4).reshape(400, 2, 3, 4).float()
EVERY_CHANGE: list[dict[str, Any]] = [
    {"flips": "both"},
    {"shift_pixels": 2},
    {"rotation": 20.0},
    {"crop": 0.3},
    {"noise": 0.5},
]


def changed(x: Tensor = PICTURES, step: int = 0, **values: Any) -> Tensor:
    noise = NoiseSource()
    noise.reseed(1, step)
    return augmented(Batch(x=x), TrainingOptions(**values), noise).x


def discs(count: int, size: int = 33) -> Tensor:
    """Soft round spots in the middle: turning leaves them as they are."""
    place = torch.linspace(-1, 1, size)
    spot = torch.exp(-4 * (place[:, None] ** 2 + place[None, :] ** 2))
    return spot.expand(count, 1, size, size)


def ramps(count: int, size: int = 33) -> Tensor:
    """Grey levels that rise from -1 at the left to 1 at the right, at the middles of the pixels."""
    place = (2 * torch.arange(size) + 1) / size - 1
    return place.expand(count, 1, size, size)


def shares(x: Tensor) -> dict[str, float]:
    """Of 400 pictures, the share that is as it was, or mirrored along which axes."""
    kinds = {"none": (), "width": (3,), "height": (2,), "both": (2, 3)}
    return {
        name: float((x == PICTURES.flip(axes)).flatten(1).all(1).float().mean())
        for name, axes in kinds.items()
    }


def test_each_picture_is_mirrored_half_of_the_time_and_never_changed_otherwise() -> None:
    found = shares(changed(flips="horizontal"))
    assert found["none"] + found["width"] == pytest.approx(1.0)
    assert 0.4 < found["width"] < 0.6
    found = shares(changed(flips="both"))
    assert sum(found.values()) == pytest.approx(1.0)
    assert all(0.18 < share < 0.32 for share in found.values())


def test_nothing_is_changed_unless_asked_for() -> None:
    assert torch.equal(changed(), PICTURES)


@pytest.mark.parametrize("values", EVERY_CHANGE, ids=lambda values: next(iter(values)))
def test_what_is_drawn_depends_on_the_step_alone(values: dict[str, Any]) -> None:
    assert torch.equal(changed(step=3, **values), changed(step=3, **values))
    assert not torch.equal(changed(step=3, **values), changed(step=4, **values))


@pytest.mark.parametrize("down", [-5, -1, 0, 2])
@pytest.mark.parametrize("right", [-2, 0, 1, 9])
def test_a_shift_is_a_roll_whose_edge_is_filled(down: int, right: int) -> None:
    found = shifted(PICTURES[:2], torch.tensor([[down, right], [0, 0]]))
    padded = np.pad(PICTURES[0].numpy(), ((0, 0), (9, 9), (9, 9)), mode="edge")
    expected = np.roll(padded, (down, right), axis=(1, 2))[:, 9:-9, 9:-9]
    np.testing.assert_array_equal(found[0], expected)
    assert torch.equal(found[1], PICTURES[1])


def offsets(share: float, most: int) -> np.ndarray[Any, Any]:
    """How far a bright pixel in the middle was moved, (N, 2)."""
    x = torch.zeros(4000, 1, 11, 11)
    x[:, :, 5, 5] = 1.0
    moved = changed(x, shift_pixels=most, shift_share=share)
    return np.argwhere(moved[:, 0].numpy() == 1.0)[:, 1:] - 5


@pytest.mark.parametrize("most", [1, 3])
def test_shifts_are_equally_likely_up_to_the_most(most: int) -> None:
    found = offsets(1.0, most)
    assert len(found) == 4000
    for axis in (0, 1):
        values, counts = np.unique(found[:, axis], return_counts=True)
        assert values.tolist() == list(range(-most, most + 1))
        # Five standard deviations of a binomial count.
        expected = 4000 / (2 * most + 1)
        assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.08


def test_only_the_given_share_is_shifted() -> None:
    found = offsets(0.5, 1)
    # Of the shifted half, one in nine is shifted by nothing.
    stays = np.mean((found == 0).all(1))
    assert stays == pytest.approx(0.5 + 0.5 / 9, abs=0.04)


def test_a_turn_keeps_what_is_round_and_moves_what_is_not() -> None:
    round_ones = discs(50)
    torch.testing.assert_close(
        changed(round_ones, rotation=180.0)[..., 4:-4, 4:-4],
        round_ones[..., 4:-4, 4:-4],
        atol=0.02,
        rtol=0,
    )
    assert (changed(ramps(50), rotation=180.0) - ramps(50)).abs().mean() > 0.2


def test_angles_are_uniform_up_to_the_most() -> None:
    turned = changed(ramps(2000), rotation=30.0)[:, 0, 16 - 3 : 16 + 4, 16 - 3 : 16 + 4]
    # A turned ramp rises by the cosine of the angle to the right and by its sine downwards.
    right = (turned[:, :, -1] - turned[:, :, 0]).mean(1)
    down = (turned[:, -1] - turned[:, 0]).mean(1)
    degrees = torch.rad2deg(torch.atan2(down, right)).numpy()
    assert np.abs(degrees).max() <= 30.001
    assert np.abs(degrees.mean()) < 2
    assert degrees.std() == pytest.approx(60 / np.sqrt(12), rel=0.05)


def test_a_turn_of_a_wide_picture_keeps_its_shapes() -> None:
    x = torch.nn.functional.pad(discs(20, 21), (20, 20, 0, 0), mode="replicate")
    middle = slice(24, 37)
    torch.testing.assert_close(
        changed(x, rotation=180.0)[..., 4:-4, middle], x[..., 4:-4, middle], atol=0.04, rtol=0
    )


def test_a_crop_is_a_window_of_the_given_sizes() -> None:
    cropped = changed(ramps(2000), crop=0.4)[:, 0, 16]
    side = (cropped[:, -1] - cropped[:, 0]) / (2 * 32 / 33)
    place = cropped[:, 16]
    assert side.min() >= 0.6 - 1e-4
    assert side.max() <= 1 + 1e-4
    assert side.mean() == pytest.approx(0.8, abs=0.01)
    # The window stays within the picture and gets everywhere in it.
    assert (place.abs() <= 1 - side + 1e-4).all()
    assert ((place / (1 - side)).abs().mean()).item() == pytest.approx(0.5, abs=0.03)


def test_noise_has_the_given_spread_and_stays_in_the_range_of_the_data() -> None:
    x = torch.rand(500, 30, generator=torch.Generator().manual_seed(0)) * 0.02 + 0.5
    x[0, 0], x[0, 1] = 0.0, 1.0
    noisy = changed(x, noise=0.1)
    difference = noisy - x
    assert difference.std().item() == pytest.approx(0.1, rel=0.02)
    assert abs(difference.mean().item()) < 0.005
    wild = changed(x, noise=10.0)
    assert wild.min() == 0.0
    assert wild.max() == 1.0


@pytest.mark.parametrize("name", ["flips", "shift_pixels", "rotation", "crop"])
def test_only_pictures_are_moved(name: str) -> None:
    options = TrainingOptions(**{name: "both" if name == "flips" else 0.5 if name == "crop" else 1})
    check_augmentation(options, (1, 8, 8))
    with pytest.raises(OptionError, match="only pictures") as caught:
        check_augmentation(options, (30,))
    assert caught.value.subject == f"training.{name}"


def test_any_sample_can_be_noisy() -> None:
    check_augmentation(TrainingOptions(noise=0.5), (30,))


def test_the_last_epochs_see_the_samples_as_they_are() -> None:
    options = TrainingOptions(epochs=70, augment_until=62 / 70, noise=0.1)
    assert [epoch for epoch in range(1, 71) if not augments(options, epoch)] == list(range(63, 71))
    rounded = options.changed(augment_until=0.886)
    assert [augments(rounded, epoch) for epoch in (62, 63)] == [True, False]
    assert augments(TrainingOptions(epochs=3, noise=0.1), 3)
    assert not augments(TrainingOptions(epochs=3, noise=0.1, augment_until=0.0), 1)


@pytest.mark.parametrize(
    "change",
    [{"flips": "both"}, {"rotation": 5.0}, {"crop": 0.2}, {"shift_pixels": 1}, {"noise": 0.1}],
    ids=lambda change: next(iter(change)),
)
def test_samples_are_changed_as_soon_as_one_change_is_asked_for(change: dict[str, object]) -> None:
    assert not augments(TrainingOptions(), 1)
    assert augments(TrainingOptions().changed(**change), 1)


def test_training_learns_from_copies_until_it_is_told_not_to(train: Train) -> None:
    plain = train(["training.epochs=1"])
    same = train(["training.epochs=1", "training.shift_pixels=1", "training.augment_until=0"])
    other = train(["training.epochs=1", "training.shift_pixels=1"])
    np.testing.assert_array_equal(plain.curve["loss"], same.curve["loss"])
    assert not np.array_equal(plain.curve["loss"], other.curve["loss"])
