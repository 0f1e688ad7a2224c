"""What is damaged, what is compared, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan
from aestudio.autoencoders.denoising import Denoising
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions

SHAPE = (1, 6, 5)


def make(shape: tuple[int, ...] = SHAPE, *, unit: bool = True, **values: Any) -> Denoising:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,)),
        loss="mse",
        sample_shape=shape,
        is_unit_interval=unit,
    )
    model: Autoencoder = build(parse_autoencoder_options({"type": "denoising", **values}), plan)
    assert isinstance(model, Denoising)
    return model


@pytest.fixture
def x() -> Tensor:
    return torch.rand(7, *SHAPE, generator=torch.Generator().manual_seed(0))


def test_the_damaged_sample_goes_in_and_the_whole_one_is_the_target(x: Tensor) -> None:
    model = make(strength=0.3)
    model.noise.reseed(5, 6)
    (term,) = model.terms(Batch(x), FINISHED).values()
    noise = NoiseSource()
    noise.reseed(5, 6)
    damaged = model.corrupt(x, noise)
    assert not torch.equal(damaged, x)
    torch.testing.assert_close(term, (model(damaged) - x).square().sum((1, 2, 3)))


def test_codes_and_reconstructions_are_of_the_sample_as_given(x: Tensor) -> None:
    model = make().eval()
    assert torch.equal(model.encode(x), model.encode(x))
    torch.testing.assert_close(model.encode(x), model.encoder_output(x))


def test_validation_is_of_damaged_samples_too(x: Tensor) -> None:
    model = make(strength=1.0).eval()
    (term,) = model.terms(Batch(x), FINISHED).values()
    assert not torch.allclose(term, (model(x) - x).square().sum((1, 2, 3)))


def test_an_empty_weakest_strength_damages_all_alike() -> None:
    assert make(strength=0.3).corruptor.weakest == 0.3
    assert make(strength=0.3, strength_min=0.1).corruptor.weakest == 0.1


@pytest.mark.parametrize(
    ("values", "shape", "subject"),
    [
        ({"corruption": "blur"}, (30,), "autoencoder.corruption"),
        ({"corruption": "missing_block"}, (30,), "autoencoder.corruption"),
        ({"corruption": "blur"}, (9, 2), "autoencoder.corruption"),
        ({"corruption": "masking", "strength": 2.0}, SHAPE, "autoencoder.strength"),
        ({"strength": 0.2, "strength_min": 0.3}, SHAPE, "autoencoder.strength_min"),
    ],
)
def test_what_cannot_be_is_refused(
    values: dict[str, Any], shape: tuple[int, ...], subject: str
) -> None:
    with pytest.raises(OptionError) as caught:
        make(shape, **values)
    assert caught.value.subject == subject
    assert caught.value.next_step


def test_salt_and_pepper_needs_black_and_white() -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        make((30,), unit=False, corruption="salt_and_pepper")
