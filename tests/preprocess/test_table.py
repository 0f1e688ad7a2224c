"""Tables with columns of several kinds: each map by itself, its inverse, and the file it is kept in."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import DataError, OptionError
from aestudio.preprocess.model_scale import fit_to, scaling_from_json
from aestudio.preprocess.options import PreprocessOptions
from aestudio.preprocess.scaling import Scaling
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.table_fit import COLUMN_METHODS, column_methods, fit_table
from aestudio.training.table_scale import TableScale

Array = np.ndarray[Any, Any]

AGE, SMOKES = Column("age"), Column("smokes", ColumnKind.BOOLEAN)
COLOUR = Column("colour", ColumnKind.CATEGORICAL, ("red", "green", "blue"))
BORN = Column("born", ColumnKind.DATE)
COLUMNS = (COLOUR, AGE, SMOKES, BORN)
NAN = np.nan
#: colour, age, smokes, born
CELLS = np.array(
    [
        [0.0, 20.0, 1.0, 10_000.0],
        [2.0, 40.0, 0.0, 10_010.0],
        [2.0, NAN, 0.0, 10_020.0],
        [NAN, 60.0, NAN, NAN],
    ]
)


def fitted(x: Array = CELLS, columns: tuple[Column, ...] = COLUMNS, **options: Any) -> TableScaling:
    return fit_table(x, np.arange(len(x)), columns, PreprocessOptions.model_validate(options))


def one_column(values: Array, method: str) -> TableScaling:
    return fitted(np.asarray(values, np.float64)[:, None], (AGE,), column_scaling=[f"age={method}"])


# --- closed forms ---------------------------------------------------------------------------------


def test_each_kind_of_column_has_a_map_of_its_own() -> None:
    scaling = fitted()
    assert scaling.model_shape((4,)) == (6,)
    found = scaling.forward(CELLS)
    spread = np.std([20, 40, 60])
    np.testing.assert_allclose(found[0], [1, 0, 0, -20 / spread, 1, -np.sqrt(1.5)], rtol=1e-6)
    np.testing.assert_allclose(found[1], [0, 0, 1, 0, 0, 0], atol=1e-6)
    assert np.isnan(found[2, 3])
    assert np.isnan(found[3]).tolist() == [True, True, True, False, True, True]


def test_missing_cells_are_filled_with_the_mean_of_each_number() -> None:
    filled = fitted().forward_filled(CELLS)
    assert np.isfinite(filled).all()
    np.testing.assert_allclose(filled[3, :3], [1 / 3, 0, 2 / 3], rtol=1e-6)
    assert filled[2, 3] == 0
    assert filled[3, 4] == pytest.approx(1 / 3)


def test_what_counts_is_what_is_there() -> None:
    counts = fitted().counted(CELLS)
    np.testing.assert_array_equal(counts, ~np.isnan(fitted().forward(CELLS)))


def test_the_inverse_gives_the_tables_own_units() -> None:
    scaling = fitted()
    known = CELLS[:2]
    np.testing.assert_allclose(scaling.inverse(scaling.forward(known)), known, rtol=1e-6)
    # Of categories the likeliest comes back, whatever the numbers.
    guessed = scaling.forward(known)
    guessed[0, :3] = [0.2, 0.5, 0.4]
    assert scaling.inverse(guessed)[0, 0] == 1


def test_logarithms_of_positive_values_are_evenly_spaced() -> None:
    values = 10.0 ** np.arange(7)
    found = one_column(values, "log").forward(values[:, None])[:, 0]
    np.testing.assert_allclose(np.diff(found)[1:], np.diff(found)[1], rtol=0.05)
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1, rel=1e-5)


def test_logarithms_know_zero_and_both_signs() -> None:
    values = np.array([-1000.0, -10.0, 0.0, 10.0, 1000.0])
    found = one_column(values, "log").forward(values[:, None])[:, 0]
    np.testing.assert_allclose(found, -found[::-1], atol=1e-6)
    assert found[2] == 0


def test_quantiles_are_ranks() -> None:
    rng = np.random.default_rng(0)
    values = np.exp(3 * rng.normal(size=1001))
    found = one_column(values, "quantile").forward(values[:, None])[:, 0]
    ranks = np.argsort(np.argsort(values)) / 1000
    np.testing.assert_allclose(found, (ranks - 0.5) * np.sqrt(12), atol=0.04)
    assert found.std() == pytest.approx(1, rel=0.01)


def test_a_value_that_many_cells_have_lies_in_the_middle_of_its_ranks() -> None:
    values = np.array([0.0] * 60 + list(range(1, 41)))
    scaling = one_column(values, "quantile")
    share = scaling.forward([[0.0]]).item() / np.sqrt(12) + 0.5
    assert share == pytest.approx(0.3, abs=0.01)
    assert scaling.inverse(scaling.forward([[0.0], [20.0]])).ravel().tolist() == [
        0,
        pytest.approx(20, abs=0.5),
    ]


def test_robust_scaling_does_not_see_outliers() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 4001)
    clean = one_column(values, "robust")
    values[:20] = 1e9
    with_outliers = one_column(values, "robust")
    np.testing.assert_allclose(
        with_outliers.forward([[5.0], [7.0]]), clean.forward([[5.0], [7.0]]), atol=0.05
    )
    np.testing.assert_allclose(clean.forward([[5.0], [7.0]]).ravel(), [0, 1], atol=0.06)


def test_robust_scaling_of_one_number_kind_is_the_plain_one() -> None:
    x = np.random.default_rng(0).normal(5.0, 2.0, (500, 2))
    dataset = Dataset(name="x", kind=Kind.TABLE, x=x, source="x")
    scaling = fit_to(dataset, np.arange(500), PreprocessOptions(scaling="robust"))
    assert type(scaling) is Scaling
    quartiles = np.quantile(x, (0.25, 0.5, 0.75), axis=0)
    expected = (x - quartiles[1]) / (0.7413 * (quartiles[2] - quartiles[0]))
    np.testing.assert_allclose(scaling.forward(x), expected, rtol=1e-4, atol=1e-5)


def test_a_range_from_zero_to_one_is_told() -> None:
    assert fitted(scaling="minmax").is_unit_interval
    assert not fitted().is_unit_interval


# --- choices --------------------------------------------------------------------------------------


def test_a_column_can_be_scaled_in_its_own_way() -> None:
    options = PreprocessOptions(scaling="minmax", column_scaling=("age=log",))
    assert column_methods(COLUMNS, options) == ("one_hot", "log", "none", "minmax")


@pytest.mark.parametrize(
    ("setting", "reason", "hint"),
    [
        ("agee=log", "no column called 'agee'", "'age'"),
        ("age=logg", "does not say how", "'log'"),
        ("age", "does not say how", ""),
        ("colour=log", "holds categories", "Leave it out"),
    ],
)
def test_impossible_scalings_are_refused(setting: str, reason: str, hint: str) -> None:
    with pytest.raises(OptionError, match=reason) as caught:
        fitted(column_scaling=[setting])
    assert caught.value.subject == "preprocess.column_scaling"
    assert hint in caught.value.next_step


@pytest.mark.parametrize("options", [{"scaling": "log"}, {"column_scaling": ("a=log",)}])
def test_only_tables_have_columns(options: dict[str, Any]) -> None:
    x = np.zeros((5, 7, 2))
    dataset = Dataset(name="x", kind=Kind.SEQUENCES, x=x, source="x")
    with pytest.raises(OptionError, match="columns of tables"):
        fit_to(dataset, np.arange(5), PreprocessOptions(**options))


def test_missing_cells_can_be_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"1 \(colour\), 2 \(age\)"):
        fitted(missing="refuse")


def test_too_many_categories_are_refused_by_name() -> None:
    ids = Column("id", ColumnKind.CATEGORICAL, tuple(map(str, range(70_000))))
    with pytest.raises(DataError, match="'id' alone has 70,000"):
        fitted(np.zeros((3, 1)), (ids,))


def test_data_without_any_value_is_refused() -> None:
    dataset = Dataset(name="x", kind=Kind.TABLE, x=np.full((4, 3), NAN), source="x")
    with pytest.raises(DataError, match="all of its 12 values"):
        fit_to(dataset, np.arange(4), PreprocessOptions())


def test_a_column_without_any_value_is_left_alone() -> None:
    scaling = fitted(np.column_stack([CELLS, np.full(4, NAN)]), (*COLUMNS, Column("empty")))
    assert np.isfinite(scaling.forward_filled(np.full((2, 5), NAN))).all()


# --- properties -----------------------------------------------------------------------------------

values = hnp.arrays(
    np.float64,
    st.integers(1, 30),
    elements=st.one_of(st.just(NAN), st.floats(-1e6, 1e6, width=32), st.integers(-3, 3).map(float)),
)


@given(values, st.sampled_from(COLUMN_METHODS))
def test_what_was_seen_comes_back(cells: Array, method: str) -> None:
    scaling = one_column(cells, method)
    scaled = scaling.forward(cells[:, None])
    known = ~np.isnan(cells)
    assert np.isfinite(scaled[known]).all()
    assert np.isfinite([scaling.low, scaling.high]).all()
    back = scaling.inverse(scaled[known])[:, 0]
    reach = float(np.abs(cells[known]).max(initial=0.0))
    np.testing.assert_allclose(back, cells[known], atol=1e-4 * max(1e-3, reach))


@given(values, st.sampled_from(COLUMN_METHODS))
def test_larger_cells_stay_larger(cells: Array, method: str) -> None:
    scaled = one_column(cells, method).forward(np.sort(cells)[:, None])[:, 0]
    assert (np.diff(scaled[~np.isnan(scaled)]) >= -1e-5).all()


@given(
    hnp.arrays(np.float64, (12, 3), elements=st.floats(-100, 1e4, width=32)),
    st.lists(st.integers(-1, 2), min_size=12, max_size=12),
    st.tuples(*[st.sampled_from(COLUMN_METHODS)] * 3),
    st.lists(st.booleans(), min_size=48, max_size=48),
)
@settings(max_examples=50)
def test_the_device_computes_what_numpy_does(
    numbers: Array, places: list[int], methods: tuple[str, ...], absent: list[bool]
) -> None:
    columns = (Column("a"), COLOUR, Column("b"), Column("c"))
    x = np.insert(numbers, 1, np.where(np.array(places) < 0, NAN, places), axis=1)
    x[np.array(absent).reshape(x.shape)] = NAN
    own = [f"{name}={method}" for name, method in zip("abc", methods, strict=True)]
    scaling = fitted(x, columns, column_scaling=own)
    scale = TableScale(scaling)
    scaled, present = scale(torch.from_numpy(x))
    np.testing.assert_array_equal(present.numpy(), scaling.counted(x))
    np.testing.assert_allclose(scaled.numpy(), scaling.forward_filled(x), rtol=1e-6, atol=1e-6)
    anything = torch.randn(9, scaled.shape[1], generator=torch.Generator().manual_seed(0))
    np.testing.assert_allclose(
        scale.inverse(anything).numpy(), scaling.inverse(anything.numpy()), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("scaling", ["auto", "minmax", "log", "quantile", "robust", "none", "unit"])
def test_json_gives_the_same_scaling_back(scaling: str) -> None:
    found = fitted(scaling=scaling)
    again = scaling_from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert isinstance(again, TableScaling)
    assert again.columns == found.columns
    assert (again.low, again.high) == (found.low, found.high)
    np.testing.assert_array_equal(again.forward_filled(CELLS), found.forward_filled(CELLS))


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: saved.update(columns=[]),
        lambda saved: saved.update(columns=7),
        lambda saved: saved.update(low="x"),
        lambda saved: saved.update(high=float("inf")),
        lambda saved: saved["columns"][1].pop("scale"),
        lambda saved: saved["columns"][1].update(scale=0.0),
        lambda saved: saved["columns"][1].update(unit=-1.0),
        lambda saved: saved["columns"][1].update(offset=float("nan")),
        lambda saved: saved["columns"][1].update(method="eval"),
        lambda saved: saved["columns"][1].update(method="one_hot"),
        lambda saved: saved["columns"][1].update(method="quantile"),
        lambda saved: saved["columns"][1].update(knots=[2.0, 1.0]),
        lambda saved: saved["columns"][1].update(kind="formula"),
        lambda saved: saved["columns"][1].update(name=3),
        lambda saved: saved["columns"][0].update(categories=[]),
        lambda saved: saved["columns"][0].update(fill=[0.0]),
        lambda saved: saved["columns"][0].update(categories=["x" * 2000, "y", "z"]),
    ],
)
def test_a_damaged_scaling_is_refused(damage: Any) -> None:
    saved = fitted().to_json()
    damage(saved)
    with pytest.raises(DataError, match="saved scaling is damaged"):
        scaling_from_json(saved)
