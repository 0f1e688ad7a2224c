"""Who moves in which phase, and that codes come to follow N(0, 1)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.adversarial import Adversarial
from aestudio.autoencoders.base import FINISHED, Batch, Phase, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions
from aestudio.training.arrays import TrainingArrays
from aestudio.training.control import Control
from aestudio.training.events import EpochDone
from aestudio.training.fit import fit
from aestudio.training.options import TrainingOptions

SHAPE = (1, 6, 5)


def make(**values: Any) -> Adversarial:
    plan = Plan(
        network=NetworkOptions(code_size=2, hidden=(32,)),
        loss="mse",
        sample_shape=SHAPE,
        is_unit_interval=True,
    )
    model = build(parse_autoencoder_options({"type": "adversarial", **values}), plan)
    assert isinstance(model, Adversarial)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(9, *SHAPE, generator=torch.Generator().manual_seed(0)))


def moved_by(model: Adversarial, phase: Phase, batch: Batch) -> set[str]:
    """The parts of the model that one phase would step, and has a gradient for."""
    stepped = {id(parameter) for parameter in phase.parameters}
    model.zero_grad()
    torch.stack([term.mean() for term in phase.terms(batch, FINISHED).values()]).sum().backward()
    return {
        name.partition(".")[0]
        for name, parameter in model.named_parameters()
        if id(parameter) in stepped and parameter.grad is not None and parameter.grad.any()
    }


def test_each_phase_moves_its_own_players(batch: Batch) -> None:
    model = make()
    players = {phase.name: moved_by(model, phase, batch) for phase in model.phases()}
    assert players == {
        "": {"encoder", "decoder"},
        "discriminator": {"discriminator"},
        "generator": {"encoder"},
    }


def test_the_terms_are_the_game_written_out(batch: Batch) -> None:
    model = make()
    model.noise.reseed(2, 3)
    terms = model.discriminator_terms(batch, FINISHED)
    model.noise.reseed(2, 3)
    z = model.encode(batch.x)
    odds = [torch.sigmoid(model.judge(code)) for code in (model.noise.normal_like(z), z)]
    torch.testing.assert_close(terms["prior"], -odds[0].log())
    torch.testing.assert_close(terms["codes"], -(1 - odds[1]).log())
    forged = model.generator_terms(batch, FINISHED)["codes"]
    torch.testing.assert_close(forged, -odds[1].log())


@pytest.mark.parametrize("widths", [(), (8,), (8, 4)])
def test_the_discriminator_has_the_widths_asked_for(widths: tuple[int, ...]) -> None:
    layers = [m for m in make(discriminator=widths).discriminator if hasattr(m, "out_features")]
    assert [layer.out_features for layer in layers] == [*widths, 1]


def spots(count: int) -> Tensor:
    """Pictures of one bright spot each, whose place varies in both directions."""
    place = torch.randn(count, 2, 1, 1, 1, generator=torch.Generator().manual_seed(0))
    rows, columns = torch.meshgrid(torch.arange(6.0), torch.arange(5.0), indexing="ij")
    distance = (rows - 2.5 - place[:, 0]).square() + (columns - 2.0 - place[:, 1]).square()
    return (-0.5 * distance).exp()


def trained_codes(
    num_epochs: int, regularisation: float
) -> tuple[Tensor, dict[str, float], dict[str, float]]:
    """The codes of 512 spots, and the means of the first and the last epoch."""
    count = 512
    arrays = TrainingArrays(
        x=spots(count).numpy(),
        train_rows=np.arange(count),
        validation_rows=np.arange(0),
        offset=np.zeros((1, 1, 1), np.float32),
        scale=np.ones((1, 1, 1), np.float32),
    )
    options = TrainingOptions(
        epochs=num_epochs, batch_size=64, learning_rate=3e-3, precision="fp32"
    )
    model = make(regularisation=regularisation, discriminator_rate=3.0)
    events = fit(model, arrays, options, Control(), run_id="r")
    epochs = [event for event in events if isinstance(event, EpochDone)]
    with torch.no_grad():
        codes = model.eval().encode(torch.from_numpy(arrays.x))
    return codes, dict(epochs[0].train), dict(epochs[-1].train)


def distance_from_unit_gaussian(codes: Tensor) -> float:
    """KL of the normal distribution with the codes' mean and covariance to N(0, 1), in nats."""
    covariance = torch.cov(codes.T)
    moments = covariance.trace() + codes.mean(0).square().sum() - 2 - covariance.logdet()
    return float(moments / 2)


def test_codes_come_to_follow_the_unit_gaussian() -> None:
    codes, first, last = trained_codes(50, regularisation=3.0)
    assert distance_from_unit_gaussian(codes) < 0.15
    assert last["reconstruction"] < 0.2 * first["reconstruction"]
    # Nobody can tell any more: all terms of the game are near ln 2.
    game = [value for name, value in last.items() if ":" in name]
    assert game == pytest.approx([np.log(2)] * 3, abs=0.1)
    free, _, _ = trained_codes(10, regularisation=0.0)
    assert distance_from_unit_gaussian(free) > 1.0
