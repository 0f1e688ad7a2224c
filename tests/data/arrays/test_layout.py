"""Arrays handed over in Python, brought to the stored layout."""

from __future__ import annotations

import numpy as np
import pytest

from aestudio.data.arrays.layout import as_samples
from aestudio.data.dataset import Kind
from aestudio.errors import DataError

IMAGES = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
GREY = np.arange(2 * 4 * 5).reshape(2, 1, 4, 5)


@pytest.mark.parametrize(
    "given",
    [IMAGES, np.moveaxis(IMAGES, 1, 3), IMAGES.reshape(2, -1), IMAGES.tolist()],
    ids=["stored", "channels last", "flat", "lists"],
)
def test_colour_images_in_any_layout(given: np.ndarray) -> None:
    np.testing.assert_array_equal(as_samples(given, Kind.IMAGES, (3, 4, 5)), IMAGES)


@pytest.mark.parametrize(
    "given",
    [IMAGES[0], np.moveaxis(IMAGES[0], 0, 2), IMAGES[:1].reshape(1, -1)],
    ids=["stored", "channels last", "flat"],
)
def test_one_colour_image_in_any_layout(given: np.ndarray) -> None:
    np.testing.assert_array_equal(as_samples(given, Kind.IMAGES, (3, 4, 5)), IMAGES[:1])


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (GREY, 2),
        (GREY[:, 0], 2),
        (GREY[:, 0, :, :, None], 2),
        (GREY[0], 1),
        (GREY[0, 0], 1),
        (GREY[0, 0, :, :, None], 1),
        (GREY.reshape(2, -1), 2),
    ],
)
def test_grey_images_in_any_layout(given: np.ndarray, count: int) -> None:
    np.testing.assert_array_equal(as_samples(given, Kind.IMAGES, (1, 4, 5)), GREY[:count])


def test_rows_and_one_row_of_a_table() -> None:
    table = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(as_samples(table, Kind.TABLE, (3,)), table)
    np.testing.assert_array_equal(as_samples(table[0], Kind.TABLE, (3,)), table[:1])


def test_sequences_and_one_sequence() -> None:
    x = np.arange(24.0).reshape(2, 4, 3)
    np.testing.assert_array_equal(as_samples(x, Kind.SEQUENCES, (4, 3)), x)
    np.testing.assert_array_equal(as_samples(x[0], Kind.SEQUENCES, (4, 3)), x[:1])
    np.testing.assert_array_equal(as_samples(x.reshape(2, -1), Kind.SEQUENCES, (4, 3)), x)


def test_the_number_type_is_kept() -> None:
    for dtype in ("u1", "u2", "f4", "f8", "?"):
        assert as_samples(np.ones((2, 3), dtype), Kind.TABLE, (3,)).dtype == dtype


@pytest.mark.parametrize(
    ("given", "kind", "shape"),
    [
        (np.ones((2, 4)), Kind.TABLE, (3,)),
        (np.ones(()), Kind.TABLE, (3,)),
        (np.ones((2, 4, 5)), Kind.IMAGES, (3, 4, 5)),
        (np.ones((2, 5, 4, 1)), Kind.IMAGES, (1, 4, 5)),
        (np.ones((2, 3, 4)), Kind.SEQUENCES, (4, 3)),
    ],
)
def test_other_sizes_are_refused_and_the_right_ones_named(
    given: np.ndarray, kind: Kind, shape: tuple[int, ...]
) -> None:
    with pytest.raises(DataError, match=r"does not fit") as caught:
        as_samples(given, kind, shape)
    assert f"(N, {', '.join(str(size) for size in shape)})" in caught.value.next_step


def test_ragged_rows_are_refused() -> None:
    with pytest.raises(DataError, match="no array"):
        as_samples([[1.0], [1.0, 2.0]], Kind.TABLE, (1,))


@pytest.mark.parametrize("given", [["a", "b"], [None], np.zeros(3, "M8[s]"), [1j]])
def test_what_is_no_number_is_refused(given: object) -> None:
    with pytest.raises(DataError, match="no numbers"):
        as_samples(given, Kind.TABLE, (1,))
