"""Tokens are written, and wrong symbols stand out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from aestudio.data.reading import read
from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.sample_art import SampleArt, Tile


def drawn(art: SampleArt, tile: Tile, original: Tile | None = None) -> np.ndarray:
    """Return a tile as (H, W, 3) pixels on white."""
    image = QImage(160, 48, QImage.Format.Format_RGBX8888)
    image.fill(QColor("white"))
    painter = QPainter(image)
    art.paint(painter, QRectF(image.rect()), tile, LIGHT, original=original)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(48, 160, 4)
    return pixels[:, :, :3].astype(int)


def num_red(pixels: np.ndarray) -> int:
    return int(np.sum(pixels[:, :, 0] > pixels[:, :, 1:].max(axis=2) + 40))


def test_tiles_are_the_symbols_without_padding() -> None:
    dataset = read("number-words")
    tiles = SampleArt.of(dataset).tiles(dataset.x[[4, 21]])
    assert tiles == [tuple("four"), tuple("twenty-one")]


def test_a_sample_can_be_read(qtbot: QtBot) -> None:
    dataset = read("number-words")
    art = SampleArt.of(dataset)
    short, long = art.tiles(dataset.x[[6, 373]])
    ink = [int(np.sum(drawn(art, tile) < 128)) for tile in (short, long)]
    assert 0 < ink[0] < ink[1]


def test_wrong_symbols_stand_out(qtbot: QtBot) -> None:
    dataset = read("number-words")
    art = SampleArt.of(dataset)
    five, nine = art.tiles(dataset.x[[5, 9]])
    assert num_red(drawn(art, five, five)) == 0
    assert num_red(drawn(art, nine, five)) > 10
    assert num_red(drawn(art, nine)) == 0


def test_pictures_for_files_show_text(qtbot: QtBot) -> None:
    dataset = read("number-words")
    pictures = SampleArt.of(dataset).pictures(dataset.x[:2], LIGHT)
    assert pictures.shape[0] == 2
    assert (pictures[0] != pictures[1]).any()
