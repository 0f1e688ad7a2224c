"""Arrays of tokens: which numbers stand for which symbols, and what fills up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.arrays.tokens import MOST_SYMBOLS, rows_of_symbols, texts_of
from aestudio.data.dataset import Kind
from aestudio.data.files import doors
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.samples.number_words import in_words
from aestudio.errors import DataError, OptionError, StudioError

X = np.array([[1, 2, 3, 0], [3, 1, 0, 0], [2, 2, 2, 2]] * 20, np.int64)
NAMES = np.array(["<pad>", "A", "C", "G"])
TOKENS = DataOptions(kind="tokens")


def npy(folder: Path, x: np.ndarray) -> Path:
    np.save(folder / "x.npy", x)
    return folder / "x.npy"


def npz(folder: Path, **arrays: np.ndarray) -> Path:
    np.savez(folder / "d.npz", **arrays)
    return folder / "d.npz"


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_an_array_of_numbers(tmp_path: Path, dtype: type) -> None:
    dataset = read(npy(tmp_path, X.astype(dtype)), TOKENS)
    assert (dataset.kind, dataset.shape, dataset.x.dtype) == (Kind.TOKENS, (4,), dtype)
    assert dataset.symbols == ("0", "1", "2", "3")
    assert dataset.padding is None


def test_a_large_array_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    assert isinstance(read(npy(tmp_path, X), TOKENS).x, np.memmap)


def test_numbers_are_only_tokens_when_somebody_says_so(tmp_path: Path) -> None:
    assert read(npy(tmp_path, X)).kind is Kind.TABLE


@pytest.mark.parametrize("name", ["vocabulary", "vocab", "symbols", "tokens"])
def test_a_list_of_names_says_so(tmp_path: Path, name: str) -> None:
    dataset = read(npz(tmp_path, x=X, **{name: NAMES}))
    assert dataset.kind is Kind.TOKENS
    assert dataset.symbols == ("<pad>", "A", "C", "G")
    assert dataset.padding == 0, "known by its name"
    assert read(npz(tmp_path, x=X, **{name: NAMES}), DataOptions(kind="table")).symbols == ()


def test_numbers_under_such_a_name_are_not_names(tmp_path: Path) -> None:
    dataset = read(npz(tmp_path, x=X, tokens=np.arange(4)), TOKENS)
    assert dataset.symbols == ("0", "1", "2", "3")


def test_pickled_names_are_refused(tmp_path: Path) -> None:
    path = npz(tmp_path, x=X, vocabulary=np.array(["a", None], dtype=object))
    with pytest.raises(DataError):
        read(path)


def test_the_padding_may_be_said(tmp_path: Path) -> None:
    options = DataOptions(kind="tokens", padding=2)
    assert read(npy(tmp_path, X), options).padding == 2
    assert read("number-words", options).padding == 2
    with pytest.raises(OptionError, match="no symbol 4") as caught:
        read(npy(tmp_path, X), DataOptions(kind="tokens", padding=4))
    assert caught.value.subject == "data.padding"


def test_both_parts_share_their_symbols(tmp_path: Path) -> None:
    dataset = read(npz(tmp_path, x_train=X, x_test=np.array([[5, 0, 0, 0]])), TOKENS)
    assert dataset.test is not None
    assert dataset.symbols == dataset.test.symbols == tuple("012345")


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (X - 1, "the number -1"),
        (X * MOST_SYMBOLS, "too many"),
        (X.astype(np.float64), "type float64 cannot be read as tokens"),
        (np.zeros((5, 4, 3), np.int64), "cannot be read as tokens"),
    ],
)
def test_what_can_be_no_tokens_is_refused(tmp_path: Path, x: np.ndarray, reason: str) -> None:
    with pytest.raises(StudioError, match=reason):
        read(npy(tmp_path, x), TOKENS)


def test_numbers_beyond_the_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="3 are named"):
        read(npz(tmp_path, x=X, vocabulary=NAMES[:3]))


def test_texts_leave_the_padding_out() -> None:
    assert texts_of(X[:2], ("", "a", "b", "c"), 0) == ["abc", "ca"]
    assert texts_of(X[:2].astype(np.float32), ("#", "one", "two", "six"), None) == [
        "one two six #",
        "six one # #",
    ]
    assert rows_of_symbols(X[1:2], ("", "a", "b", "c"), 0) == [("c", "a")]


def test_the_sample_reads_as_numbers_are_said() -> None:
    dataset = read("number-words")
    texts = texts_of(dataset.x, dataset.symbols, dataset.padding)
    assert len(set(texts)) == 1000
    assert [texts[number] for number in (0, 13, 40, 100, 421)] == [
        "zero",
        "thirteen",
        "forty",
        "one hundred",
        "four hundred twenty-one",
    ]
    assert in_words(999) == texts[-1]
    assert dataset.factors is not None
    assert dataset.factors[421].tolist() == [4, 2, 1]
