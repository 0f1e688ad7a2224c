"""Mirrored copies: which pictures, how often, and the same again for the same step."""

from __future__ import annotations

import pytest
import torch

from aestudio.autoencoders.base import Batch
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.training.augmentation import augmented, check_flips

PICTURES = torch.arange(400 * 2 * 3 * 4).reshape(400, 2, 3, 4).float()


def changed(flips: str, step: int = 0) -> torch.Tensor:
    noise = NoiseSource()
    noise.reseed(1, step)
    return augmented(Batch(x=PICTURES), flips, noise).x


def shares(x: torch.Tensor) -> dict[str, float]:
    """Of 400 pictures, the share that is as it was, or mirrored along which axes."""
    kinds = {"none": (), "width": (3,), "height": (2,), "both": (2, 3)}
    return {
        name: float((x == PICTURES.flip(axes)).flatten(1).all(1).float().mean())
        for name, axes in kinds.items()
    }


def test_each_picture_is_mirrored_half_of_the_time_and_never_changed_otherwise() -> None:
    found = shares(changed("horizontal"))
    assert found["none"] + found["width"] == pytest.approx(1.0)
    assert 0.4 < found["width"] < 0.6
    found = shares(changed("both"))
    assert sum(found.values()) == pytest.approx(1.0)
    assert all(0.18 < share < 0.32 for share in found.values())
    assert shares(changed("none"))["none"] == 1.0


def test_what_is_mirrored_depends_on_the_step_alone() -> None:
    assert torch.equal(changed("both", step=3), changed("both", step=3))
    assert not torch.equal(changed("both", step=3), changed("both", step=4))


def test_only_pictures_are_mirrored() -> None:
    check_flips("both", (1, 8, 8))
    check_flips("none", (30,))
    with pytest.raises(OptionError, match="mirrored"):
        check_flips("horizontal", (30,))
