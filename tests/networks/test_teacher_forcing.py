"""What a decoder with feedback sees while it trains, and that a stopped training goes on as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, Batch, Plan, Progress
from aestudio.autoencoders.registry import build as build_autoencoder
from aestudio.autoencoders.registry import parse_autoencoder_options
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.training.arrays import TrainingArrays
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.training.events import CheckpointReady, StepsDone
from aestudio.training.fit import fit
from aestudio.training.options import TrainingOptions
from tests.networks.conftest import build

STEPS, CHANNELS = 9, 2


def options(share: float, **others: object) -> NetworkOptions:
    return NetworkOptions(
        kind="recurrent",
        code_size=3,
        hidden=(6,),
        feedback=True,
        teacher_forcing=share,
        **others,
    )


def decoder(share: float, noise: NoiseSource | None = None) -> FeedbackDecoder:
    built = build(options(share), (STEPS, CHANNELS), noise=noise)[1]
    assert isinstance(built, FeedbackDecoder)
    return built


def step_by_step(network: FeedbackDecoder, z: Tensor, truth: Tensor, is_taught: Tensor) -> Tensor:
    """The loop again, from the network's own layers; ``is_taught`` is (B, T)."""
    before = torch.zeros(len(z), CHANNELS)
    state, written = None, []
    for step in range(STEPS):
        seen = torch.cat([before.sign() * before.abs().log1p(), z], 1)[:, None]
        states, state = network.layers(seen, state)
        written.append(network.head(states[:, 0]))
        if step + 1 < STEPS:
            taught = is_taught[:, step + 1, None]
            before = taught * truth[:, step] + ~taught * written[-1]
    return torch.stack(written, 1)


@pytest.fixture
def z() -> Tensor:
    return torch.rand(4, 3, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def truth() -> Tensor:
    return torch.randn(4, STEPS, CHANNELS, generator=torch.Generator().manual_seed(3))


def test_with_all_steps_taught_each_sees_the_true_step_before(z: Tensor, truth: Tensor) -> None:
    network = decoder(1.0)
    every = torch.ones(4, STEPS, dtype=torch.bool)
    torch.testing.assert_close(network(z, truth), step_by_step(network, z, truth, every))


def test_with_no_step_taught_the_teacher_is_not_looked_at(z: Tensor, truth: Tensor) -> None:
    network = decoder(0.0)
    none = torch.zeros(4, STEPS, dtype=torch.bool)
    torch.testing.assert_close(network(z, truth), step_by_step(network, z, truth, none))
    assert torch.equal(network(z, truth), network(z))


def test_in_between_the_noise_decides_which_steps_are_taught(z: Tensor, truth: Tensor) -> None:
    noise = NoiseSource()
    network = decoder(0.3, noise)
    noise.reseed(5, 6)
    found = network(z, truth)
    noise.reseed(5, 6)
    is_taught = noise.uniform_like(truth[:, :, :1])[:, :, 0] < 0.3
    assert 0 < is_taught[:, 1:].float().mean() < 1
    torch.testing.assert_close(found, step_by_step(network, z, truth, is_taught))
    noise.reseed(5, 6)
    assert torch.equal(network(z, truth), found)
    noise.reseed(5, 7)
    assert not torch.equal(network(z, truth), found)


def test_the_chosen_share_of_steps_is_taught() -> None:
    noise = NoiseSource()
    noise.reseed(0, 0)
    network = decoder(0.3, noise)
    # A head that only adds to what is fed back cannot tell; so count where the truth arrives.
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    arrived = []
    network.layers.register_forward_pre_hook(lambda _, given: arrived.append(given[0][:, 0, 0]))
    network(torch.zeros(4000, 3), torch.ones(4000, STEPS, CHANNELS))
    share = torch.stack(arrived[1:]).bool().float().mean().item()
    assert share == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_finished_models_write_by_themselves(share: float, z: Tensor, truth: Tensor) -> None:
    network = decoder(share).eval()
    assert torch.equal(network(z, truth), network(z))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_step_is_taught_the_step_before_and_nothing_later(
    share: float, z: Tensor, truth: Tensor
) -> None:
    network = decoder(share)
    truth.requires_grad_()
    network(z, truth)[:, 5].sum().backward()
    assert truth.grad is not None
    assert truth.grad[:, :5].any()
    assert not truth.grad[:, 5:].any()


def autoencoder(name: str, share: float, is_unit_interval: bool) -> Autoencoder:
    plan = Plan(
        network=options(share),
        loss="mse",
        sample_shape=(STEPS, CHANNELS),
        is_unit_interval=is_unit_interval,
    )
    model = build_autoencoder(parse_autoencoder_options({"type": name}), plan)
    generator = torch.Generator().manual_seed(4)
    model.adapt(0.2 + 0.6 * torch.rand(STEPS, CHANNELS, generator=generator), 0.3)
    return model


@pytest.mark.parametrize("is_unit_interval", [False, True])
def test_a_teacher_who_says_what_the_decoder_says_changes_nothing(
    is_unit_interval: bool, z: Tensor
) -> None:
    model = autoencoder("undercomplete", 1.0, is_unit_interval)
    alone = model.decoder_output(z)
    taught = model.decoder_output(z, teacher=model.finish(alone))
    torch.testing.assert_close(taught, alone)
    other = model.decoder_output(z, teacher=torch.full_like(alone, 0.9))
    assert not torch.allclose(other, alone)


@pytest.mark.parametrize("name", ["undercomplete", "variational"])
def test_types_show_the_decoder_what_should_come_out(name: str) -> None:
    model = autoencoder(name, 1.0, is_unit_interval=True)
    x = torch.rand(4, STEPS, CHANNELS)
    seen: list[Tensor] = []
    decode = model.decoder_output

    def watched(z_BL: Tensor, teacher: Tensor | None = None, *others: Any) -> Tensor:
        assert teacher is not None
        seen.append(teacher)
        return decode(z_BL, teacher, *others)

    model.decoder_output = watched  # type: ignore[method-assign]  # watched for this test only
    model.terms(Batch(x), Progress(0, 1))
    assert torch.equal(seen[0], x)


def test_networks_without_feedback_do_without_a_teacher(z: Tensor) -> None:
    plan = Plan(
        network=NetworkOptions(kind="recurrent", code_size=3),
        loss="mse",
        sample_shape=(STEPS, CHANNELS),
        is_unit_interval=True,
    )
    model = build_autoencoder(parse_autoencoder_options({"type": "undercomplete"}), plan)
    x = torch.rand(4, STEPS, CHANNELS)
    assert torch.equal(model.decoder_output(z), model.decoder_output(z, teacher=x))


@pytest.mark.parametrize(
    "network",
    [
        options(0.5),
        options(0.5, cell="lstm", bidirectional=True, dropout=0.2, normalization="layer"),
        NetworkOptions(kind="temporal", hidden=(5, 5), dropout=0.2, normalization="batch"),
    ],
    ids=["gru", "lstm", "temporal"],
)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_stopped_training_goes_on_bit_identically(
    network: NetworkOptions, precision: str
) -> None:
    x = np.random.default_rng(0).random((24, STEPS, CHANNELS)).astype(np.float32)
    arrays = TrainingArrays(
        x=x,
        train_rows=np.arange(20),
        validation_rows=np.arange(20, 24),
        offset=np.zeros((1, 1), np.float32),
        scale=np.ones((1, 1), np.float32),
    )
    training = TrainingOptions(
        epochs=2, batch_size=4, precision=precision, device="cpu", learning_rate=0.01
    )
    plan = Plan(network=network, loss="mse", sample_shape=(STEPS, CHANNELS), is_unit_interval=True)

    def train(checkpoint: Checkpoint | None = None, stop: bool = False) -> list[Checkpoint]:
        model = build_autoencoder(parse_autoencoder_options({"type": "undercomplete"}), plan)
        control, found = Control(), []
        for event in fit(model, arrays, training, control, run_id="r", checkpoint=checkpoint):
            if isinstance(event, CheckpointReady):
                found.append(event.checkpoint)
            if stop and isinstance(event, StepsDone):
                control.stop()
        return found

    whole = train()[-1].weights()
    half = train(stop=True)[-1]
    assert 0 < half.step < 10
    resumed = train(half)[-1].weights()
    for name, value in whole.items():
        np.testing.assert_array_equal(resumed[name], value, err_msg=name)
