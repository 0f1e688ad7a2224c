from __future__ import annotations

import numpy as np

from aestudio.analysis.pictures import (
    BRIGHTER,
    DARKER,
    difference_rgb8,
    magnify_rgb8,
    side_by_side_rgb8,
    strip_rgb8,
    tile_rgb8,
    to_rgb8,
)


def test_grey_spans_black_to_white_and_is_clipped() -> None:
    samples = np.array([-1.0, 0.0, 8.0, 16.0, 99.0, np.nan]).reshape(1, 1, 1, 6)
    picture = to_rgb8(samples, 0.0, 16.0)
    assert picture.shape == (1, 1, 6, 3)
    assert picture[0, 0, :, 0].tolist() == [0, 0, 128, 255, 255, 0]
    assert (picture[..., 0] == picture[..., 2]).all()


def test_sixteen_bits_keep_their_range() -> None:
    samples = np.array([0, 257 * 100, 65535], np.uint16).reshape(1, 1, 1, 3)
    assert to_rgb8(samples, 0, 65535)[0, 0, :, 1].tolist() == [0, 100, 255]


def test_colour_channels_keep_their_order() -> None:
    samples = np.array([255, 128, 0], np.uint8).reshape(1, 3, 1, 1)
    assert to_rgb8(samples, 0, 255)[0, 0, 0].tolist() == [255, 128, 0]


def test_alpha_is_laid_over_the_background() -> None:
    samples = np.array([255, 0, 0, 51], np.uint8).reshape(1, 4, 1, 1)
    assert to_rgb8(samples, 0, 255)[0, 0, 0].tolist() == [255, 204, 204]
    assert to_rgb8(samples, 0, 255, background=(0, 0, 0))[0, 0, 0].tolist() == [51, 0, 0]


def test_unusual_channel_counts_show_the_first_ones() -> None:
    five = np.arange(5, dtype=np.float32).reshape(1, 5, 1, 1)
    assert to_rgb8(five, 0, 5)[0, 0, 0].tolist() == [0, 51, 102]
    assert to_rgb8(five[:, 2:4], 0, 5)[0, 0, 0].tolist() == [102, 102, 102]


def test_a_constant_range_does_not_divide_by_zero() -> None:
    assert to_rgb8(np.full((1, 1, 1, 1), 3.0), 3.0, 3.0).tolist() == [[[[0, 0, 0]]]]


def test_the_difference_shows_sign_and_size() -> None:
    original = np.array([0.0, 1.0, 0.5, 0.0]).reshape(1, 1, 1, 4)
    reconstruction = np.array([1.0, 0.0, 0.5, 0.5]).reshape(1, 1, 1, 4)
    brighter, darker, equal, half = difference_rgb8(original, reconstruction, 0.0, 1.0)[0, 0]
    assert tuple(brighter) == BRIGHTER
    assert tuple(darker) == DARKER
    assert tuple(equal) == (255, 255, 255)
    assert tuple(half) == (234, 174, 128)


def test_tiles_fill_rows_with_gaps_between() -> None:
    pictures = np.stack([np.full((2, 3, 3), value, np.uint8) for value in (10, 20, 30)])
    sheet = tile_rgb8(pictures, columns=2, gap=1, background=(0, 0, 0))
    assert sheet.shape == (5, 7, 3)
    assert sheet[0, 0, 0] == 10
    assert sheet[0, 4, 0] == 20
    assert sheet[3, 0, 0] == 30
    assert not sheet[2].any()
    assert not sheet[:, 3].any()
    assert not sheet[3:, 4:].any()


def test_a_strip_is_one_row() -> None:
    assert strip_rgb8(np.zeros((4, 5, 6, 3), np.uint8), gap=2).shape == (5, 30, 3)


def test_magnifying_repeats_pixels() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    large = magnify_rgb8(picture, 3)
    assert large.shape == (1, 6, 6, 3)
    assert (large[0, :3, 3:] == picture[0, 0, 1]).all()


def test_versions_of_a_sample_stand_beside_each_other() -> None:
    before = (
        np.full((5, 32, 40, 3), 10, np.uint8) + np.arange(5, dtype=np.uint8)[:, None, None, None]
    )
    after = before + 100
    sheet = side_by_side_rgb8([before, after])
    # Twice as large each, and eight in a row with gaps of two pixels.
    assert sheet.shape == (2 * 64 + 2, 8 * 80 + 7 * 2, 3)
    first = sheet[32, 40 :: 80 + 2, 0]
    assert first.tolist() == [10, 110, 11, 111, 12, 112, 13, 113]
    assert sheet[64 + 2 + 32, 40 :: 80 + 2, 0].tolist()[:3] == [14, 114, 255]
