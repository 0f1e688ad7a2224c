import doctest

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from aestudio.errors import OptionError
from aestudio.networks import convolutional, layers
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network, network


def build(
    options: NetworkOptions, sample_shape: tuple[int, ...], num_code_outputs: int | None = None
) -> tuple[nn.Module, nn.Module]:
    return build_network(
        NetworkPlan(
            options=options,
            sample_shape=sample_shape,
            num_code_outputs=num_code_outputs or options.code_size,
            noise=NoiseSource(),
        )
    )


def check_shapes(options: NetworkOptions, sample_shape: tuple[int, ...]) -> None:
    encoder, decoder = build(options, sample_shape, 2 * options.code_size)
    x = torch.rand(3, *sample_shape)
    assert encoder(x).shape == (3, 2 * options.code_size)
    assert decoder(torch.rand(3, options.code_size)).shape == (3, *sample_shape)


@given(
    channels=st.integers(1, 4),
    height=st.integers(1, 37),
    width=st.integers(1, 37),
    depth=st.integers(0, 4),
    normalization=st.sampled_from(["none", "batch", "layer"]),
)
def test_convolutional_networks_give_back_any_size(
    channels: int, height: int, width: int, depth: int, normalization: str
) -> None:
    options = NetworkOptions(
        kind="convolutional", code_size=3, depth=depth, normalization=normalization
    )
    check_shapes(options, (channels, height, width))


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


@pytest.mark.parametrize("hidden", [(), (7,), (6, 6)])
def test_recurrent_networks_take_sequences(hidden: tuple[int, ...]) -> None:
    check_shapes(NetworkOptions(kind="recurrent", hidden=hidden), (11, 3))


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
    dropout = layers.after_layer(NetworkOptions(dropout=0.25), 1, noise, spatial=False)[-1]
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


@pytest.mark.parametrize("rule", ["default", "xavier", "he", "orthogonal"])
def test_first_weights_follow_the_rule(rule: str) -> None:
    torch.manual_seed(0)
    encoder, _ = build(
        NetworkOptions(code_size=64, hidden=(), depth=0, initialization=rule), (256,)
    )
    weight = next(layer.weight for layer in encoder.modules() if isinstance(layer, nn.Linear))
    spread = {
        "default": (1 / 256 / 3) ** 0.5,  # torch's own: uniform in +-1/sqrt(256)
        "xavier": (2 / (256 + 64)) ** 0.5,
        "he": (2 / 256) ** 0.5,
        "orthogonal": (1 / 256) ** 0.5,
    }[rule]
    assert weight.std().item() == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize(
    ("options", "shape", "subject"),
    [
        (NetworkOptions(kind="convolutional"), (30,), "network.kind"),
        (NetworkOptions(kind="recurrent"), (1, 8, 8), "network.kind"),
        (NetworkOptions(kind="recurrent", hidden=(4, 5)), (8, 2), "network.hidden"),
        (NetworkOptions(kind="convolutional", tied=True), (1, 8, 8), "network.tied"),
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


@pytest.mark.parametrize("module", [layers, convolutional])
def test_examples_in_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]  # a module is an object
    assert result.attempted > 0
    assert result.failed == 0
