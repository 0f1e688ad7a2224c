"""One sample as stored, as the model sees it, and back, checked against training's own scale."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.preprocess.options import PreprocessOptions
from aestudio.workflows.datasets.sample_preprocessing import (
    PreprocessedSample,
    fit_preprocessing,
    row_of_number,
)
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.training import prepare


def followed(dataset: Dataset, row: int, **options: object) -> PreprocessedSample:
    preprocess = PreprocessOptions.model_validate(options)
    return fit_preprocessing(dataset, DataOptions(), preprocess).follow(row)


@pytest.mark.parametrize("source", ["digits", "breast-cancer", "number-words"])
def test_the_model_sees_what_it_is_trained_on(source: str) -> None:
    dataset = read(source)
    ready = prepare(recommend(dataset), dataset)
    sample = fit_preprocessing(dataset, ready.experiment.data, ready.experiment.preprocess)
    np.testing.assert_array_equal(
        sample.follow(5).seen, ready.scaling.forward_filled(dataset.x[5:6])[0]
    )
    assert sample.num_fitted == len(ready.split.train)


@pytest.mark.parametrize("scaling", ["auto", "robust", "quantile"])
@pytest.mark.parametrize("missing", ["auto", "refuse"])
def test_fitting_ends_as_soon_as_that_is_asked(scaling: str, missing: str) -> None:
    x = np.random.default_rng(0).normal(size=(40_000, 20)).astype(np.float32)
    dataset = Dataset(name="large", kind=Kind.TABLE, x=x, source="memory")
    options = PreprocessOptions.model_validate({"scaling": scaling, "missing": missing})
    told: list[int] = []
    fit_preprocessing(
        dataset, DataOptions(), options, progress=lambda done, total: told.append(done)
    )
    assert told == sorted(told)
    assert told[0] == 0
    assert len(set(told)) >= 3, "it is told on the way"
    for wanted in {1, 2, len(told) // 2, len(told)}:
        calls = 0

        def is_cancelled(wanted: int = wanted) -> bool:
            nonlocal calls
            calls += 1
            return calls >= wanted

        with pytest.raises(WorkCancelledError):
            fit_preprocessing(dataset, DataOptions(), options, is_cancelled=is_cancelled)
        assert calls == wanted, "nothing goes on after that"


def mixed() -> Dataset:
    columns = (Column("price"), Column("shade", ColumnKind.CATEGORICAL, ("dark", "light")))
    x = np.array([[1.0, 0], [3.0, 1], [np.nan, np.nan], [5.0, 1], [1e9, 0]] * 4)
    return Dataset(
        name="m",
        kind=Kind.TABLE,
        x=x,
        source="/m",
        columns=columns,
        feature_names=("price", "shade"),
        labels=np.arange(20) % 2,
        label_names=("new", "old"),
    )


def test_cells_are_told_in_the_tables_own_terms() -> None:
    rows = {row[0]: row[1:] for row in followed(mixed(), 1, scaling="minmax").rows()}
    assert rows["shade"] == ("light", "1 at place 2 of 2", "light")
    assert rows["price"][0] == "3"
    gap = followed(mixed(), 2)
    rows = {row[0]: row[1:] for row in gap.rows()}
    assert rows["price"][0] == "(missing)"
    assert rows["price"][1].startswith("filled in: ")
    assert gap.largest_difference == 0
    assert gap.title == "Sample 2, label new"


def test_the_largest_difference_is_that_of_32_bits_and_says_where() -> None:
    sample = followed(mixed(), 3, scaling="standard")
    # Beside a thousand millions, five is told to a few parts in a hundred only.
    by_hand = abs(float(sample.restored[0]) - 5.0)
    assert sample.largest_difference == pytest.approx(by_hand)
    assert 0 < by_hand < 100
    assert "in 'price'" in sample.verdict


def test_what_stands_in_for_a_gap_is_told_without_its_rounding_error() -> None:
    x = np.array([[0.1, 1], [0.2, 0], [0.7, 1], [np.nan, 0], [1.3, 1]] * 7)
    columns = (Column("size"), Column("fits", ColumnKind.BOOLEAN))
    dataset = Dataset(name="t", kind=Kind.TABLE, x=x, source="/t", columns=columns)
    sample = followed(dataset, 3, scaling="standard")
    assert 0 < abs(float(sample.seen[0])) < 1e-6
    assert sample.rows()[0][1:3] == ("(missing)", "filled in: 0")


def test_figures_of_pictures_and_series() -> None:
    x = np.zeros((20, 1, 2, 3), np.uint8)
    x[0, 0, 1, 2] = 255
    picture = followed(Dataset(name="p", kind=Kind.IMAGES, x=x, source="/p"), 0)
    assert picture.rows()[-1] == ("highest", "255", "1", "255")
    t = np.arange(60, dtype=np.float64).reshape(20, 3, 1)
    series = followed(Dataset(name="s", kind=Kind.SEQUENCES, x=t, source="/s"), 19)
    assert series.rows()[0][1] == "57"
    low, high = series.limits[0]
    assert (low.item(), high.item()) == (57, 59)
    t[3, 1] = np.nan
    gap = followed(Dataset(name="s", kind=Kind.SEQUENCES, x=t, source="/s"), 3)
    assert gap.rows()[-1] == ("missing", "1", "filled in", "")


def test_texts_say_what_is_lost() -> None:
    x = np.array([[1, 2, 0], [2, 2, 1]] * 5)
    names = ("ab", "bbac") * 5
    tokens = Dataset(
        name="n", kind=Kind.TOKENS, x=x, source="/n", symbols=("", "a", "b"), padding=0,
        sample_names=names, read_as=(("Symbols", "characters"),),
    )  # fmt: skip
    assert followed(tokens, 0).texts == ("ab", "a | b", "ab")
    assert followed(tokens, 0).verdict == "Every symbol comes back as it was."
    assert "cut off is lost" in followed(tokens, 1).verdict
    assert followed(tokens, 1).table()[0] == ("As stored", "bbac")


def test_numbers_are_those_of_the_source() -> None:
    part = read("digits", DataOptions(exclude="0-4"))
    assert row_of_number(part, 5) == 0
    with pytest.raises(OptionError, match="no sample 4"):
        row_of_number(part, 4)
    with pytest.raises(OptionError, match="no sample -1"):
        row_of_number(read("digits"), -1)
