"""Tokens are written, wrong symbols stand out, and uncertain ones are shaded."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from aestudio.data.reading import read
from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.sample_art import SampleArt, Tile
from aestudio.gui.plots.token_art import TokenTile


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
    assert tiles == [TokenTile(tuple("four")), TokenTile(tuple("twenty-one"))]


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


def test_the_original_stands_above_its_reconstruction(qtbot: QtBot) -> None:
    dataset = read("number-words")
    art = SampleArt.of(dataset)
    five, nine = art.tiles(dataset.x[[5, 9]])
    pixels = drawn(art, nine, five)
    upper, lower = pixels[:24], pixels[24:]
    assert num_red(upper) == 0
    assert num_red(lower) > 10
    assert (upper < 180).any()


def test_pictures_for_files_show_text(qtbot: QtBot) -> None:
    dataset = read("number-words")
    pictures = SampleArt.of(dataset).pictures(dataset.x[:2], LIGHT)
    assert pictures.shape[0] == 2
    assert (pictures[0] != pictures[1]).any()


def num_shaded(pixels: np.ndarray) -> int:
    """Count pixels that are neither grey, as text and its soft edges are, nor nearly white."""
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return int(np.sum(spread > 8))


def test_uncertain_symbols_are_shaded_and_certain_ones_are_not(qtbot: QtBot) -> None:
    dataset = read("number-words")
    art = SampleArt.of(dataset)
    tokens = dataset.x[[21]]
    shades = []
    for certainty in (1.0, 0.7, 0.1):
        (tile,) = art.tiles(tokens, np.full(tokens.shape, certainty, np.float32))
        shades.append(num_shaded(drawn(art, tile)))
    assert shades[0] + 100 < shades[1] <= shades[2]
    mixed = np.ones(tokens.shape, np.float32)
    mixed[0, :5] = 0.1
    (tile,) = art.tiles(tokens, mixed)
    half = num_shaded(drawn(art, tile)) - shades[0]
    assert 0.3 < half / (shades[2] - shades[0]) < 0.7, "five of the ten letters"


def test_the_padding_takes_its_certainty_along(qtbot: QtBot) -> None:
    dataset = read("number-words")
    certainties = np.linspace(0, 1, dataset.x.shape[1], dtype=np.float32)[None]
    (tile,) = SampleArt.of(dataset).tiles(dataset.x[[4]], certainties)
    assert tile == TokenTile(tuple("four"), tuple(certainties[0, :4].tolist()))


def test_words_that_bring_their_spaces_are_written_as_they_are_read(qtbot: QtBot) -> None:
    symbols = ("", " the", " cat", "s", ",")
    art = SampleArt.of_tokens((5,), symbols, 0)
    tokens = np.array([[1, 2, 3, 4, 0]])
    assert art.texts(tokens) == ["the cats,"]
    (tile,) = art.tiles(tokens)
    glued = SampleArt.of_tokens((5,), ("", "the", " cat", "s", ","), 0)
    np.testing.assert_array_equal(drawn(art, tile), drawn(glued, glued.tiles(tokens)[0]))
