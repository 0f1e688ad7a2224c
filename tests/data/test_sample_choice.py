"""Which samples are taken: by number, and each of several copies once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.sample_choice import first_of_each, read_numbers, written_numbers
from aestudio.errors import OptionError


@given(st.sets(st.integers(0, 500)))
def test_written_numbers_are_read_back(numbers: set[int]) -> None:
    text = written_numbers(sorted(numbers))
    assert read_numbers(text, 501).tolist() == sorted(numbers)


@pytest.mark.parametrize("text", ["x", "3-", "-3", "5-3", "1.5", "3 4", "1,,2;3"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="neither a number nor a range"):
        read_numbers(text, 10)


def test_numbers_beyond_the_last_sample_are_refused() -> None:
    with pytest.raises(OptionError, match="no sample 1,797"):
        read("digits", DataOptions(exclude="3, 1797"))


def test_something_has_to_be_left() -> None:
    with pytest.raises(OptionError, match="no sample would be left"):
        read("digits", DataOptions(exclude="0-1796"))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_the_first_of_each_are_those_that_python_finds(values: list[int]) -> None:
    x = np.array(values, np.float32)[:, None]
    assert first_of_each(x).tolist() == sorted({values.index(value) for value in values})


def test_everything_known_of_a_sample_goes_with_it(tmp_path: Path) -> None:
    whole = read("shapes")
    part = read("shapes", DataOptions(exclude="0-9, 12"))
    rows = np.delete(np.arange(whole.num_samples), [*range(10), 12])
    assert np.array_equal(part.x, whole.x[rows])
    assert whole.labels is not None
    assert part.labels is not None
    assert np.array_equal(part.labels, whole.labels[rows])
    assert whole.factors is not None
    assert part.factors is not None
    assert np.array_equal(part.factors, whole.factors[rows])
    assert part.numbers is not None
    assert np.array_equal(part.numbers, rows)
    assert part.fingerprint != whole.fingerprint
    assert any("11 samples were left out" in finding.text for finding in part.findings)
