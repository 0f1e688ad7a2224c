"""Splitting: disjoint, complete, the same for ever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.options import DataOptions
from aestudio.data.splitting import evenly_spaced, split
from aestudio.errors import DataError


@given(
    st.integers(1, 500),
    st.floats(0.0, 0.9),
    st.integers(0, 2**31 - 1),
)
def test_the_parts_are_sorted_disjoint_and_complete(
    num_samples: int, share: float, seed: int
) -> None:
    parts = split(num_samples, DataOptions(validation_fraction=share, split_seed=seed))
    both = np.concatenate([parts.train, parts.validation])
    assert np.array_equal(np.sort(both), np.arange(num_samples))
    for rows in (parts.train, parts.validation):
        assert rows.dtype == np.int64
        assert (np.diff(rows) > 0).all()
    assert len(parts.train) >= 1
    assert abs(len(parts.validation) - share * num_samples) <= 1
    assert (len(parts.validation) > 0) == (share > 0 and num_samples > 1)


def test_the_split_of_a_seed_never_changes() -> None:
    # Written down once: a run of years ago has to find the same samples held back.
    parts = split(20, DataOptions(validation_fraction=0.3, split_seed=7))
    assert parts.validation.tolist() == [1, 7, 10, 13, 14, 17]
    assert split(20, DataOptions(validation_fraction=0.3, split_seed=8)).validation.tolist() != [
        1,
        7,
        10,
        13,
        14,
        17,
    ]


def test_every_sample_is_held_back_equally_often() -> None:
    counts = np.zeros(50)
    for seed in range(400):
        counts[split(50, DataOptions(validation_fraction=0.2, split_seed=seed)).validation] += 1
    # Binomial(400, 0.2): mean 80, standard deviation 8; 50 samples stay within four of them.
    assert counts.mean() == 80
    assert np.abs(counts - 80).max() < 32


def test_nothing_cannot_be_split() -> None:
    with pytest.raises(DataError, match="no samples"):
        split(0, DataOptions())


@given(st.integers(0, 3000), st.integers(2, 500))
def test_rows_are_spread_from_the_first_to_the_last(num_rows: int, most: int) -> None:
    rows = evenly_spaced(np.arange(num_rows), most)
    assert len(rows) == min(num_rows, most)
    steps = np.diff(rows)
    assert rows[:1].tolist() + rows[-1:].tolist() == [0, num_rows - 1][: 2 * min(num_rows, 1)]
    assert steps.max(initial=1) - steps.min(initial=num_rows) <= 1
