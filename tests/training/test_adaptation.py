"""What a network starts from: the mean sample, and inputs of unit spread."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import Autoencoder, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions
from aestudio.training.adaptation import adapt_to_data
from aestudio.training.arrays import TrainingArrays

SHAPE = (1, 4, 6)


@pytest.fixture
def arrays() -> TrainingArrays:
    rng = np.random.default_rng(0)
    x = rng.integers(60, 200, (300, *SHAPE)).astype(np.uint8)
    x[200:] = 255  # not trained on, so not to be looked at
    return TrainingArrays(
        x=x,
        train_rows=np.arange(200),
        validation_rows=np.arange(200, 300),
        offset=np.zeros(1, np.float32),
        scale=np.full(1, 1 / 255, np.float32),
    )


def plain_model(loss: str = "mse", output: str = "auto") -> Autoencoder:
    return build(
        parse_autoencoder_options({"type": "undercomplete"}),
        Plan(
            network=NetworkOptions(code_size=2, output=output),
            loss=loss,
            sample_shape=SHAPE,
            is_unit_interval=True,
        ),
    )


@pytest.mark.parametrize(
    ("loss", "output"), [("mse", "linear"), ("mse", "sigmoid"), ("bce", "auto")]
)
def test_a_decoder_that_says_nothing_draws_the_mean(
    arrays: TrainingArrays, loss: str, output: str
) -> None:
    model = plain_model(loss, output)
    adapt_to_data(model, arrays)
    for parameter in model.decoder.parameters():
        torch.nn.init.zeros_(parameter)
    seen = arrays.x[:200].astype(np.float64) / 255
    with torch.no_grad():
        drawn = model.decode(torch.zeros(1, 2))[0].numpy()
    np.testing.assert_allclose(drawn, seen.mean(0), atol=1e-5)


def test_the_encoder_sees_values_around_zero_with_unit_spread(arrays: TrainingArrays) -> None:
    model = plain_model()
    adapt_to_data(model, arrays)
    received: list[torch.Tensor] = []
    model.encoder.register_forward_pre_hook(lambda _module, given: received.append(given[0]))
    model.encode(torch.from_numpy(arrays.x[:200]).float() / 255)
    assert received[0].mean(0).abs().max() < 1e-5
    assert received[0].square().mean().item() == pytest.approx(1.0, rel=1e-4)


def test_data_that_never_changes_leaves_the_network_as_it_was(arrays: TrainingArrays) -> None:
    model = plain_model()
    arrays.x[:] = 7
    adapt_to_data(model, arrays)
    assert model.input_scale.item() == 1.0
    assert not model.input_shift.any()
