"""Patches out of large images: every place once, the right pixels, and no pixel in both parts."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.images import patch_places
from aestudio.data.images.patch_places import PatchPlaces, places_on_grid
from aestudio.data.images.patch_splitting import split_finding, split_patches
from aestudio.data.images.patches import dataset_of_patches
from aestudio.data.images.pictures import Pictures
from aestudio.data.options import DataOptions
from aestudio.data.reading import read, read_pictures
from aestudio.errors import DataError, OptionError

SIZES = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=4)


def pictures(sizes: list[tuple[int, int]]) -> Pictures:
    rng = np.random.default_rng(0)
    return Pictures(
        name="made",
        source="made",
        reader="test",
        images=tuple(rng.integers(0, 256, (2, *size), dtype=np.uint8) for size in sizes),
        names=tuple(f"{index}.png" for index in range(len(sizes))),
        labels=np.arange(len(sizes)),
        label_names=tuple(map(str, range(len(sizes)))),
    )


@given(SIZES, st.integers(4, 16), st.integers(1, 20))
def test_every_place_of_the_grid_is_there_once_with_its_pixels(
    sizes: list[tuple[int, int]], side: int, stride: int
) -> None:
    expected = [
        (image, top, left)
        for image, (height, width) in enumerate(sizes)
        for top in range(0, height, stride)
        for left in range(0, width, stride)
        if top + side <= height and left + side <= width
    ]
    assume(expected)
    whole = pictures(sizes)
    found = dataset_of_patches(whole, DataOptions(patch_size=side, patch_stride=stride))
    assert found.patches is not None
    assert found.labels is not None
    assert found.x.shape == (len(expected), 2, side, side)
    for row, (image, top, left) in enumerate(expected):
        assert found.sample_names[row] == f"{image}.png, row {top}, column {left}"
        assert found.labels[row] == image
        pixels = whole.images[image][:, top : top + side, left : left + side]
        assert np.array_equal(found.x[row], pixels)


def covered(places: PatchPlaces, rows: np.ndarray) -> set[tuple[int, int, int]]:
    """Every pixel that some patches show."""
    return {
        (int(places.image[row]), y, x)
        for row in rows
        for y in range(int(places.top[row]), int(places.top[row]) + places.side)
        for x in range(int(places.left[row]), int(places.left[row]) + places.side)
    }


@given(SIZES, st.integers(4, 8), st.integers(1, 12), st.floats(0.01, 0.9), st.integers(0, 99))
def test_no_pixel_is_both_learned_from_and_held_back(
    sizes: list[tuple[int, int]], side: int, stride: int, share: float, seed: int
) -> None:
    names = [str(index) for index in range(len(sizes))]
    places = places_on_grid(names, sizes, side, stride)
    assume(len(places.image) > 1)
    options = DataOptions(validation_fraction=share, split_seed=seed)
    parts = split_patches(places, options)
    assert len(parts.train)
    assert len(parts.validation)
    both = np.concatenate([parts.train, parts.validation])
    assert len(np.unique(both)) == len(both)
    shared = covered(places, parts.train) & covered(places, parts.validation)
    said = [str(finding) for finding in split_finding(places, options)]
    if any("too good" in text for text in said):
        assert places.num_images == 1
    else:
        assert not shared
    if places.num_images > 1:
        held = set(places.image[parts.validation])
        assert not held & set(places.image[parts.train])
        assert len(both) == len(places.image)


def test_a_single_image_holds_back_a_rectangle_of_about_the_wanted_share() -> None:
    places = places_on_grid(["one"], [(640, 640)], 32, 32)
    for seed in range(20):
        parts = split_patches(places, DataOptions(validation_fraction=0.1, split_seed=seed))
        assert 0.07 < len(parts.validation) / 400 < 0.13
        assert len(parts.train) + len(parts.validation) == 400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    for name, size in (("a/1.png", (40, 70)), ("b/2.png", (33, 32)), ("b/3.png", (20, 90))):
        path = tmp_path / "cells" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, size, dtype=np.uint8)).save(path)
    return tmp_path / "cells"


def test_a_folder_of_images_of_different_sizes(folder: Path) -> None:
    options = DataOptions(patch_size=32)
    found = read(folder, options)
    assert str(found.patches) == "3 patches of 32 x 32 from 2 images"
    assert found.sample_names[1].endswith("1.png, row 0, column 32")
    assert found.label_names == ("a", "b")
    assert found.labels is not None
    assert found.labels.tolist() == [0, 0, 1]
    texts = " ".join(map(str, found.findings))
    assert "1 of 3 images are smaller" in texts
    assert "3.png" in texts
    stored = np.asarray(Image.open(folder / "a" / "1.png"))
    assert np.array_equal(found.x[1, 0], stored[:32, 32:64])
    only = read(folder, options.changed(only_label="b"))
    assert only.patches is not None
    assert len(only.patches.image) == only.num_samples == 1
    assert len(split_dataset(only, options).train) == 1


@pytest.mark.parametrize("shape", [(2, 50, 64), (2, 50, 64, 3)])
def test_an_array_of_large_images(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).random(shape, dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    found = read(tmp_path / "x.npy", DataOptions(patch_size=25, patch_stride=20))
    assert found.num_samples == 2 * 2 * 2
    assert found.sample_names[-1] == "image 1, row 20, column 20"
    last = x[1, 20:45, 20:45]
    assert np.array_equal(found.x[-1], last[None] if last.ndim == 2 else last.transpose(2, 0, 1))
    whole = read_pictures(tmp_path / "x.npy", DataOptions(patch_size=25))
    assert [image.shape[1:] for image in whole.images] == [(50, 64)] * 2


def test_a_single_picture_is_cut_by_itself(tmp_path: Path) -> None:
    Image.new("RGB", (150, 130), (1, 2, 3)).save(tmp_path / "large.png")
    found = read(tmp_path / "large.png")
    assert str(found.patches) == "16 patches of 32 x 32 from 1 image"
    assert "32 x 32 was chosen" in str(found.findings[0])


def test_a_small_picture_is_no_data(tmp_path: Path) -> None:
    Image.new("L", (12, 9)).save(tmp_path / "small.png")
    with pytest.raises(DataError, match="single picture") as caught:
        read(tmp_path / "small.png")
    assert "folder" in caught.value.next_step


def test_a_patch_larger_than_all_images_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="a patch of 64 x 64 pixels does not fit") as caught:
        read(folder, DataOptions(patch_size=64))
    assert "data.patch_size to at most 40" in caught.value.next_step


def test_tables_have_no_patches() -> None:
    with pytest.raises(OptionError) as caught:
        read("breast-cancer", DataOptions(patch_size=8, kind="table"))
    assert caught.value.subject == "data.patch_size"


def test_examples_in_docstrings_hold() -> None:
    result = doctest.testmod(patch_places)
    assert result.attempted > 0
    assert result.failed == 0
