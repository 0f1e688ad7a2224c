"""Ways down and up: exact sizes, and the layers against the same thing written out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from aestudio.networks.options import NetworkOptions
from aestudio.networks.resampling import Doubling, Level, doubling, filters, pooling, stride_down
from aestudio.networks.residual import ResidualBlock
from tests.networks.conftest import build, check_shapes, parameters_without_gradient

WAYS = list(
    itertools.product(
        ["strided", "max_pool", "average_pool"], ["transposed", "resize"], [False, True]
    )
)
SIDES = st.integers(1, 37)
KERNELS = st.sampled_from([3, 5, 7])


@given(
    channels=st.integers(1, 3),
    height=SIDES,
    width=SIDES,
    depth=st.integers(0, 4),
    kernel_size=KERNELS,
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
    downsampling, upsampling, residual = way
    options = NetworkOptions(
        kind="convolutional",
        code_size=3,
        depth=depth,
        hidden=(5,) * depth,
        kernel_size=kernel_size,
        normalization=normalization,
        downsampling=downsampling,
        upsampling=upsampling,
        residual=residual,
    )
    check_shapes(options, (channels, height, width))


@given(height=SIDES, width=SIDES, kernel_size=KERNELS, way=st.sampled_from(WAYS))
def test_each_level_is_mirrored_exactly(
    height: int, width: int, kernel_size: int, way: tuple[str, str, bool]
) -> None:
    options = NetworkOptions(kernel_size=kernel_size, downsampling=way[0], upsampling=way[1])
    down = nn.Sequential(filters(1, 2, kernel_size, stride_down(options)), *pooling(options))
    up = nn.Sequential(*doubling(options, Level(1, 2, (height, width))))
    coarse = down(torch.rand(1, 1, height, width))
    assert coarse.shape == (1, 2, (height + 1) // 2, (width + 1) // 2)
    assert up(coarse).shape == (1, 1, height, width)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
def test_the_gradient_reaches_every_parameter(
    way: tuple[str, str, bool], normalization: str
) -> None:
    options = NetworkOptions(
        kind="convolutional",
        hidden=(4, 6),
        normalization=normalization,
        downsampling=way[0],
        upsampling=way[1],
        residual=way[2],
    )
    assert parameters_without_gradient(options, (1, 9, 14)) == []


@given(height=st.integers(1, 9), width=st.integers(1, 9))
def test_pooling_and_doubling_are_what_numpy_makes_of_them(height: int, width: int) -> None:
    x = np.random.default_rng(0).random((2, 3, height, width))
    # What lies beyond an odd edge is not there, and so counts neither for the mean nor the largest.
    padded = np.pad(x, [(0, 0), (0, 0), (0, height % 2), (0, width % 2)], constant_values=np.nan)
    windows = padded.reshape(2, 3, padded.shape[2] // 2, 2, padded.shape[3] // 2, 2)
    for name, reduce in (("max_pool", np.nanmax), ("average_pool", np.nanmean)):
        (layer,) = pooling(NetworkOptions(downsampling=name))
        pooled = reduce(windows, axis=(3, 5))
        np.testing.assert_allclose(layer(torch.from_numpy(x)).numpy(), pooled)
        doubled = pooled.repeat(2, 2).repeat(2, 3)[:, :, :height, :width]
        found = Doubling((height, width))(torch.from_numpy(pooled)).numpy()
        np.testing.assert_array_equal(found, doubled)


def test_residual_blocks_are_the_published_formula() -> None:
    options = NetworkOptions(
        kind="convolutional", hidden=(4,), residual=True, activation="relu", code_size=2
    )
    encoder, decoder = build(options, (3, 7, 5))
    down = next(module for module in encoder if isinstance(module, ResidualBlock))
    x = torch.rand(2, 3, 7, 5)
    first, second, projection = (layer for layer in down.modules() if isinstance(layer, nn.Conv2d))
    inner = F.relu(F.conv2d(x, first.weight, first.bias, stride=2, padding=1))
    body = F.conv2d(inner, second.weight, second.bias, padding=1)
    shortcut = F.conv2d(x, projection.weight, projection.bias, stride=2)
    torch.testing.assert_close(down(x), F.relu(body + shortcut))

    up = next(module for module in decoder if isinstance(module, ResidualBlock))
    y = torch.rand(2, 4, 4, 3)
    same, projection = (layer for layer in up.modules() if isinstance(layer, nn.Conv2d))
    (back,) = (layer for layer in up.modules() if isinstance(layer, nn.ConvTranspose2d))
    inner = F.relu(F.conv2d(y, same.weight, same.bias, padding=1))
    body = F.conv_transpose2d(inner, back.weight, back.bias, stride=2, padding=1)
    shortcut = F.interpolate(
        F.conv2d(y, projection.weight, projection.bias), scale_factor=2, mode="nearest"
    )
    # The last block gives the reconstruction: nothing bends it.
    torch.testing.assert_close(up(y), body + shortcut[:, :, :7, :5])


def test_resizing_covers_every_pixel_alike_and_an_odd_transposed_kernel_does_not() -> None:
    def unevenness(upsampling: str, sides: tuple[int, int]) -> float:
        options = NetworkOptions(upsampling=upsampling)
        up = nn.Sequential(*doubling(options, Level(1, 1, sides)))
        for parameter in up.parameters():
            nn.init.constant_(parameter, 1.0 if parameter.dim() > 1 else 0.0)
        inner = up(torch.ones(1, 1, 8, 8)).detach()[0, 0, 2:-2, 2:-2]
        return float(inner.max() / inner.min())

    assert unevenness("resize", (15, 15)) == 1
    assert unevenness("transposed", (16, 16)) == 1
    assert unevenness("transposed", (15, 15)) == 4
