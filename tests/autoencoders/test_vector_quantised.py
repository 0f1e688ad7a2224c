"""The type whose codes are made of codebook entries, and the codebook itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.codebook import Codebook
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.autoencoders.vector_quantised import VectorQuantised
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions


def make(code_size: int = 6, **values: Any) -> VectorQuantised:
    plan = Plan(
        network=NetworkOptions(code_size=code_size, hidden=(16,)),
        loss="mse",
        sample_shape=(8,),
        is_unit_interval=False,
    )
    values = {"codebook_size": 16, **values}
    model = build(parse_autoencoder_options({"type": "vector_quantised", **values}), plan)
    assert isinstance(model, VectorQuantised)
    return model


@pytest.fixture
def batch() -> Batch:
    return Batch(torch.randn(32, 8, generator=torch.Generator().manual_seed(0)))


def test_codes_are_made_of_entries(batch: Batch) -> None:
    model = make(num_slots=3).eval()
    chosen = model.chosen_entries(batch.x)
    assert chosen.shape == (32, 3)
    entries = model.codebook.entries
    wanted = torch.cat([entries[chosen[:, slot]] for slot in range(3)], dim=1)
    torch.testing.assert_close(model.encode(batch.x), wanted)


@pytest.mark.parametrize(
    ("code_size", "num_slots"), [(2, 1), (3, 1), (5, 5), (6, 2), (32, 8), (14, 7)]
)
def test_slots_are_chosen_to_divide_the_code(code_size: int, num_slots: int) -> None:
    assert make(code_size).num_slots == num_slots


def test_slots_that_do_not_divide_the_code_are_refused() -> None:
    with pytest.raises(OptionError, match="6 numbers") as caught:
        make(num_slots=4)
    assert caught.value.subject == "autoencoder.num_slots"


@pytest.mark.parametrize("learning", ["average", "gradient"])
def test_gradients_go_where_they_must(learning: str, batch: Batch) -> None:
    model = make(codebook_learning=learning)
    terms = model.terms(batch, FINISHED)
    encoder, decoder = model.encoder[-1].weight, model.decoder[0].weight

    def reaches(term: str, parameter: torch.Tensor) -> bool:
        if not parameter.requires_grad:
            return False
        (gradient,) = torch.autograd.grad(
            terms[term].mean(), parameter, retain_graph=True, allow_unused=True
        )
        return gradient is not None and bool(gradient.any())

    entries = model.codebook.entries
    assert [reaches("reconstruction", p) for p in (encoder, decoder, entries)] == [
        True,
        True,
        False,
    ]
    assert [reaches("commitment", p) for p in (encoder, decoder, entries)] == [True, False, False]
    if learning == "gradient":
        assert [reaches("codebook", p) for p in (encoder, entries)] == [False, True]
        torch.testing.assert_close(terms["codebook"], terms["commitment"])
    else:
        assert "codebook" not in terms


def test_the_encoder_gets_the_decoders_gradient_unchanged(batch: Batch) -> None:
    model = make().eval()
    z = model.encoder_output(batch.x).detach()
    entries = model.encode(batch.x).detach().requires_grad_()
    loss = model.reconstruction(model.decoder_output(entries), batch.x).sum()
    (at_entries,) = torch.autograd.grad(loss, entries)
    bias = model.encoder[-1].bias
    loss = model.terms(batch, FINISHED)["reconstruction"].sum()
    (at_bias,) = torch.autograd.grad(loss, bias)
    assert not torch.allclose(z, entries)
    torch.testing.assert_close(at_bias, at_entries.sum(0))


def test_nothing_is_learned_while_validating(batch: Batch) -> None:
    model = make().eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.terms(batch, FINISHED)
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)


def test_training_uses_many_entries(batch: Batch) -> None:
    model = make(num_slots=2, revive_after=20)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    found = []
    for step in range(200):
        model.noise.reseed(0, step)
        terms = model.terms(batch, FINISHED)
        optimizer.zero_grad()
        (terms["reconstruction"].mean() + 0.25 * terms["commitment"].mean()).backward()
        optimizer.step()
        found.append((terms["reconstruction"].mean().item(), terms["perplexity"].item()))
    assert found[-1][0] < 0.5 * found[0][0]
    assert found[-1][1] > 8


POINTS = torch.tensor([[0.0, 0.0], [0.2, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_entries_follow_the_running_average_of_the_paper() -> None:
    codebook = Codebook(2, 2, decay=0.9, revive_after=0)
    codebook.entries.copy_(torch.tensor([[0.0, 0.0], [10.0, 0.0]]))
    codebook.running_sums.copy_(codebook.entries)
    counts, sums = np.ones(2), codebook.entries.double().numpy().copy()
    for _ in range(3):
        chosen = codebook.choose(POINTS[:3])
        assert chosen.tolist() == [0, 0, 1]
        codebook.follow(POINTS[:3], chosen, torch.tensor([2.0, 1.0]))
        # Equations 6 to 8 of the appendix, by hand.
        counts = 0.9 * counts + 0.1 * np.array([2, 1])
        sums = 0.9 * sums + 0.1 * np.array([[0.2, 0.0], [10.0, 0.0]])
    np.testing.assert_allclose(codebook.entries, sums / counts[:, None], atol=1e-4)


@pytest.mark.parametrize("decay", [0.99, None])
def test_unused_entries_come_back_at_the_data(decay: float | None) -> None:
    torch.manual_seed(0)
    codebook, noise = Codebook(3, 2, decay=decay, revive_after=4), NoiseSource()
    with torch.no_grad():
        codebook.unused_steps.zero_()
        codebook.entries.copy_(torch.tensor([[0.0, 0.0], [10.0, 0.0], [99.0, 99.0]]))
    if decay is not None:
        codebook.running_sums.copy_(codebook.entries)
    for step in range(5):
        noise.reseed(0, step)
        assert codebook.unused_steps.tolist() == [0, 0, step]
        codebook.revive(POINTS[:3], noise)
        is_back = bool(codebook.entries[2].max() < 50)
        assert is_back is (step == 4)
        codebook.follow(POINTS[:3], torch.tensor([0, 0, 1]), torch.tensor([2.0, 1.0, 0.0]))
    assert min((codebook.entries[2] - point).abs().max() for point in POINTS[:3]) < 0.2


def test_the_first_step_places_every_entry_among_the_data() -> None:
    noise = NoiseSource()
    noise.reseed(0, 0)
    codebook = Codebook(50, 2, decay=0.99, revive_after=10)
    codebook.revive(POINTS, noise)
    assert {tuple(entry) for entry in codebook.entries.tolist()} == {
        tuple(point) for point in POINTS.tolist()
    }


def test_none_is_revived_where_that_is_switched_off() -> None:
    codebook = Codebook(5, 2, decay=0.99, revive_after=0)
    before = codebook.entries.clone()
    codebook.revive(POINTS, NoiseSource())
    torch.testing.assert_close(codebook.entries, before, rtol=0, atol=0)
