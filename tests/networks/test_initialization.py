"""First weights: their spread, and that values keep their size through many layers."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from aestudio.networks.initialization import gain, initialize
from aestudio.networks.layers import ACTIVATIONS
from aestudio.networks.options import NetworkOptions
from tests.networks.conftest import build

RULES = ["xavier", "he", "orthogonal"]


@pytest.mark.parametrize("rule", ["default", *RULES])
def test_first_weights_follow_the_rule(rule: str) -> None:
    encoder, _ = build(
        NetworkOptions(code_size=64, hidden=(), depth=0, initialization=rule, activation="relu"),
        (256,),
    )
    weight = next(layer.weight for layer in encoder.modules() if isinstance(layer, nn.Linear))
    spread = {
        "default": (1 / 256 / 3) ** 0.5,  # torch's own: uniform in +-1/sqrt(256)
        "xavier": 2**0.5 * (2 / (256 + 64)) ** 0.5,
        "he": 2**0.5 * (1 / 256) ** 0.5,
        "orthogonal": 2**0.5 * (1 / 256) ** 0.5,
    }[rule]
    assert weight.std().item() == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize(("name", "parameter"), [("relu", None), ("leaky_relu", 0.1)])
def test_the_gain_is_the_published_one_where_there_is_one(
    name: str, parameter: float | None
) -> None:
    assert gain(name) == pytest.approx(nn.init.calculate_gain(name, parameter), rel=1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("rule", RULES)
def test_values_keep_their_size_from_layer_to_layer(name: str, rule: str) -> None:
    torch.manual_seed(0)
    width = 256
    network = nn.Sequential(
        *(module for _ in range(6) for module in (ACTIVATIONS[name](), nn.Linear(width, width)))
    )
    initialize(network, NetworkOptions(initialization=rule, activation=name))
    with torch.no_grad():
        size = network(torch.randn(200, width)).square().mean().sqrt().item()
    assert 0.8 < size < 1.25


@pytest.mark.parametrize("rule", ["xavier", "he"])
@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(16, 16, 3, 1, 1),
        nn.Conv2d(16, 16, 3, 2, 1),
        nn.ConvTranspose2d(16, 16, 4, 2, 1),
        nn.Conv1d(16, 16, 3, padding=2, dilation=2),
    ],
    ids=str,
)
def test_filters_keep_values_or_gradients_at_their_size(layer: nn.Module, rule: str) -> None:
    torch.manual_seed(0)
    # With relu before it, as the gain supposes; far from the edges, where zeros are summed.
    shape = (8, 16, 32) if isinstance(layer, nn.Conv1d) else (8, 16, 32, 32)
    initialize(layer, NetworkOptions(initialization=rule, activation="relu"))
    y = layer(torch.randn(shape).relu())
    edge = (..., *([slice(4, -4)] * (len(shape) - 2)))
    size = y[edge].square().mean().sqrt().item()
    stride = math.prod(layer.stride)
    # Xavier's rule stands between values and gradients; he takes the side of the values.
    is_transposed = isinstance(layer, nn.ConvTranspose2d)
    sums, reaches = (1 / stride, 1) if is_transposed else (1, 1 / stride)
    expected = 1.0 if rule == "he" else (2 * sums / (sums + reaches)) ** 0.5
    assert size == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
@pytest.mark.parametrize("rule", RULES)
def test_each_gate_is_a_matrix_of_its_own(kind: str, rule: str) -> None:
    options = NetworkOptions(
        kind="recurrent", cell=kind, hidden=(32,), initialization=rule, activation="relu"
    )
    encoder, _ = build(options, (5, 24))
    recurrent = encoder.layers
    assert isinstance(recurrent, nn.RNNBase)
    for gate in recurrent.weight_hh_l0.split(32):
        if rule == "orthogonal":
            torch.testing.assert_close(gate @ gate.T, torch.eye(32), atol=1e-5, rtol=0)
        else:
            # As many numbers in as out, and no gain: both rules agree.
            assert gate.std().item() == pytest.approx((1 / 32) ** 0.5, rel=0.08)
    assert not recurrent.bias_hh_l0.any()
    assert not recurrent.bias_ih_l0.any()


@pytest.mark.parametrize(
    "kind", ["dense", "convolutional", "fully_convolutional", "recurrent", "temporal"]
)
@pytest.mark.parametrize("rule", RULES)
def test_normalisation_starts_from_ones_and_biases_from_zeros(kind: str, rule: str) -> None:
    shape = {
        "dense": (6,),
        "convolutional": (1, 8, 8),
        "fully_convolutional": (1, 4, 8),
    }.get(kind, (6, 2))
    options = NetworkOptions(kind=kind, hidden=(8, 8), initialization=rule, normalization="layer")
    for part in build(options, shape):
        for name, parameter in part.named_parameters():
            if "bias" in name:
                assert not parameter.any(), name
            elif parameter.dim() == 1:
                assert (parameter == 1).all(), name
