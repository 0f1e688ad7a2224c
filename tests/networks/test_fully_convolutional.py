"""Networks without a dense layer: any size, codes that belong to places, and how far they reach."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestudio.networks.fully_convolutional import (
    code_step,
    num_steps,
    places_of,
    reach,
    set_size,
    takes_any_size,
)
from aestudio.networks.options import NetworkOptions
from tests.networks.conftest import build, check_shapes, parameters_without_gradient
from tests.networks.test_convolutional import WAYS

SIDES = st.integers(1, 37)


def options_of(way: tuple[str, str, bool], **values: object) -> NetworkOptions:
    downsampling, upsampling, residual = way
    return NetworkOptions(
        kind="fully_convolutional",
        downsampling=downsampling,
        upsampling=upsampling,
        residual=residual,
        **values,
    )


@given(
    channels=st.integers(1, 3),
    height=SIDES,
    width=SIDES,
    depth=st.integers(0, 3),
    kernel_size=st.sampled_from([3, 5]),
    normalization=st.sampled_from(["none", "batch", "layer"]),
    way=st.sampled_from(WAYS),
)
def test_every_way_gives_back_any_size(
    channels: int,
    height: int,
    width: int,
    depth: int,
    kernel_size: int,
    normalization: str,
    way: tuple[str, str, bool],
) -> None:
    num_places = math.prod(num_steps((height, width), 2**depth))
    hidden = (5,) * depth
    options = options_of(
        way,
        code_size=2 * num_places,
        depth=depth,
        hidden=hidden,
        kernel_size=kernel_size,
        normalization=normalization,
    )
    shape = (channels, height, width)
    if code_step(options, shape) == 2**depth:
        check_shapes(options, shape)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_gradient_reaches_every_parameter(way: tuple[str, str, bool]) -> None:
    options = options_of(way, hidden=(4, 6), code_size=12, normalization="batch")
    assert parameters_without_gradient(options, (1, 9, 14)) == []


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("kernel_size", [3, 5])
def test_no_pixel_beyond_the_reach_changes_the_reconstruction(
    way: tuple[str, str, bool], kernel_size: int
) -> None:
    options = options_of(way, hidden=(3, 3), kernel_size=kernel_size, normalization="layer")
    options = options.changed(code_size=30 * 30)
    shape = (1, 120, 120)
    encoder, decoder = build(options, shape)
    x = torch.rand(1, *shape, requires_grad=True)
    decoder(encoder(x))[0, 0, 60:64, 60:64].sum().backward()
    assert x.grad is not None
    rows, columns = x.grad[0, 0].nonzero(as_tuple=True)
    far = reach(options, shape)
    assert far % code_step(options, shape) == 0
    assert 60 - far <= rows.min() < rows.max() <= 63 + far
    assert 60 - far <= columns.min() < columns.max() <= 63 + far


def test_a_number_of_the_code_belongs_to_its_place() -> None:
    options = NetworkOptions(kind="fully_convolutional", hidden=(4, 4), code_size=2 * 8 * 8)
    encoder, decoder = build(options, (1, 32, 32))
    x = torch.zeros(1, 1, 32, 32)
    before = encoder(x).reshape(2, 8, 8)
    x[..., 28:, 28:] = 1.0
    changed = (encoder(x).reshape(2, 8, 8) != before).any(0)
    assert changed[7, 7]
    assert not changed[:5].any()
    assert not changed[:, :5].any()
    code = torch.zeros(1, 2, 8, 8)
    nothing = decoder(code.flatten(1))
    code[0, 1, 0, 7] = 1.0
    moved = (decoder(code.flatten(1)) != nothing)[0, 0]
    assert moved[:4, 28:].any()
    assert not moved[20:].any()
    assert not moved[:, :12].any()


def test_the_same_weights_take_another_size() -> None:
    options = NetworkOptions(kind="fully_convolutional", hidden=(4, 4), code_size=3 * 4)
    encoder, decoder = build(options, (2, 8, 8))
    assert takes_any_size(encoder)
    assert takes_any_size(decoder)
    assert not takes_any_size(build(NetworkOptions(), (2, 8, 8))[1])
    for network in (encoder, decoder):
        set_size(network, (13, 22))
        assert places_of(network) == (4, 6)
    codes = encoder(torch.rand(5, 2, 13, 22))
    assert codes.shape == (5, 3 * 4 * 6)
    assert decoder(codes).shape == (5, 2, 13, 22)
