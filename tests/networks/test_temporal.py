"""Filters along time: sizes, what a step can see, and the sums written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from aestudio.networks.options import NetworkOptions
from aestudio.networks.temporal import DilatedConv, _gap
from tests.networks.conftest import build, check_shapes, parameters_without_gradient


@given(
    num_steps=st.integers(1, 40),
    num_channels=st.integers(1, 4),
    kernel_size=st.integers(2, 7),
    causal=st.booleans(),
    hidden=st.lists(st.integers(1, 6), max_size=4).map(tuple),
    depth=st.integers(0, 6),
    normalization=st.sampled_from(["none", "batch", "layer"]),
)
def test_any_number_of_steps_comes_back(
    num_steps: int,
    num_channels: int,
    kernel_size: int,
    causal: bool,
    hidden: tuple[int, ...],
    depth: int,
    normalization: str,
) -> None:
    options = NetworkOptions(
        kind="temporal",
        kernel_size=kernel_size if causal else kernel_size | 1,
        causal=causal,
        hidden=hidden,
        depth=depth,
        normalization=normalization,
    )
    check_shapes(options, (num_steps, num_channels))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
def test_the_gradient_reaches_every_parameter(causal: bool, normalization: str) -> None:
    options = NetworkOptions(
        kind="temporal", hidden=(6, 6, 4), causal=causal, normalization=normalization
    )
    assert parameters_without_gradient(options, (13, 2)) == []


@pytest.mark.parametrize(("kernel_size", "causal"), [(3, False), (5, False), (3, True), (2, True)])
@pytest.mark.parametrize("gap", [1, 2, 4])
def test_a_filter_with_gaps_is_the_sum_written_out(
    kernel_size: int, causal: bool, gap: int
) -> None:
    torch.manual_seed(0)
    layer = DilatedConv(2, 3, kernel_size, gap, causal)
    x = np.random.default_rng(0).normal(size=(2, 9)).astype(np.float32)
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    expected = np.repeat(bias[:, None], 9, axis=1)
    for step in range(9):
        for tap in range(kernel_size):
            # The last tap of a causal filter lies on the step itself, the middle one of others.
            origin = kernel_size - 1 if causal else kernel_size // 2
            seen = step + (tap - origin) * gap
            if 0 <= seen < 9:
                expected[:, step] += weight[:, :, tap] @ x[:, seen]
    found = layer(torch.from_numpy(x)[None])[0].detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("normalization", ["none", "layer"])
def test_only_causal_blocks_are_blind_to_what_comes_later(causal: bool, normalization: str) -> None:
    options = NetworkOptions(
        kind="temporal", hidden=(4, 4, 4), causal=causal, normalization=normalization
    )
    encoder, _ = build(options, (16, 2))
    blocks = encoder[:4]  # the swap of axes and three blocks
    x = torch.rand(1, 16, 2, requires_grad=True)
    blocks(x)[0, :, 8].sum().backward()
    reached = x.grad[0].abs().sum(1) > 0
    # Three blocks of two filters of 3 with gaps 1, 2 and 4 see 2 * 2 * (1 + 2 + 4) steps back.
    assert reached[:9].all()
    assert reached[9:].any() != causal


def test_gaps_stay_within_the_sequence() -> None:
    assert [_gap(level, 100) for level in range(8)] == [1, 2, 4, 8, 16, 32, 64, 64]
    assert [_gap(level, 1) for level in range(3)] == [1, 1, 1]
