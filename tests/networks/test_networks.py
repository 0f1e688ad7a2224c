import doctest

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from aestudio.errors import OptionError
from aestudio.networks import (
    convolutional,
    fully_convolutional,
    initialization,
    layers,
    temporal,
)
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import network
from tests.networks.conftest import build, check_shapes, parameters_without_gradient


@given(
    sample_shape=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple),
    hidden=st.lists(st.integers(1, 20), max_size=3).map(tuple),
    tied=st.booleans(),
    normalization=st.sampled_from(["none", "batch", "layer"]),
)
def test_dense_networks_take_samples_of_any_shape(
    sample_shape: tuple[int, ...], hidden: tuple[int, ...], tied: bool, normalization: str
) -> None:
    options = NetworkOptions(code_size=2, hidden=hidden, tied=tied, normalization=normalization)
    check_shapes(options, sample_shape)


@given(hidden=st.lists(st.integers(1, 9), max_size=3).map(tuple))
def test_skip_connections_of_dense_networks_fit_any_widths(hidden: tuple[int, ...]) -> None:
    check_shapes(NetworkOptions(hidden=hidden, residual=True), (2, 3))


def test_a_dense_skip_connection_adds_the_input_to_what_the_layer_gives() -> None:
    encoder, _ = build(NetworkOptions(hidden=(4, 4), code_size=1, residual=True), (4,))
    x = torch.rand(5, 4)
    assert [name for name, _ in encoder.named_parameters()] == [
        "1.body.0.weight",
        "1.body.0.bias",
        "2.body.0.weight",
        "2.body.0.bias",
        "3.weight",
        "3.bias",
    ]
    (w1, b1, w2, b2, w3, b3) = encoder.parameters()
    gelu = torch.nn.functional.gelu
    first = x + gelu(x @ w1.T + b1)
    second = first + gelu(first @ w2.T + b2)
    torch.testing.assert_close(encoder(x), second @ w3.T + b3)


SHAPES = {
    "dense": (6,),
    "convolutional": (2, 9, 6),
    # Two halvings leave two places, one for each number of the code.
    "fully_convolutional": (2, 7, 4),
    "recurrent": (7, 2),
    "temporal": (7, 2),
}


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("activation", layers.ACTIVATIONS)
def test_every_activation_works_in_every_kind(kind: str, activation: str) -> None:
    options = NetworkOptions(kind=kind, activation=activation, hidden=(8, 8))
    assert parameters_without_gradient(options, SHAPES[kind]) == []


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
@pytest.mark.parametrize("residual", [False, True])
def test_normalisation_dropout_and_skip_connections_work_in_every_kind(
    kind: str, normalization: str, residual: bool
) -> None:
    options = NetworkOptions(
        kind=kind, normalization=normalization, residual=residual, dropout=0.2, hidden=(8, 8)
    )
    assert parameters_without_gradient(options, SHAPES[kind]) == []


@pytest.mark.parametrize("kind", SHAPES)
def test_dropout_follows_seed_and_step_in_every_kind(kind: str) -> None:
    noise = NoiseSource()
    encoder, decoder = build(
        NetworkOptions(kind=kind, dropout=0.4, hidden=(8, 8)), SHAPES[kind], noise=noise
    )
    x = torch.rand(3, *SHAPES[kind])

    def reconstruction(step: int) -> torch.Tensor:
        noise.reseed(0, step)
        return decoder(encoder(x))

    assert torch.equal(reconstruction(1), reconstruction(1))
    assert not torch.equal(reconstruction(1), reconstruction(2))
    encoder.eval(), decoder.eval()
    assert torch.equal(reconstruction(1), reconstruction(2))


def test_tied_weights_are_counted_once_and_are_the_transposes() -> None:
    encoder, decoder = build(NetworkOptions(code_size=2, hidden=(5,), tied=True), (8,))
    # The decoder owns its biases only: 5 hidden units and 8 features.
    assert sum(p.numel() for p in decoder.parameters()) == 5 + 8
    first, last = (layer for layer in encoder.modules() if isinstance(layer, nn.Linear))
    z = torch.rand(4, 2)
    expected = torch.nn.functional.gelu(z @ last.weight) @ first.weight
    torch.testing.assert_close(decoder(z), expected)


def test_tied_weights_follow_the_encoder_when_it_learns() -> None:
    encoder, decoder = build(NetworkOptions(code_size=2, hidden=(), depth=0, tied=True), (4,))
    before = decoder(torch.ones(1, 2))
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.mul_(2.0)
    torch.testing.assert_close(decoder(torch.ones(1, 2)), 2 * before)


def test_dropout_silences_the_given_share_and_keeps_the_mean() -> None:
    noise = NoiseSource()
    noise.reseed(1, 2)
    dropout = layers.after_layer(NetworkOptions(dropout=0.25), 1, noise, "features")[-1]
    x = torch.ones(200_000)
    y = dropout(x)
    assert (y == 0).float().mean().item() == pytest.approx(0.25, abs=0.005)
    assert y.mean().item() == pytest.approx(1.0, abs=0.01)
    assert torch.equal(dropout.eval()(x), x)


def test_noise_is_a_function_of_seed_and_step() -> None:
    def draw(seed: int, step: int) -> list[float]:
        noise = NoiseSource()
        noise.reseed(seed, step)
        values: list[float] = noise.normal_like(torch.empty(4)).tolist()
        return values

    assert draw(1, 5) == draw(1, 5)
    assert draw(1, 5) != draw(1, 6)
    assert draw(1, 5) != draw(2, 5)


@pytest.mark.parametrize(
    ("options", "shape", "subject"),
    [
        (NetworkOptions(kind="convolutional"), (30,), "network.kind"),
        (NetworkOptions(kind="fully_convolutional"), (30,), "network.kind"),
        (
            NetworkOptions(kind="fully_convolutional", code_size=5, depth=1),
            (1, 8, 8),
            "network.code_size",
        ),
        (NetworkOptions(kind="recurrent"), (1, 8, 8), "network.kind"),
        (NetworkOptions(kind="temporal"), (1, 8, 8), "network.kind"),
        (NetworkOptions(kind="temporal"), (8,), "network.kind"),
        (NetworkOptions(kind="convolutional", tied=True), (1, 8, 8), "network.tied"),
        (NetworkOptions(tied=True, residual=True), (8,), "network.residual"),
        (NetworkOptions(kind="convolutional", kernel_size=4), (1, 8, 8), "network.kernel_size"),
        (NetworkOptions(kind="temporal", kernel_size=2), (8, 2), "network.kernel_size"),
        (
            NetworkOptions(kind="recurrent", feedback=True, normalization="batch"),
            (8, 2),
            "network.normalization",
        ),
    ],
)
def test_impossible_networks_are_refused_with_a_way_out(
    options: NetworkOptions, shape: tuple[int, ...], subject: str
) -> None:
    with pytest.raises(OptionError) as caught:
        build(options, shape)
    assert caught.value.subject == subject
    assert caught.value.next_step


def test_a_kind_cannot_be_registered_twice() -> None:
    with pytest.raises(ValueError, match="dense"):
        network("dense")(lambda plan: (nn.Identity(), nn.Identity()))


@pytest.mark.parametrize(
    "module", [layers, convolutional, fully_convolutional, initialization, temporal]
)
def test_examples_in_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]  # a module is an object
    assert result.attempted > 0
    assert result.failed == 0
