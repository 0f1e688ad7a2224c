"""Recurrent networks against their equations, written out step by step in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from aestudio.networks.options import NetworkOptions
from aestudio.networks.recurrent_layers import RecurrentStack
from tests.networks.conftest import build, check_shapes, parameters_without_gradient

Array = npt.NDArray[np.float64]
CELLS = ["gru", "lstm"]


@given(
    num_steps=st.integers(1, 12),
    num_channels=st.integers(1, 3),
    hidden=st.lists(st.integers(1, 7), max_size=3).map(tuple),
    cell=st.sampled_from(CELLS),
    bidirectional=st.booleans(),
    feedback=st.booleans(),
    residual=st.booleans(),
)
def test_any_sequence_comes_back(
    num_steps: int,
    num_channels: int,
    hidden: tuple[int, ...],
    cell: str,
    bidirectional: bool,
    feedback: bool,
    residual: bool,
) -> None:
    options = NetworkOptions(
        kind="recurrent",
        hidden=hidden,
        cell=cell,
        bidirectional=bidirectional,
        feedback=feedback,
        residual=residual,
    )
    check_shapes(options, (num_steps, num_channels))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("feedback", [False, True])
@pytest.mark.parametrize("hidden", [(), (6, 6), (7, 5)], ids=str)
def test_the_gradient_reaches_every_parameter(
    cell: str, bidirectional: bool, feedback: bool, hidden: tuple[int, ...]
) -> None:
    options = NetworkOptions(
        kind="recurrent",
        hidden=hidden,
        cell=cell,
        bidirectional=bidirectional,
        feedback=feedback,
        normalization="layer",
    )
    assert parameters_without_gradient(options, (7, 2)) == []


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


class Loop:
    """One recurrent layer, one step at a time, for one sample."""

    def __init__(self, layer: nn.Module, index: int = 0, suffix: str = "") -> None:
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
        self.w_ih, self.w_hh, self.b_ih, self.b_hh = (
            getattr(layer, f"{name}_l{index}{suffix}").detach().double().numpy() for name in names
        )
        self.is_lstm = isinstance(layer, nn.LSTM)
        self.h = np.zeros(self.w_hh.shape[1])
        self.c = np.zeros(self.w_hh.shape[1])

    def step(self, x: Array) -> Array:
        given, kept = self.w_ih @ x + self.b_ih, self.w_hh @ self.h + self.b_hh
        if self.is_lstm:
            i, f, g, o = np.split(given + kept, 4)
            self.c = sigmoid(f) * self.c + sigmoid(i) * np.tanh(g)
            self.h = sigmoid(o) * np.tanh(self.c)
        else:
            (r1, z1, n1), (r2, z2, n2) = np.split(given, 3), np.split(kept, 3)
            z = sigmoid(z1 + z2)
            self.h = (1 - z) * np.tanh(n1 + sigmoid(r1 + r2) * n2) + z * self.h
        return self.h


def head(module: nn.Module, x: Array) -> Array:
    layer = module.head
    assert isinstance(layer, nn.Linear)
    weight, bias = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    return np.asarray(weight @ x + bias)


@pytest.mark.parametrize("cell", CELLS)
def test_the_decoder_is_a_loop_over_its_cells(cell: str) -> None:
    options = NetworkOptions(kind="recurrent", cell=cell, hidden=(5, 5), code_size=3)
    _, decoder = build(options, (9, 2))
    z = torch.rand(1, 3)
    first, second = Loop(decoder.layers, 0), Loop(decoder.layers, 1)
    code = z[0].double().numpy()
    expected = [head(decoder, second.step(first.step(code))) for _ in range(9)]
    np.testing.assert_allclose(decoder(z)[0].detach().numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_decoder_with_feedback_is_a_loop_that_sees_its_last_step(cell: str) -> None:
    options = NetworkOptions(kind="recurrent", cell=cell, hidden=(5, 5), code_size=3, feedback=True)
    _, decoder = build(options, (9, 2))
    z = torch.rand(1, 3)
    first, second = Loop(decoder.layers, 0), Loop(decoder.layers, 1)
    code, written = z[0].double().numpy(), [np.zeros(2)]
    for _ in range(9):
        given = np.concatenate([np.sign(written[-1]) * np.log1p(abs(written[-1])), code])
        written.append(head(decoder, second.step(first.step(given))))
    np.testing.assert_allclose(decoder(z)[0].detach().numpy(), written[1:], atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_encoder_keeps_the_last_state_of_each_direction(cell: str, bidirectional: bool) -> None:
    options = NetworkOptions(
        kind="recurrent", cell=cell, hidden=(5,), code_size=3, bidirectional=bidirectional
    )
    encoder, _ = build(options, (9, 2))
    x = torch.rand(1, 9, 2)
    steps = x[0].double().numpy()
    backwards = Loop(encoder.layers)
    states = [[backwards.step(step) for step in steps[::-1]][-1]]
    if bidirectional:
        forwards = Loop(encoder.layers, suffix="_reverse")
        states.append([forwards.step(step) for step in steps][-1])
    expected = head(encoder, np.concatenate(states))
    np.testing.assert_allclose(encoder(x)[0].detach().numpy(), expected, atol=1e-5)


def test_a_stack_without_anything_between_its_layers_is_the_layers_in_one_piece() -> None:
    torch.manual_seed(0)
    whole = nn.GRU(3, 4, 2, batch_first=True)
    options = NetworkOptions(kind="recurrent")
    stack = RecurrentStack(options, 3, (4, 4), [[]], bidirectional=False)
    parts = [part for layer in stack.layers for part in layer.parameters()]
    for part, wanted in zip(parts, whole.parameters(), strict=True):
        part.data.copy_(wanted.data)
    x = torch.rand(2, 6, 3)
    torch.testing.assert_close(stack(x)[0], whole(x)[0])
    # Half of the sequence, then the other half from the state in between.
    first, state = stack(x[:, :3])
    second, _ = stack(x[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole(x)[0])


def test_skip_connections_go_round_layers_of_one_width() -> None:
    torch.manual_seed(0)
    options = NetworkOptions(kind="recurrent", residual=True)
    stack = RecurrentStack(options, 3, (4, 4), [[]], bidirectional=False)
    x = torch.rand(2, 6, 3)
    first, second = stack.layers
    inner = first(x)[0]
    torch.testing.assert_close(stack(x)[0], inner + second(inner)[0])
