"""Strokes on pictures whose every pixel is known."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from aestudio.analysis.painting import (
    BRUSHES,
    MOST_STEPS,
    Brush,
    BrushName,
    Canvas,
    background_color,
    touched,
)

LOW, HIGH = -3.0, 13.0


def make_picture(channels: int = 1, height: int = 9, width: int = 12) -> np.ndarray:
    values = np.random.default_rng(5).uniform(LOW, HIGH, (channels, height, width))
    return values.astype(np.float32)


def touched_pixels(start: tuple, end: tuple, diameter: float, *size: int) -> np.ndarray:
    rows, columns, is_touched = touched(start, end, diameter, *size)
    picture = np.zeros(size, bool)
    picture[rows, columns] = is_touched
    return picture


def by_pixel(start: tuple, end: tuple, diameter: float, height: int, width: int) -> np.ndarray:
    """The same by looking at every pixel, and at points close together on the line."""
    line = np.linspace(start, end, 2001)
    picture = np.zeros((height, width), bool)
    for row in range(height):
        for column in range(width):
            centre = (column + 0.5, row + 0.5)
            is_near = np.hypot(*(line - centre).T).min() <= diameter / 2
            is_end = any(
                (int(np.floor(x)), int(np.floor(y))) == (column, row) for x, y in (start, end)
            )
            picture[row, column] = is_near or is_end
    return picture


# --- which pixels a stroke touches ----------------------------------------------------------------


@pytest.mark.parametrize(("diameter", "expected"), [(1, 1), (2, 5), (3, 9), (5, 21), (7, 37)])
def test_a_dab_on_a_pixel_is_a_disc(diameter: float, expected: int) -> None:
    place = (10.5, 10.5)
    pixels = touched_pixels(place, place, diameter, 21, 21)
    # Gauss's circle problem: so many whole points lie within the radius.
    offsets = np.arange(21) - 10
    disc = offsets[:, None] ** 2 + offsets**2 <= (diameter / 2) ** 2
    assert pixels.sum() == expected
    np.testing.assert_array_equal(pixels, disc)


def test_a_straight_stroke_is_a_bar_with_round_ends() -> None:
    pixels = touched_pixels((3.5, 4.5), (8.5, 4.5), 3, 9, 12)
    expected = np.zeros((9, 12), bool)
    expected[3:6, 2:10] = True
    np.testing.assert_array_equal(pixels, expected)


@pytest.mark.parametrize("seed", range(8))
def test_any_stroke_is_what_looking_at_every_pixel_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start, end = (tuple(rng.uniform(-4, 16, 2).tolist()) for _ in range(2))
    diameter = float(rng.uniform(1, 7))
    np.testing.assert_array_equal(
        touched_pixels(start, end, diameter, 9, 12), by_pixel(start, end, diameter, 9, 12)
    )


def test_the_finest_brush_leaves_no_gap() -> None:
    pixels = touched_pixels((0.1, 0.9), (29.8, 11.2), 1, 12, 30)
    assert pixels.any(axis=0).all(), "there is a pixel in each column"
    rows = [np.flatnonzero(column) for column in pixels.T]
    steps = [later.min() - earlier.max() for earlier, later in pairwise(rows)]
    assert max(steps) <= 1


def test_a_stroke_beside_the_picture_touches_nothing() -> None:
    assert not touched_pixels((-9.0, 3.0), (-4.0, 30.0), 5, 9, 12).any()
    assert not touched_pixels((40.0, 3.0), (50.0, 3.0), 5, 9, 12).any()


# --- what it does to them -------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value"), [("dark", LOW), ("light", HIGH)])
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_erasing_sets_every_channel_to_black_or_white(
    channels: int, name: BrushName, value: float
) -> None:
    clean = make_picture(channels)
    canvas = Canvas(clean, LOW, HIGH)
    canvas.begin(Brush(name, 3), (4.5, 4.5))
    expected = clean.copy()
    expected[:, 3:6, 3:6] = value
    np.testing.assert_array_equal(canvas.painted, expected)
    np.testing.assert_array_equal(canvas.clean, clean)


def test_colours_cover_where_there_is_opacity_and_noise_leaves_it() -> None:
    clean = make_picture(4)
    for name, opacity in (("dark", HIGH), ("light", HIGH), ("noise", clean[3, 4, 4])):
        canvas = Canvas(clean, LOW, HIGH)
        canvas.begin(Brush(name, 1), (4.5, 4.5))
        assert canvas.painted[3, 4, 4] == opacity
        assert (canvas.painted[:3, 4, 4] != clean[:3, 4, 4]).all()


def test_the_background_is_the_median_of_the_border() -> None:
    picture = np.full((2, 4, 5), 100.0, np.float32)
    # Fourteen pixels of the border hold 0 to 13, and ten times that.
    border = np.ones((4, 5), bool)
    border[1:-1, 1:-1] = False
    picture[0, border], picture[1, border] = np.arange(14), 10 * np.arange(14)
    np.testing.assert_array_equal(background_color(picture), [6.5, 65.0])
    canvas = Canvas(picture, 0, 255)
    canvas.begin(Brush("background", 1), (2.5, 1.5))
    np.testing.assert_array_equal(canvas.painted[:, 1, 2], [6.5, 65.0])


def test_a_picture_of_one_pixel_is_its_own_background() -> None:
    assert background_color(np.full((1, 1, 1), 7, np.uint8)) == [7]


def test_noise_has_the_strength_that_was_asked_for() -> None:
    clean = np.full((3, 200, 200), 40000, np.uint16)
    canvas = Canvas(clean, 0, 65535)
    canvas.begin(Brush("noise", 1000, strength=0.1), (100, 100))
    noise = canvas.painted - clean.astype(np.float32)
    # The mean of n numbers strays by sigma / sqrt(n), their deviation by sigma / sqrt(2 n).
    sigma, n = 6553.5, noise.size
    assert abs(noise.mean()) < 5 * sigma / np.sqrt(n)
    assert noise.std() == pytest.approx(sigma, abs=5 * sigma / np.sqrt(2 * n))


def test_going_over_a_place_twice_in_one_stroke_adds_its_noise_once() -> None:
    clean = make_picture()
    once, twice = Canvas(clean, LOW, HIGH), Canvas(clean, LOW, HIGH)
    brush = Brush("noise", 3)
    for canvas in (once, twice):
        canvas.begin(brush, (2.5, 4.5))
        canvas.go_on((9.5, 4.5))
    twice.go_on((2.5, 4.5))
    np.testing.assert_array_equal(once.painted, twice.painted)
    # Another stroke brings other noise on top.
    twice.begin(brush, (2.5, 4.5))
    assert (twice.painted[0, 3:6, 1:4] != once.painted[0, 3:6, 1:4]).all()


def test_a_value_of_16_bits_stays_exact_where_nothing_is_painted() -> None:
    clean = np.arange(60_000, 60_000 + 108, dtype=np.uint16).reshape(1, 9, 12)
    canvas = Canvas(clean, 0, 65535)
    canvas.begin(Brush("light", 1), (0.5, 0.5))
    np.testing.assert_array_equal(canvas.painted[0].ravel()[1:], clean[0].ravel()[1:])
    assert canvas.painted[0, 0, 0] == 65535


def test_every_brush_has_a_name_and_a_help() -> None:
    assert tuple(BRUSHES) == get_args(BrushName)
    assert all(kind.title and kind.help for kind in BRUSHES.values())


# --- taking it back -------------------------------------------------------------------------------


def test_each_stroke_is_taken_back_in_turn() -> None:
    canvas = Canvas(make_picture(3), LOW, HIGH)
    seen = [canvas.painted]
    for place, name in ((1.0, "dark"), (5.0, "noise"), (6.0, "light"), (6.5, "background")):
        canvas.begin(Brush(name, 4), (place, place))
        canvas.go_on((place + 3, place))
        canvas.end()
        seen.append(canvas.painted)
    for expected in reversed(seen[:-1]):
        assert canvas.can_undo
        canvas.undo()
        np.testing.assert_array_equal(canvas.painted, expected)
    assert canvas.is_clean
    assert not canvas.can_undo
    canvas.undo()
    assert canvas.is_clean


def test_clearing_and_replacing_are_steps_too() -> None:
    clean = make_picture()
    canvas = Canvas(clean, LOW, HIGH)
    canvas.clear()
    assert not canvas.can_undo, "there was nothing to clear"
    canvas.replace(clean + 1)
    canvas.clear()
    assert canvas.is_clean
    canvas.undo()
    np.testing.assert_array_equal(canvas.painted, clean + 1)
    canvas.undo()
    assert canvas.is_clean


def test_a_stroke_under_way_is_taken_back_whole() -> None:
    canvas = Canvas(make_picture(), LOW, HIGH)
    canvas.begin(Brush("dark", 3), (2.0, 2.0))
    canvas.go_on((9.0, 2.0))
    canvas.undo()
    assert canvas.is_clean
    canvas.go_on((2.0, 8.0))
    assert canvas.is_clean, "the brush is up"


def test_a_stroke_beside_the_picture_is_no_step() -> None:
    canvas = Canvas(make_picture(), LOW, HIGH)
    canvas.begin(Brush("dark", 3), (-20.0, 2.0))
    canvas.end()
    assert not canvas.can_undo


def test_only_so_many_steps_are_kept() -> None:
    canvas = Canvas(make_picture(), LOW, HIGH)
    for number in range(MOST_STEPS + 5):
        canvas.begin(Brush("noise", 1), (number % 12 + 0.5, 0.5))
        canvas.end()
    for _ in range(MOST_STEPS):
        canvas.undo()
    assert not canvas.can_undo
    assert not canvas.is_clean


def test_what_is_handed_out_does_not_change_with_the_canvas() -> None:
    canvas = Canvas(make_picture(), LOW, HIGH)
    before = canvas.painted
    before[:] = 0
    assert canvas.is_clean
    with pytest.raises(ValueError, match="read-only"):
        canvas.clean[:] = 0
