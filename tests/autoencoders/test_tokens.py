"""Autoencoders of tokens: a contract over types and networks, and what they refuse."""

from __future__ import annotations

import math

import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan, Progress
from aestudio.autoencoders.denoising import Denoising
from aestudio.autoencoders.registry import build, parse_autoencoder_options, types
from aestudio.errors import OptionError
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.reconstruction import RECONSTRUCTION_LOSSES

STEPS, SYMBOLS, PADDING = 6, 5, 0
#: What a type cannot do with its default options, if symbols are to be repaired.
OPTIONS: dict[str, dict[str, object]] = {"denoising": {"corruption": "masking"}}
NO_MEANING = {"contractive"}
WITH_MEANING = [name for name in types() if name not in NO_MEANING]
NETWORKS: dict[str, dict[str, object]] = {
    "dense": {"kind": "dense"},
    "gru": {"kind": "recurrent"},
    "lstm": {"kind": "recurrent", "cell": "lstm", "bidirectional": True},
    "teacher": {"kind": "recurrent", "feedback": True, "teacher_forcing": 1.0},
    "sometimes": {"kind": "recurrent", "feedback": True, "teacher_forcing": 0.5},
    "temporal": {"kind": "temporal"},
    "causal": {"kind": "temporal", "causal": True},
}


def make(
    name: str = "undercomplete",
    network: str = "dense",
    *,
    loss: str = "categorical",
    output: str = "auto",
    **values: object,
) -> Autoencoder:
    plan = Plan(
        network=NetworkOptions(code_size=3, hidden=(16,), output=output, **NETWORKS[network]),
        loss=loss,
        sample_shape=(STEPS, SYMBOLS),
        is_unit_interval=True,
        is_tokens=True,
        padding=PADDING,
    )
    return build(parse_autoencoder_options({"type": name, **OPTIONS.get(name, {}), **values}), plan)


@pytest.fixture
def batch() -> Batch:
    numbers = torch.randint(1, SYMBOLS, (7, STEPS), generator=torch.Generator().manual_seed(0))
    numbers[:4, 4:] = PADDING
    return Batch(torch.nn.functional.one_hot(numbers, SYMBOLS).float())


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ["undercomplete", "variational", "denoising"])
class TestEveryNetwork:
    def test_gives_probabilities(self, name: str, network: str, batch: Batch) -> None:
        model = make(name, network).eval()
        output = model(batch.x)
        assert output.shape == batch.x.shape
        assert output.min() > 0
        torch.testing.assert_close(output.sum(2), torch.ones(7, STEPS))

    def test_has_the_cross_entropy_of_its_probabilities(
        self, name: str, network: str, batch: Batch
    ) -> None:
        model = make(name, network).eval()
        output = model.decoder_output(model.encode(batch.x))
        nats = -(batch.x * model.finish(output).log()).sum(2)
        # Four of seven end at step 4: of their two paddings the first counts.
        expected = nats.sum(1) - torch.cat([nats[:4, 5], torch.zeros(3)])
        torch.testing.assert_close(model.reconstruction(output, batch.x), expected)

    def test_learns(self, name: str, network: str, batch: Batch) -> None:
        model = make(name, network).train()
        optimizer = torch.optim.Adam(model.parameters(), 0.02)

        def loss() -> torch.Tensor:
            terms = model.terms(batch, Progress(0, 1))
            return terms["reconstruction"].mean()

        model.noise.reseed(0, 0)
        first = loss().item()
        for step in range(40):
            model.noise.reseed(0, step)
            optimizer.zero_grad()
            value = loss()
            value.backward()
            optimizer.step()
        assert value.item() < 0.9 * first

    def test_starts_from_the_shares_of_the_symbols(
        self, name: str, network: str, batch: Batch
    ) -> None:
        model = make(name, network).eval()
        mean = batch.x.mean(0)
        model.adapt(mean, 0.4)
        torch.testing.assert_close(model.input_scale, torch.tensor(1 / 0.4))
        if isinstance(model.decoder, FeedbackDecoder):
            assert not model.output_centre.any(), "it has to know what it chose"
        else:
            common = mean > 0.01
            torch.testing.assert_close(model.output_centre[common], mean[common].log())


@pytest.mark.parametrize("name", WITH_MEANING)
class TestEveryType:
    def test_has_finite_terms(self, name: str, batch: Batch) -> None:
        terms = make(name).terms(batch, FINISHED)
        assert all(term.isfinite().all() for term in terms.values())

    def test_refuses_losses_of_numbers(self, name: str) -> None:
        for loss, facts in RECONSTRUCTION_LOSSES.items():
            if not facts.needs_tokens:
                with pytest.raises(OptionError, match="no nearer") as caught:
                    make(name, loss=loss)
                assert caught.value.subject == "training.loss"

    @pytest.mark.parametrize("output", ["linear", "sigmoid"])
    def test_refuses_another_end(self, name: str, output: str) -> None:
        with pytest.raises(OptionError, match="softmax"):
            make(name, output=output)


@pytest.mark.parametrize("name", NO_MEANING)
def test_types_without_a_meaning_say_so(name: str) -> None:
    with pytest.raises(OptionError, match="cannot change a little") as caught:
        make(name)
    assert caught.value.subject == "autoencoder.type"


@pytest.mark.parametrize("name", types())
def test_measured_numbers_refuse_the_loss_of_symbols(name: str) -> None:
    plan = Plan(
        network=NetworkOptions(code_size=3),
        loss="categorical",
        sample_shape=(STEPS, SYMBOLS),
        is_unit_interval=True,
    )
    with pytest.raises(OptionError, match="measured numbers"):
        build(parse_autoencoder_options({"type": name}), plan)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_likelihoods_of_numbers_are_refused(likelihood: str) -> None:
    with pytest.raises(OptionError, match="symbols") as caught:
        make("variational", likelihood=likelihood)
    assert caught.value.subject == "autoencoder.likelihood"


def test_a_decoder_sees_the_symbol_that_it_chose(batch: Batch) -> None:
    model = make(network="teacher").eval()
    decoder = model.decoder
    assert isinstance(decoder, FeedbackDecoder)
    z = torch.randn(3, 3, generator=torch.Generator().manual_seed(1))
    alone = decoder(z)
    chosen = torch.nn.functional.one_hot(alone.argmax(2), SYMBOLS).float()
    # Taught what it would choose anyway, it writes the same.
    torch.testing.assert_close(decoder.write_at_once(z, chosen), alone)


def test_equal_chances_cost_as_much_as_there_is_to_know(batch: Batch) -> None:
    model = make().eval()
    nats = model.reconstruction(torch.zeros_like(batch.x), batch.x)
    assert nats.tolist() == pytest.approx([math.log(SYMBOLS) * n for n in [5] * 4 + [6] * 3])


@pytest.mark.parametrize("corruption", ["gaussian", "salt_and_pepper", "blur"])
def test_damage_by_degrees_is_refused(corruption: str) -> None:
    with pytest.raises(OptionError, match="one symbol or another") as caught:
        make("denoising", corruption=corruption)
    assert caught.value.subject == "autoencoder.corruption"


@pytest.mark.parametrize("corruption", ["masking", "missing_block"])
def test_damage_takes_whole_symbols_away(corruption: str, batch: Batch) -> None:
    model = make("denoising", corruption=corruption, strength=0.5)
    assert isinstance(model, Denoising)
    damaged = model.corrupt(batch.x, model.noise)
    is_kept = (damaged == batch.x).all(2)
    assert 0.2 < is_kept.float().mean() < 0.8
    assert not damaged[~is_kept].any()
