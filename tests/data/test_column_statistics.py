"""The figures of a table's columns, beside pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from aestudio.data.column_statistics import MOST_ROWS, column_figures
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind


def dataset(x: np.ndarray, columns: tuple[Column, ...] = ()) -> Dataset:
    return Dataset(name="t", kind=Kind.TABLE, x=x, source="/t", columns=columns)


def test_numbers_have_the_figures_that_pandas_gives() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3)).round(2)
    x[::7, 1] = np.nan
    found = list(column_figures(dataset(x)))
    described = pd.DataFrame(x).describe()
    for place, figures in enumerate(found):
        told = described[place]
        assert figures.num_rows - figures.num_missing == told["count"]
        assert float(figures.lowest) == told["min"]
        assert float(figures.highest) == told["max"]
        np.testing.assert_allclose(float(figures.middle), told["50%"], rtol=1e-5)
        np.testing.assert_allclose(figures.mean, told["mean"])
        np.testing.assert_allclose(figures.spread, pd.Series(x[:, place]).std(ddof=0))
        assert figures.num_distinct == pd.Series(x[:, place]).nunique()
        np.testing.assert_allclose(sum(figures.shares), told["count"] / len(x))


def test_categories_have_shares_by_name() -> None:
    columns = (
        Column("shade", ColumnKind.CATEGORICAL, ("dark", "light", "none")),
        Column("sold", ColumnKind.BOOLEAN),
        Column("seen", ColumnKind.DATE),
    )
    x = np.array([[1, 1, 19_753], [1, 0, 19_755], [0, 1, np.nan], [np.nan, 1, 19_757]])
    shade, sold, seen = column_figures(dataset(x, columns))
    assert shade.shares == (0.25, 0.5, 0)
    assert shade.most_frequent == "light"
    assert shade.share_missing == 0.25
    assert sold.most_frequent == "true"
    assert sold.shares == (0.25, 0.75)
    assert (seen.lowest, seen.middle, seen.highest) == ("2024-01-31", "2024-02-02", "2024-02-04")
    assert seen.mean is None
    assert seen.to_json()["min"] == "2024-01-31"


def test_columns_without_values_and_constant_ones_have_figures() -> None:
    x = np.array([[np.nan, 5.0, np.inf], [np.nan, 5.0, 1.0]])
    empty, constant, infinite = column_figures(dataset(x))
    assert (empty.num_missing, empty.num_distinct, empty.shares) == (2, 0, ())
    assert constant.shares == (1.0,)
    assert infinite.num_missing == 1


@pytest.mark.parametrize("highest", [5e-324, 2e-323])
def test_numbers_that_no_bars_lie_between_share_one(highest: float) -> None:
    """They are next to each other for a computer."""
    (column,) = column_figures(dataset(np.array([[0.0], [highest], [highest], [np.nan]])))
    assert column.shares == pytest.approx((0.75,))
    assert (column.num_distinct, column.num_missing) == (2, 1)


def test_large_tables_are_looked_at_in_part() -> None:
    x = np.arange(3 * MOST_ROWS, dtype=np.float64)[:, None]
    (figures,) = column_figures(dataset(x))
    assert figures.num_rows == MOST_ROWS
    assert (figures.lowest, figures.highest) == ("0", str(3 * MOST_ROWS - 1))
