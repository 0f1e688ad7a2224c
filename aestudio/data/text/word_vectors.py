"""Word vectors from text files, as word2vec, GloVe and fastText write them.

A line is a word and its numbers, with spaces between; word2vec's and fastText's files begin with a
line of two numbers, how many words there are and how many numbers each has. Only the vectors of the
symbols that are asked for are kept, so that files of many gigabytes can be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import local_path, open_file
from aestudio.data.files.plain_words import data_error
from aestudio.errors import DataError

#: More numbers than this has no vector of a word.
MOST_NUMBERS = 4096
_MOST_LINE_BYTES = 2**17
#: Every so many lines somebody is told, who may stop it.
_LINES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """Vectors (K, E) of some of the symbols, and the numbers (K,) of these."""

    numbers: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        return int(self.vectors.shape[1])


def vector_size(source: str | os.PathLike[str]) -> int:
    """Return how many numbers a vector of the file has; raises :class:`DataError` as reading does."""
    path = local_path(os.fspath(source))
    with open_file(path) as stream:
        return _size(path, stream)


def read_word_vectors(
    source: str | os.PathLike[str],
    symbols: tuple[str, ...],
    *,
    progress: Callable[[int, int], None],
) -> WordVectors:
    """Read the vectors of ``symbols``; a word counts as written, else in small letters.

    Raises
    ------
    DataError
        The file holds no word vectors, a line is damaged, or none of the symbols is in it.
    """
    path = local_path(os.fspath(source))
    wanted = _wanted(symbols)
    exact: dict[int, npt.NDArray[np.float32]] = {}
    folded: dict[int, npt.NDArray[np.float32]] = {}
    with open_file(path) as stream:
        num_bytes = os.fstat(stream.fileno()).st_size
        size = _size(path, stream)
        line_number = done = 0
        while line := stream.readline(_MOST_LINE_BYTES):
            line_number += 1
            done += len(line)
            if line_number % _LINES_AT_ONCE == 0:
                progress(done, num_bytes)
            parts = line.rstrip().rsplit(b" ", size)
            # The head of word2vec's files, which is no word with two numbers.
            if line_number == 1 and len(line.split()) == 2:
                continue
            if len(parts) != size + 1:
                raise _damaged(path, line_number, f"it has {len(parts) - 1} numbers, not {size}")
            word = parts[0].decode("utf-8", "replace")
            for number, is_exact in wanted.get(word, ()):
                into = exact if is_exact else folded
                if number not in into:
                    into[number] = _vector(path, line_number, parts[1:])
    found = {**folded, **exact}
    if not found:
        raise data_error(
            path,
            "none of the symbols of the data has a vector in it.",
            "Choose vectors of the language of the texts, and words as symbols.",
        )
    numbers = sorted(found)
    return WordVectors(np.array(numbers, np.int64), np.stack([found[n] for n in numbers]))


def _wanted(symbols: tuple[str, ...]) -> dict[str, list[tuple[int, bool]]]:
    """Return, for each word, the symbols that it stands for, and whether exactly."""
    wanted: dict[str, list[tuple[int, bool]]] = {}
    for number, symbol in enumerate(symbols):
        word = symbol.strip()
        if word:
            wanted.setdefault(word, []).append((number, True))
            if word.lower() != word:
                wanted.setdefault(word.lower(), []).append((number, False))
    return wanted


def _size(path: Path, stream: IO[bytes]) -> int:
    """Return how many numbers follow a word, from the first lines; goes back to the beginning."""
    first, second = stream.readline(_MOST_LINE_BYTES), stream.readline(_MOST_LINE_BYTES)
    stream.seek(0)
    has_head = len(first.split()) == 2 and all(part.isdigit() for part in first.split())
    parts = (second if has_head else first).rstrip().split(b" ")
    size = len(parts) - 1
    if has_head and int(first.split()[1][:9]) <= size:
        size = int(first.split()[1][:9])
    if not 1 <= size <= MOST_NUMBERS or not all(map(_is_number, parts[-size:])):
        raise data_error(
            path,
            "its lines are not a word and its numbers each.",
            "Choose a text file of word vectors, as word2vec, GloVe and fastText write them.",
        )
    return size


def _vector(path: Path, line_number: int, parts: list[bytes]) -> npt.NDArray[np.float32]:
    if not all(map(_is_number, parts)):
        raise _damaged(path, line_number, "it holds something that is no number")
    with np.errstate(over="ignore"):
        vector = np.array([float(part) for part in parts], np.float64).astype(np.float32)
    if not np.isfinite(vector).all():
        raise _damaged(path, line_number, "it holds a number that is not finite")
    return vector


def _is_number(part: bytes) -> bool:
    try:
        float(part)
    except ValueError:
        return False
    return True


def _damaged(path: Path, line_number: int, reason: str) -> DataError:
    return data_error(
        path, f"line {line_number:,} is damaged: {reason}.", "Get or save the file again."
    )
