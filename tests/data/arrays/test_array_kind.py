"""What a bare array is taken for, and what is said about the guess."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.data.arrays.array_kind import arrange
from aestudio.data.dataset import Kind
from aestudio.errors import DataError


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "arranged"),
    [
        ((7,), "f4", Kind.TABLE, (7, 1)),
        ((7, 3), "f4", Kind.TABLE, (7, 3)),
        ((7, 784), "u1", Kind.TABLE, (7, 784)),
        ((7, 4, 5), "u1", Kind.IMAGES, (7, 1, 4, 5)),
        ((7, 28, 28), "f4", Kind.IMAGES, (7, 1, 28, 28)),
        ((7, 8, 32), "f8", Kind.IMAGES, (7, 1, 8, 32)),
        ((7, 8, 33), "f8", Kind.SEQUENCES, (7, 8, 33)),
        ((7, 7, 7), "f4", Kind.SEQUENCES, (7, 7, 7)),
        ((7, 100, 6), "f4", Kind.SEQUENCES, (7, 100, 6)),
        ((7, 3, 10, 12), "u1", Kind.IMAGES, (7, 3, 10, 12)),
        ((7, 10, 12, 3), "u1", Kind.IMAGES, (7, 3, 10, 12)),
        ((7, 10, 12, 1), "u1", Kind.IMAGES, (7, 1, 10, 12)),
        ((7, 10, 12, 4), "f4", Kind.IMAGES, (7, 4, 10, 12)),
        ((7, 4, 4, 3), "f4", Kind.IMAGES, (7, 3, 4, 4)),
        ((7, 3, 4, 4), "f4", Kind.IMAGES, (7, 3, 4, 4)),
        ((7, 1, 4, 1), "f4", Kind.IMAGES, (7, 1, 4, 1)),
    ],
)
def test_the_guess_follows_the_documented_rules(
    shape: tuple[int, ...], dtype: str, kind: Kind, arranged: tuple[int, ...]
) -> None:
    found, x, _ = arrange(np.ones(shape, dtype), "auto", "x.npy")
    assert (found, x.shape) == (kind, arranged)


def test_channels_that_come_last_are_moved_and_not_mixed() -> None:
    x = np.arange(2 * 5 * 6 * 3).reshape(2, 5, 6, 3)
    _, arranged, _ = arrange(x, "auto", "x.npy")
    assert arranged[1, 2, 4, 5] == x[1, 4, 5, 2]


@pytest.mark.parametrize(
    ("shape", "wanted", "arranged"),
    [
        ((7, 16), "images", (7, 1, 4, 4)),
        ((7, 100, 6), "images", (7, 1, 100, 6)),
        ((7, 28, 28), "sequences", (7, 28, 28)),
        ((7, 28), "sequences", (7, 28, 1)),
        ((7, 28, 28), "table", (7, 784)),
        ((7, 3, 4, 5), "table", (7, 60)),
    ],
)
def test_the_person_can_correct_the_guess(
    shape: tuple[int, ...], wanted: str, arranged: tuple[int, ...]
) -> None:
    kind, x, findings = arrange(np.ones(shape, np.float32), wanted, "x.npy")
    assert (kind.value, x.shape) == (wanted, arranged)
    assert findings == ()


@pytest.mark.parametrize(
    ("shape", "wanted", "way_out"),
    [
        ((7, 15), "images", "1, 3 or 4 channels"),
        ((7,), "images", "1, 3 or 4 channels"),
        ((7, 5, 6, 2), "auto", "1, 3 or 4 channels"),
        ((7, 3, 4, 5), "sequences", "T steps"),
        ((7,), "sequences", "T steps"),
        ((2, 2, 2, 2, 2), "auto", "2 \\(table\\)"),
        ((), "auto", "2 \\(table\\)"),
        ((0, 5), "auto", "at least one sample"),
    ],
)
def test_impossible_readings_are_refused(shape: tuple[int, ...], wanted: str, way_out: str) -> None:
    with pytest.raises(DataError, match=way_out) as caught:
        arrange(np.ones(shape, np.float32), wanted, "x.npy")
    assert caught.value.subject == "x.npy"


def test_texts_are_no_samples() -> None:
    with pytest.raises(DataError, match="texts where numbers are needed"):
        arrange(np.array(["a", "b"], object), "auto", "x.h5")


@pytest.mark.parametrize(
    ("shape", "taken", "other"),
    [((9, 28, 28), "28 x 28 pixels", "sequences"), ((9, 50, 3), "50 steps", "images")],
)
def test_a_guess_between_images_and_sequences_is_said(
    shape: tuple[int, ...], taken: str, other: str
) -> None:
    _, _, (finding,) = arrange(np.ones(shape, np.float32), "auto", "x.npy")
    assert taken in finding.text
    assert other in finding.next_step


def test_bytes_need_no_guess() -> None:
    assert arrange(np.ones((9, 28, 28), np.uint8), "auto", "x.npy")[2] == ()
