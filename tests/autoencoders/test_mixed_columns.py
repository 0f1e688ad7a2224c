"""Rows of mixed tables: what each kind of column costs, how it ends, and where it begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit, log_softmax, softmax
from torch import Tensor

from aestudio.autoencoders.base import FINISHED, Autoencoder, Batch, Plan
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.mixed_columns import ColumnLosses, MixedColumns
from aestudio.autoencoders.registry import build, parse_autoencoder_options, types
from aestudio.networks.options import NetworkOptions
from aestudio.objectives.reconstruction import absolute_error, squared_error
from aestudio.preprocess.table_layout import TableLayout

#: A number, a category of three, a truth value, one of two, a number, one of three, one of one.
LAYOUT = TableLayout(
    columns=((0, 1), (1, 4), (4, 5), (5, 7), (7, 8), (8, 11), (11, 12)),
    categories=((1, 4), (5, 7), (8, 11), (11, 12)),
    truths=(4,),
    fill=(0.0, 0.5, 0.25, 0.25, 0.3, 0.9, 0.1, 0.0, 0.2, 0.2, 0.6, 1.0),
)
SIZE, NUMBERS = 12, [0, 7]


def rows(count: int = 6, seed: int = 0) -> Tensor:
    rng = np.random.default_rng(seed)
    x = np.zeros((count, SIZE), np.float32)
    x[:, NUMBERS] = rng.normal(size=(count, 2))
    x[:, 4] = rng.integers(0, 2, count)
    for start, stop in LAYOUT.categories:
        x[np.arange(count), start + rng.integers(0, stop - start, count)] = 1
    return torch.from_numpy(x)


def logits(count: int = 6) -> Tensor:
    return 3 * torch.randn(count, SIZE, generator=torch.Generator().manual_seed(1))


def gaps(count: int = 6) -> Tensor:
    """What is there, cell by cell."""
    cells = torch.rand(count, 7, generator=torch.Generator().manual_seed(2)) < 0.6
    return cells.repeat_interleave(torch.tensor([b - a for a, b in LAYOUT.columns]), 1)


def columns(*, categories: bool = True, truths: bool = True, weight: float = 1.0) -> MixedColumns:
    return MixedColumns(ColumnLosses(LAYOUT, categories, truths, weight))


def by_hand(output: Tensor, target: Tensor, present: Tensor | None, weight: float) -> Any:
    out, x = output.double().numpy(), target.double().numpy()
    there = np.ones_like(x, bool) if present is None else present.numpy()
    numbers = (np.square(out - x) * there)[:, NUMBERS].sum(1)
    nats = -(x * log_expit(out) + (1 - x) * log_expit(-out))[:, 4] * there[:, 4]
    for start, stop in LAYOUT.categories:
        surprise = -(x[:, start:stop] * log_softmax(out[:, start:stop], axis=1)).sum(1)
        nats += surprise * there[:, start]
    return numbers + weight * nats


@pytest.mark.parametrize("weight", [1.0, 0.25])
@pytest.mark.parametrize("present", [None, gaps()])
def test_the_loss_equals_the_one_by_hand(present: Tensor | None, weight: float) -> None:
    found = columns(weight=weight).loss(logits(), rows(), present, squared_error)
    np.testing.assert_allclose(found, by_hand(logits(), rows(), present, weight), rtol=1e-5)


def test_truth_values_can_be_compared_as_numbers() -> None:
    with_both = columns().loss(logits(), rows(), None, absolute_error)
    without = columns(truths=False).loss(logits(), rows(), None, absolute_error)
    out, x = logits()[:, 4], rows()[:, 4]
    nats = -torch.nn.functional.logsigmoid(torch.where(x > 0, out, -out))
    torch.testing.assert_close(with_both - nats + (out - x).abs(), without)


def test_each_column_of_categories_becomes_probabilities() -> None:
    found = columns().finish(logits(), lambda numbers: numbers).numpy()
    given = logits().numpy()
    for start, stop in LAYOUT.categories:
        np.testing.assert_allclose(
            found[:, start:stop], softmax(given[:, start:stop], axis=1), rtol=1e-5
        )
    np.testing.assert_allclose(found[:, 4], expit(given[:, 4]), rtol=1e-5)
    np.testing.assert_array_equal(found[:, NUMBERS], given[:, NUMBERS])


def test_a_column_of_one_category_costs_nothing_and_is_certain() -> None:
    only = MixedColumns(ColumnLosses(TableLayout(((0, 1),), ((0, 1),)), True, True))
    output = torch.tensor([[4.0], [-9.0]])
    assert only.loss(output, torch.ones(2, 1), None, squared_error).tolist() == [0, 0]
    assert only.finish(output, lambda numbers: numbers).tolist() == [[1], [1]]


@settings(max_examples=40, deadline=None)
@given(
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    is_category=st.lists(st.booleans(), min_size=6, max_size=6),
    seed=st.integers(0, 99),
)
def test_rows_are_put_together_as_they_were(
    widths: list[int], is_category: list[bool], seed: int
) -> None:
    stops = np.cumsum(widths).tolist()
    places = [(stop - width, stop) for stop, width in zip(stops, widths, strict=True)]
    # What is no category is as many numbers or truth values.
    layout = TableLayout(
        columns=tuple(places),
        categories=tuple(
            place for place, chosen in zip(places, is_category, strict=False) if chosen
        ),
        truths=tuple(
            start
            for (start, _), chosen in zip(places, is_category, strict=False)
            if not chosen and start % 2
        ),
    )
    mixed = MixedColumns(ColumnLosses(layout, True, True))
    output = torch.randn(3, stops[-1], generator=torch.Generator().manual_seed(seed))
    found = mixed.finish(output, lambda numbers: numbers)
    for start, stop in layout.categories:
        torch.testing.assert_close(found[:, start:stop], output[:, start:stop].softmax(1))
    rest = set(range(stops[-1])) - {p for a, b in layout.categories for p in range(a, b)}
    for place in rest:
        wanted = output[:, place]
        if place in layout.truths:
            wanted = wanted.sigmoid()
        torch.testing.assert_close(found[:, place], wanted)
    nothing = torch.zeros_like(output, dtype=torch.bool)
    assert not mixed.loss(output, output.abs(), nothing, squared_error).any()


def make(name: str, *, embedded: bool = False, **values: Any) -> Autoencoder:
    plan = Plan(
        network=NetworkOptions(
            code_size=3, hidden=(16,), categories="embedded" if embedded else "one_hot"
        ),
        loss="mse",
        sample_shape=(SIZE,),
        is_unit_interval=False,
        table=LAYOUT,
        column_losses=ColumnLosses(LAYOUT, of_categories=True, of_truths=True, weight=0.5),
    )
    model = build(parse_autoencoder_options({"type": name, **values}), plan)
    model.noise.reseed(0, 0)
    return model


@pytest.mark.parametrize("embedded", [False, True])
@pytest.mark.parametrize("name", types())
def test_every_type_learns_from_what_is_there(name: str, embedded: bool) -> None:
    model, x = make(name, embedded=embedded), rows(8)
    terms = model.terms(Batch(x, present=gaps(8)), FINISHED)
    assert all(term.isfinite().all() for term in terms.values())
    sum(term.mean() for term in terms.values()).backward()  # type: ignore[union-attr]
    reached = [p for part in (model.encoder, model.decoder) for p in part.parameters()]
    assert all(p.grad is not None and p.grad.isfinite().all() for p in reached)
    assert not model.reconstruction(logits(8), x, torch.zeros_like(x, dtype=torch.bool)).any()
    output = model.eval()(x)
    for start, stop in LAYOUT.categories:
        torch.testing.assert_close(output[:, start:stop].sum(1), torch.ones(8))


def test_a_decoder_that_says_nothing_gives_shares_and_means() -> None:
    model = make("undercomplete")
    mean = torch.tensor(LAYOUT.fill)
    model.adapt(mean, spread=0.7)
    for parameter in model.decoder.parameters():
        torch.nn.init.zeros_(parameter)
    found = model.decode(torch.zeros(1, 3))[0]
    torch.testing.assert_close(found[NUMBERS], mean[NUMBERS])
    for place in (slice(1, 4), 4, slice(5, 7), 11):
        torch.testing.assert_close(found[place], mean[place], atol=1e-4, rtol=0)


def test_a_likelihood_is_that_of_the_numbers() -> None:
    model = make("variational", likelihood="gaussian", likelihood_scale=0.5)
    assert isinstance(model, GaussianCode)
    assert model.likelihood is not None
    found = model.reconstruction(logits(), rows(), gaps())
    of_numbers = model.likelihood(
        logits()[:, NUMBERS], rows()[:, NUMBERS], gaps()[:, NUMBERS]
    ).detach()
    squares = ((logits() - rows()).square() * gaps())[:, NUMBERS].sum(1)
    nats = by_hand(logits(), rows(), gaps(), 0.5) - squares.numpy()
    np.testing.assert_allclose(found, of_numbers.numpy() + nats, rtol=1e-5)


def test_a_masked_category_is_a_missing_one() -> None:
    model, x = make("denoising", corruption="masking", strength=0.4), rows(400)
    damaged = model.corrupt(x, model.noise)  # type: ignore[operator]  # of the denoising type
    fill = torch.tensor(LAYOUT.fill)
    lost = []
    for start, stop in LAYOUT.columns:
        is_filled = (damaged[:, start:stop] == fill[start:stop]).all(1)
        is_kept = (damaged[:, start:stop] == x[:, start:stop]).all(1)
        assert (is_filled | is_kept).all()
        lost.append((is_filled & ~is_kept).float().mean().item())
    # All but the column in which there is nothing but one category.
    np.testing.assert_allclose(lost[:-1], 0.4, atol=0.1)
