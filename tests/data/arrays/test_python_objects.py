"""Datasets from what programs hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pytest
import torch
from PIL import Image

import aestudio
from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Kind
from aestudio.errors import DataError, OptionError

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3
IMAGES = np.arange(60 * 8 * 9, dtype=np.uint8).reshape(60, 8, 9)


@pytest.mark.parametrize(
    "given", [X, X.tolist(), torch.from_numpy(X).requires_grad_(), list(X), tuple(map(tuple, X))]
)
def test_anything_like_an_array(given: Any) -> None:
    dataset = aestudio.dataset_from(given, Y)
    assert (dataset.kind, dataset.name, dataset.source) == (Kind.TABLE, "memory", "memory")
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.labels is not None
    np.testing.assert_array_equal(dataset.labels, Y)


def test_options_are_those_of_a_recipe() -> None:
    dataset = aestudio.dataset_from(IMAGES, kind="sequences", name="waves")
    assert (dataset.kind, dataset.shape, dataset.name) == (Kind.SEQUENCES, (8, 9), "waves")
    images = aestudio.dataset_from(IMAGES, ["cat", "dog"] * 30, image_size=8, only_label="dog")
    assert (images.num_samples, images.shape) == (30, (1, 8, 8))
    with pytest.raises(OptionError, match=r"image_sice"):
        aestudio.dataset_from(IMAGES, image_sice=8)


def test_arrays_by_name() -> None:
    dataset = aestudio.dataset_from({"x_train": X[:50], "y_train": Y[:50], "x_test": X[50:]})
    np.testing.assert_array_equal(dataset.x, X[:50])
    assert dataset.label_names == ("0", "1", "2")
    assert dataset.test is not None


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "length": [1.5, np.nan, *X[:58, 1]],
            "count": pd.array([None, *range(59)], dtype="Int64"),
            "is_open": np.arange(60) % 2 == 0,
            "when": pd.date_range("2020-01-01", periods=60),
            "colour": pd.Categorical(["red", "green", None] * 20),
            "species": ["setosa", "virginica"] * 30,
        }
    )


def test_a_table_of_pandas() -> None:
    dataset = aestudio.dataset_from(frame(), labels="species", kind="table")
    kinds = {column.name: column.kind for column in dataset.columns}
    assert kinds == {
        "length": ColumnKind.NUMERIC,
        "count": ColumnKind.NUMERIC,
        "is_open": ColumnKind.BOOLEAN,
        "when": ColumnKind.DATE,
        "colour": ColumnKind.CATEGORICAL,
    }
    assert dataset.label_names == ("setosa", "virginica")
    by_name = dict(zip(dataset.feature_names, np.asarray(dataset.x).T, strict=True))
    assert np.isnan(by_name["length"][1])
    np.testing.assert_array_equal(by_name["count"], [np.nan, *range(59)])
    assert by_name["when"][0] == (date(2020, 1, 1) - date(1970, 1, 1)).days
    assert np.isnan(by_name["colour"]).sum() == 20


def test_labels_beside_a_table() -> None:
    dataset = aestudio.dataset_from(frame()[["length", "is_open"]], ["a", "b"] * 30)
    assert dataset.label_names == ("a", "b")
    assert dataset.feature_names == ("length", "is_open")


def test_other_tables() -> None:
    columns = {"a": X[:, 0] + 0.5, "b": X[:, 1] ** 2}
    records = np.array(list(zip(*columns.values(), strict=True)), dtype=[("a", "f8"), ("b", "f8")])
    for table in (pa.table(columns), records, pd.DataFrame(columns)):
        dataset = aestudio.dataset_from(table)
        assert dataset.feature_names == ("a", "b")
        np.testing.assert_array_equal(dataset.x, np.stack(list(columns.values()), axis=1))
    with pytest.raises(DataError, match="same name"):
        aestudio.dataset_from(pd.DataFrame(X, columns=["a", "b", "a", "c"]))


class Pictures(torch.utils.data.Dataset[tuple[Image.Image, int]]):
    """A data set as torchvision has them: pairs of a picture and a class."""

    def __len__(self) -> int:
        return len(IMAGES)

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        return Image.fromarray(IMAGES[index]), int(Y[index])


def test_data_sets_of_torch() -> None:
    tensors = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    dataset = aestudio.dataset_from(tensors)
    np.testing.assert_array_equal(dataset.x, X)
    assert dataset.label_names == ("0", "1", "2")
    pictures = aestudio.dataset_from(Pictures())
    np.testing.assert_array_equal(pictures.x[:, 0], IMAGES)
    np.testing.assert_array_equal(pictures.labels, Y)


@pytest.mark.parametrize("given", [object(), np.array(["a"]), [[1, 2], [3]], [], {}, 3.5])
def test_what_holds_no_samples_is_refused(given: Any) -> None:
    with pytest.raises(DataError) as caught:
        aestudio.dataset_from(given)
    assert caught.value.next_step


def test_a_label_that_is_not_there_is_refused() -> None:
    with pytest.raises(OptionError):
        aestudio.dataset_from(frame(), labels="height", kind="table")
