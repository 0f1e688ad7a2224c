"""Labels from numbers, texts and one-hot rows; and from the names of folders."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.data.files.plain_words import printable
from aestudio.data.images.folder_labels import folder_labels
from aestudio.data.labels import MAX_CLASSES, labels_from, renamed
from aestudio.errors import DataError


@pytest.mark.parametrize(
    ("values", "indices", "names"),
    [
        ([7, 5, 7], [1, 0, 1], ("5", "7")),
        ([-1.0, 2.0, -1.0], [0, 1, 0], ("-1", "2")),
        (["b", "a", "b"], [1, 0, 1], ("a", "b")),
        ([b"b", b"a", b"\xff"], [1, 0, 2], ("a", "b", "\ufffd")),
        ([[4], [4], [9]], [0, 0, 1], ("4", "9")),
        ([[0, 1], [1, 0], [0, 1]], [1, 0, 1], ("0", "1")),
        ([True, False, True], [1, 0, 1], ("False", "True")),
    ],
)
def test_labels_become_indices_and_names(
    values: list[object], indices: list[int], names: tuple[str, ...]
) -> None:
    found = labels_from(np.array(values), 3, "x")
    assert found.indices is not None
    assert found.indices.tolist() == indices
    assert found.names == names
    assert found.findings == ()


@pytest.mark.parametrize("values", [[0.5, 1, 2], [np.nan, 1, 2], [np.inf, 1, 2], [1e300, 1, 2]])
def test_measurements_are_no_classes(values: list[float]) -> None:
    found = labels_from(np.array(values), 3, "x")
    assert found.indices is None
    assert "whole numbers" in found.findings[0].text


def test_the_number_of_classes_has_a_limit() -> None:
    assert len(labels_from(np.arange(MAX_CLASSES), MAX_CLASSES, "x").names) == MAX_CLASSES
    found = labels_from(np.arange(MAX_CLASSES + 1), MAX_CLASSES + 1, "x")
    assert found.indices is None
    assert "1,001 different values" in found.findings[0].text


@pytest.mark.parametrize("shape", [(), (2,), (4,), (3, 2), (1, 3), (3, 1, 2)])
def test_one_label_per_sample_is_required(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="3 samples but labels of shape"):
        labels_from(np.full(shape, 5), 3, "x")


def test_a_scalar_is_no_label_of_one_sample() -> None:
    with pytest.raises(DataError):
        labels_from(np.array(5), 1, "x")


def test_texts_in_two_columns_are_no_labels() -> None:
    with pytest.raises(DataError):
        labels_from(np.array([["a", "b"], ["c", "d"]]), 2, "x")


def test_labels_keep_their_meaning_among_other_names() -> None:
    indices = np.array([0, -1, 1])
    assert renamed(indices, ("b", "c"), ("a", "b", "c")).tolist() == [1, -1, 2]


# --- folders --------------------------------------------------------------------------------------


def test_the_first_folder_is_the_class() -> None:
    found = folder_labels([("dogs", "big"), ("cats",), ("dogs",), ()])
    assert found.names == ("cats", "dogs")
    assert found.indices is not None
    assert found.indices.tolist() == [1, 0, 1, -1]
    assert not found.is_test.any()


def test_folders_that_all_share_say_nothing() -> None:
    found = folder_labels([("archive", "data", "dogs"), ("archive", "data", "cats")])
    assert found.names == ("cats", "dogs")
    assert folder_labels([("archive",), ("archive",)]).indices is None
    assert folder_labels([(), ()]).indices is None


@pytest.mark.parametrize("names", [("train", "test"), ("Training", "TESTING")])
def test_training_and_test_folders_are_parts(names: tuple[str, str]) -> None:
    train, test = names
    found = folder_labels([(train, "dogs"), (test, "cats"), (train, "cats"), ("valid", "dogs")])
    assert found.is_test.tolist() == [False, True, False, False]
    assert found.names == ("cats", "dogs")
    assert found.indices is not None
    assert found.indices.tolist() == [1, 0, 0, 1]


def test_a_class_called_test_is_a_class_beside_others() -> None:
    found = folder_labels([("test",), ("quiz",)])
    assert found.names == ("quiz", "test")
    assert not found.is_test.any()


def test_names_that_are_not_utf8_become_printable() -> None:
    assert printable("a\udcffb") == "a\ufffdb"
    assert printable("\u202ename\n") == "\u202ename\n"
