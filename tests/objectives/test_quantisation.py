import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from aestudio.objectives import quantisation
from aestudio.objectives.quantisation import (
    entry_counts,
    entry_sums,
    nearest_entries,
    perplexity,
    straight_through,
)


@pytest.mark.parametrize("distances_at_once", [2**26, 64])
def test_the_nearest_entry_is_found(
    distances_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantisation, "_MOST_DISTANCES", distances_at_once)
    generator = torch.Generator().manual_seed(0)
    x_NS, entries_KS = (
        torch.randn(100, 3, generator=generator),
        torch.randn(16, 3, generator=generator),
    )
    found = nearest_entries(x_NS, entries_KS)
    np.testing.assert_array_equal(found, cdist(x_NS, entries_KS).argmin(1))


def test_the_gradient_goes_straight_through() -> None:
    x = torch.tensor([0.2, 1.4], requires_grad=True)
    quantised = x.round()
    passed = straight_through(x, quantised)
    assert passed.tolist() == pytest.approx([0.0, 1.0])
    (torch.tensor([3.0, 5.0]) * passed).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0, 5.0]


def test_perplexity_counts_what_is_used() -> None:
    counts = entry_counts(torch.tensor([0, 2, 2, 0, 5, 5, 7, 7]), 10)
    assert counts.tolist() == [2, 0, 2, 0, 0, 2, 0, 2, 0, 0]
    assert perplexity(counts).item() == pytest.approx(4)
    assert perplexity(torch.tensor([9.0, 0.0, 0.0])).item() == 1
    # exp of the entropy of (3/4, 1/4).
    wanted = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert perplexity(torch.tensor([3.0, 1.0])).item() == pytest.approx(wanted)


def test_the_vectors_of_each_entry_are_added_up_the_same_way_every_time() -> None:
    generator = torch.Generator().manual_seed(0)
    x_NS = torch.randn(3000, 3, generator=generator)
    chosen_N = torch.randint(0, 16, (3000,), generator=generator)
    sums_KS = entry_sums(x_NS, chosen_N, 20)
    wanted = np.zeros((20, 3))
    np.add.at(wanted, chosen_N.numpy(), x_NS.double().numpy())
    np.testing.assert_allclose(sums_KS.double().numpy(), wanted, atol=1e-4)
    assert all(torch.equal(sums_KS, entry_sums(x_NS, chosen_N, 20)) for _ in range(20))
