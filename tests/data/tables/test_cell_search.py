"""Finding and ordering rows by their cells, checked against Python going through the cells' texts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.columns import Column, ColumnKind, cell_text
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.sample_search import BY_LABEL, BY_NAME, BY_TEXT, SampleSearch
from aestudio.data.tables.cell_search import rows_with, sort_keys

COLUMNS = (
    Column("price"),
    Column("shade", ColumnKind.CATEGORICAL, ("dark", "light", "Blue")),
    Column("sold", ColumnKind.DATE),
    Column("garden", ColumnKind.BOOLEAN),
)
#: 19_723.5 days after 1970 is noon of 2024-01-01.
X = np.array(
    [
        [12.5, 0, 19_723.5, 1],
        [40, 1, 19_754, 0],
        [np.nan, 2, np.nan, np.nan],
        [-3, np.nan, 19_723, 0],
        [12.4999, 1, 19_000, 1],
    ],
    np.float64,
)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("12.5", [0]),
        ("12,5", [0]),
        ("LIGHT", [1, 4]),
        ("ligh", [1, 4]),
        ("shade = ligh", []),
        ("shade=light", [1, 4]),
        ("blue", [2]),
        ("price=", [2]),
        ("shade =", [3]),
        ("price > 12.4999", [0, 1]),
        ("price<0", [3]),
        ("2024", [0, 1, 3]),
        ("2024-01-01", [0, 3]),
        ("2024-01-01 12:00", [0]),
        ("sold > 2024-01", [1]),
        ("sold<2024", [4]),
        ("sold=2024-02-01", [1]),
        ("true", [0, 4]),
        ("garden=false", [1, 3]),
        ("nothing", []),
        ("2024-13", []),
        ("weight > 3", []),
    ],
)
def test_words_and_conditions_find_their_rows(words: str, rows: list[int]) -> None:
    assert np.flatnonzero(rows_with(X, COLUMNS, words)).tolist() == rows


@given(st.floats(-1e6, 1e6), st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_a_number_as_it_is_shown_finds_its_own_row(number: float, others: list[float]) -> None:
    x = np.array([*others, number])[:, None]
    shown = cell_text(COLUMNS[0], float(x[-1, 0]))
    assert rows_with(x, COLUMNS[:1], shown)[-1]


@given(st.text(max_size=30))
def test_any_words_can_be_typed(words: str) -> None:
    found = rows_with(X, COLUMNS, words)
    assert found.shape == (5,)
    assert found.dtype == np.bool_


def test_categories_are_ordered_by_name_and_gaps_come_last() -> None:
    keys = sort_keys(X, COLUMNS[1], 1)
    assert keys[[2, 0, 1]].tolist() == [0, 1, 2]
    assert math.isnan(keys[3])


@pytest.fixture
def search() -> SampleSearch:
    return SampleSearch(
        Dataset(
            name="t",
            kind=Kind.TABLE,
            x=X,
            source="/t",
            columns=COLUMNS,
            feature_names=tuple(column.name for column in COLUMNS),
            sample_names=("Ulm 1", "Bonn", "Kiel", "ulm 2", "Aue"),
            labels=np.array([0, 1, 0, -1, 1]),
            label_names=("sold", "let"),
        )
    )


def test_names_labels_and_cells_are_searched(search: SampleSearch) -> None:
    assert search.matching("ULM").tolist() == [0, 3]
    assert search.matching("let").tolist() == [1, 4]
    assert search.matching("light", label=0).tolist() == []
    assert search.matching("light", label=1).tolist() == [1, 4]
    assert search.matching("", label=-1).tolist() == [3]
    assert search.matching(" ").tolist() == [0, 1, 2, 3, 4]


def test_rows_are_put_in_order_both_ways(search: SampleSearch) -> None:
    rows = search.matching("")
    assert search.in_order(rows, 0).tolist() == [3, 4, 0, 1, 2]
    assert search.in_order(rows, 0, descending=True).tolist() == [1, 0, 4, 3, 2]
    assert search.in_order(rows, 1).tolist() == [2, 0, 1, 4, 3]
    assert search.in_order(rows, BY_NAME).tolist() == [4, 1, 2, 0, 3]
    assert search.in_order(rows[:3], BY_LABEL).tolist() == [1, 0, 2]
    assert search.in_order(rows, BY_LABEL)[-1] == 3


def test_texts_without_names_are_searched_as_they_read() -> None:
    tokens = Dataset(
        name="n",
        kind=Kind.TOKENS,
        x=np.array([[1, 2, 0], [2, 2, 1]]),
        source="/n",
        symbols=("", "a", "b"),
        padding=0,
    )
    search = SampleSearch(tokens)
    assert list(search.texts) == ["ab", "bba"]
    assert search.matching("BA").tolist() == [1]
    assert search.in_order(np.arange(2), BY_TEXT, descending=True).tolist() == [1, 0]
