"""What the options of the variational type change: the terms, their weights and their limits."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan, Progress
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.variational import Variational
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.likelihood import LIKELIHOODS, continuous_bernoulli_mean

SHAPE = (1, 6, 5)


def make(*, unit: bool = True, output: str = "auto", **values: Any) -> Variational:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,), output=output),
        loss="mse",
        sample_shape=SHAPE,
        is_unit_interval=unit,
    )
    model = build(parse_autoencoder_options({"type": "variational", **values}), plan)
    assert isinstance(model, Variational)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.rand(7, *SHAPE, generator=torch.Generator().manual_seed(0)))


def test_the_parts_of_a_model_with_default_options_keep_their_names() -> None:
    names = make().state_dict().keys()
    prefixes = {name.partition(".")[0] for name in names}
    assert prefixes == {
        "encoder",
        "decoder",
        "input_shift",
        "input_scale",
        "output_centre",
        "output_scale",
    }


@pytest.mark.parametrize("name", list(LIKELIHOODS))
def test_a_likelihood_takes_the_place_of_the_loss(name: str, batch: Batch) -> None:
    model = make(likelihood=name, likelihood_scale=0.5).eval()
    output = torch.randn(7, *SHAPE, generator=torch.Generator().manual_seed(1))
    family = LIKELIHOODS[name]
    values = output if family.takes_logits else output.sigmoid()
    expected = family.function(values, batch.x, torch.tensor(0.5).log())
    torch.testing.assert_close(model.reconstruction(output, batch.x), expected)
    terms = model.terms(batch, FINISHED)
    assert terms["reconstruction"].shape == (7,)


def test_a_continuous_bernoulli_shows_its_mean(batch: Batch) -> None:
    model = make(likelihood="continuous_bernoulli").eval()
    z = model.encode(batch.x)
    expected = continuous_bernoulli_mean(model.decoder_output(z))
    torch.testing.assert_close(model.decode(z), expected)
    assert not torch.allclose(model.decode(z), model.decoder_output(z).sigmoid())


@pytest.mark.parametrize(
    ("name", "best"), [("gaussian", lambda e: e.square().mean().sqrt()), ("laplace", torch.mean)]
)
def test_a_learned_width_becomes_the_size_of_the_errors(name: str, best: Any, batch: Batch) -> None:
    model = make(likelihood=name, likelihood_scale=0.1, learn_scale=True)
    assert model.likelihood is not None
    assert model.likelihood.log_scale(batch.x).exp().item() == pytest.approx(0.1, rel=1e-5)
    output = torch.zeros(7, *SHAPE)  # 1/2 after the sigmoid
    optimizer = torch.optim.Adam([model.likelihood.log_width], lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        model.reconstruction(output, batch.x).mean().backward()
        optimizer.step()
    wanted = best((batch.x - 0.5).abs())
    assert model.likelihood.log_scale(batch.x).exp().item() == pytest.approx(
        wanted.item(), rel=0.01
    )


def test_a_learned_width_stays_wider_than_a_grey_level(batch: Batch) -> None:
    model = make(likelihood="gaussian", learn_scale=True)
    assert model.likelihood is not None
    with torch.no_grad():
        model.likelihood.log_width.fill_(-1e4)
    assert model.likelihood.log_scale(batch.x).exp().item() == pytest.approx(1 / 403.4, rel=1e-3)


def test_free_bits_take_the_place_of_the_divergence(batch: Batch) -> None:
    model = make(free_bits=0.5, beta=4.0)
    terms = model.terms(batch, FINISHED)
    assert terms["free_bits"].shape == ()
    # An untrained code carries less than that, so the limit is all there is.
    assert terms["free_bits"].item() == pytest.approx(3 * 0.5)
    assert terms["kl"].mean() < 1.5
    assert model.term_weights(FINISHED) == {"kl": 0.0, "free_bits": 4.0}


def test_the_capacity_rises_linearly(batch: Batch) -> None:
    model = make(capacity=10.0, capacity_epochs=2, beta=100.0).eval()

    def slope(step: int) -> float:
        model.zero_grad()
        model.noise.reseed(0, 0)
        terms = model.terms(batch, Progress(step, steps_per_epoch=50))
        assert terms["capacity_gap"].item() == pytest.approx(10 - terms["kl"].mean().item())
        (gradient,) = torch.autograd.grad(
            terms["capacity_gap"], model.encoder[-1].bias, retain_graph=True
        )
        (kl_gradient,) = torch.autograd.grad(terms["kl"].mean(), model.encoder[-1].bias)
        return float((gradient / kl_gradient).median())

    # At the start the capacity is zero and the divergence falls; soon after, it is asked to rise.
    assert slope(0) == pytest.approx(1.0)
    assert slope(100) == pytest.approx(-1.0)
    assert model.term_weights(FINISHED) == {"kl": 0.0, "capacity_gap": 100.0}


def test_cycles_start_beta_again() -> None:
    model = make(beta=2.0, warmup_epochs=5, cycles=2)
    weights = [model.term_weights(Progress(epoch, 1))["kl"] for epoch in (0, 5, 9, 10, 15, 20)]
    assert weights == [0.0, 2.0, 2.0, 0.0, 2.0, 2.0]
    assert model.term_weights(FINISHED) == {"kl": 2.0}


@pytest.mark.parametrize(
    ("values", "subject"),
    [
        ({"likelihood": "bernoulli", "unit": False}, "autoencoder.likelihood"),
        ({"likelihood": "continuous_bernoulli", "unit": False}, "autoencoder.likelihood"),
        ({"likelihood": "bernoulli", "output": "linear"}, "network.output"),
        ({"likelihood": "bernoulli", "learn_scale": True}, "autoencoder.learn_scale"),
        ({"learn_scale": True}, "autoencoder.learn_scale"),
        ({"free_bits": 1.0, "capacity": 5.0}, "autoencoder.free_bits"),
        ({"cycles": 3}, "autoencoder.cycles"),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, Any], subject: str) -> None:
    with pytest.raises(OptionError) as caught:
        make(**values)
    assert caught.value.subject == subject
    assert caught.value.next_step
