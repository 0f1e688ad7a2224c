"""Pictures keep their pixels; moving pictures go there and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.errors import OutputError
from aestudio.export.pictures import write_gif, write_png, write_walk


@pytest.fixture
def frames() -> np.ndarray:
    """Five flat pictures of 8 x 4 pixels, from black to white."""
    levels = np.array([0, 60, 120, 180, 255], np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (5, 4, 8, 3))


def test_a_png_keeps_every_pixel(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    write_png(tmp_path / "picture.png", picture)
    with Image.open(tmp_path / "picture.png") as image:
        assert (np.asarray(image) == picture).all()


def test_a_gif_goes_there_and_back_for_ever(tmp_path: Path, frames: np.ndarray) -> None:
    write_gif(tmp_path / "walk.gif", frames, frame_s=0.25)
    with Image.open(tmp_path / "walk.gif") as image:
        assert image.n_frames == 8
        assert image.info["loop"] == 0
        levels = []
        for index in range(image.n_frames):
            image.seek(index)
            assert image.info["duration"] == 250
            levels.append(int(np.asarray(image.convert("RGB"))[0, 0, 0]))
    assert levels == [0, 60, 120, 180, 255, 180, 120, 60]


def test_a_gif_can_go_one_way(tmp_path: Path, frames: np.ndarray) -> None:
    write_gif(tmp_path / "walk.gif", frames, is_there_and_back=False)
    with Image.open(tmp_path / "walk.gif") as image:
        assert image.n_frames == 5


def test_a_walk_is_a_strip_or_a_moving_picture(tmp_path: Path, frames: np.ndarray) -> None:
    write_walk(tmp_path / "walk.png", frames)
    with Image.open(tmp_path / "walk.png") as image:
        strip = np.asarray(image)
    # 4 pixels become 128, and 32 pixels of white part the frames.
    assert strip.shape == (128, 5 * 256 + 4 * 32, 3)
    assert [strip[0, 288 * index, 0] for index in range(5)] == [0, 60, 120, 180, 255]
    write_walk(tmp_path / "walk.GIF", frames)
    with Image.open(tmp_path / "walk.GIF") as image:
        assert image.size == (256, 128)


@pytest.mark.parametrize("name", ["walk.mp4", "walk"])
def test_other_formats_of_a_walk_are_refused(tmp_path: Path, frames: np.ndarray, name: str) -> None:
    with pytest.raises(OutputError, match="cannot be written as"):
        write_walk(tmp_path / name, frames)
