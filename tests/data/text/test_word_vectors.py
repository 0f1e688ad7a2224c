"""Word vectors from a text file, for the symbols that are asked for."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.text import word_vectors
from aestudio.data.text.word_vectors import WordVectors, read_word_vectors, vector_size
from aestudio.errors import DataError, StudioError

SYMBOLS = ("", " \N{REPLACEMENT CHARACTER}", " the", " Cat", "cat", ",", " new york")
LINES = {
    "glove": "the 0.1 0.2 0.3\ncat 1 2 3\n, -1 -2 -3e-1\nnew york 7 8 9\n",
    "word2vec": "4 3\nthe 0.1 0.2 0.3 \ncat 1 2 3 \n, -1 -2 -3e-1 \nnew york 7 8 9 \n",
}


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "vectors.vec"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def loaded(path: Path) -> WordVectors:
    return read_word_vectors(path, SYMBOLS, progress=lambda done, total: None)


@pytest.mark.parametrize("form", LINES)
def test_vectors_are_found_as_written_or_in_small_letters(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, LINES[form])
    assert vector_size(path) == 3
    found = loaded(path)
    assert found.numbers.tolist() == [2, 3, 4, 5, 6]
    np.testing.assert_allclose(
        found.vectors, [[0.1, 0.2, 0.3], [1, 2, 3], [1, 2, 3], [-1, -2, -0.3], [7, 8, 9]]
    )


def test_what_is_written_the_same_wins(tmp_path: Path) -> None:
    found = loaded(written(tmp_path, "cat 1 1\nCat 2 2\n"))
    assert dict(zip(found.numbers.tolist(), found.vectors[:, 0].tolist(), strict=True)) == {
        3: 2.0,
        4: 1.0,
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "a word and its numbers"),
        ("hello world this is text\n", "a word and its numbers"),
        ("2 3\nthe 1 2 3\ncat 1 2\n", "line 3 is damaged: it has 2 numbers"),
        ("the 1 2 3\ncat 1 x 3\n", "line 2 is damaged: .* no number"),
        ("the 1 2 3\ncat 1 nan 3\n", "line 2 is damaged: .* not finite"),
        ("the 1 2 3\ncat 1 1e99 3\n", "line 2 is damaged: .* not finite"),
        ("dog 1 2 3\n", "none of the symbols"),
        ("a " + "1 " * 5000 + "\n", "a word and its numbers"),
    ],
)
def test_damaged_files_are_refused_with_the_line(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        loaded(written(tmp_path, content))
    assert caught.value.next_step


def test_progress_is_told_and_can_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_vectors, "_LINES_AT_ONCE", 2)
    path = written(tmp_path, LINES["glove"])
    seen: list[tuple[int, int]] = []
    read_word_vectors(path, SYMBOLS, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(LINES["glove"]), len(LINES["glove"]))


@given(st.binary(max_size=120))
def test_any_bytes_end_in_vectors_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), b"the 1 2\n" + content)
    with contextlib.suppress(StudioError):
        found = loaded(path)
        assert np.isfinite(found.vectors).all()
        assert len(found.numbers) == len(found.vectors)
