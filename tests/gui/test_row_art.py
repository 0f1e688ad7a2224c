"""Rows of tables with categories: the words below the profile, and which of them are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Kind
from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.row_art import RowTile
from aestudio.gui.plots.sample_art import SampleArt, Tile

COLOUR = Column("colour", ColumnKind.CATEGORICAL, ("red", "green", "blue"))
PLACE = Column("place", ColumnKind.CATEGORICAL, ("north", "south"))
COLUMNS = (Column("size"), COLOUR, Column("weight"), PLACE)
ROW = np.array([0.2, 1.0, 0.8, 0.0], np.float32)


def art(columns: tuple[Column, ...] = COLUMNS) -> SampleArt:
    width = len(columns)
    return SampleArt(Kind.TABLE, (width,), np.zeros(width), np.full(width, 2.0), columns=columns)


def tile(row: np.ndarray, columns: tuple[Column, ...] = COLUMNS) -> Tile:
    (found,) = art(columns).tiles(row[None])
    return found


def painted(shown: Tile, original: Tile | None = None, size: tuple[int, int] = (150, 60)) -> QImage:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    art().paint(painter, QRectF(image.rect()), shown, LIGHT, original=original)
    painter.end()
    return image


def num_red(image: QImage) -> int:
    """Count pixels that are far redder than green or blue, whatever the smoothing of letters."""
    found = 0
    for x in range(image.width()):
        for y in range(image.height()):
            color = image.pixelColor(x, y)
            found += color.red() - max(color.green(), color.blue()) > 60
    return found


def test_a_row_says_its_categories_and_draws_the_rest() -> None:
    found = tile(ROW)
    assert isinstance(found, RowTile)
    assert found.words == ("green", "north")
    np.testing.assert_allclose(found.lines, [[0.1, 0.4]], rtol=1e-6)


def test_a_missing_category_has_no_word() -> None:
    found = tile(np.array([0.2, np.nan, 0.8, 1.0]))
    assert isinstance(found, RowTile)
    assert found.words == ("", "south")


def test_a_table_of_numbers_is_drawn_as_ever() -> None:
    assert isinstance(tile(ROW, (Column("a"), Column("b"), Column("c"), Column("d"))), np.ndarray)


def test_a_wrong_category_is_written_in_the_colour_of_errors(qapp: QApplication) -> None:
    wrong = ROW.copy()
    wrong[1] = 2
    assert num_red(painted(tile(ROW), tile(ROW))) == 0
    assert num_red(painted(tile(wrong), tile(ROW))) > 10
    unknown = ROW.copy()
    unknown[1] = np.nan
    assert num_red(painted(tile(wrong), tile(unknown))) == 0


def test_words_take_the_place_of_a_profile_that_would_be_a_point(qapp: QApplication) -> None:
    only = tile(np.array([1.0, 0.0, 0.5]), (COLOUR, PLACE, Column("size")))
    assert isinstance(only, RowTile)
    assert not only.has_profile
    assert painted(only) != painted(tile(np.array([2.0, 1.0, 0.5]), (COLOUR, PLACE, Column("s"))))


@pytest.mark.parametrize("size", [(12, 8), (40, 20), (400, 300)])
@settings(max_examples=20, deadline=None)
@given(words=st.lists(st.text(max_size=40), min_size=1, max_size=12))
def test_no_name_and_no_size_breaks_the_drawing(
    qapp: QApplication, size: tuple[int, int], words: list[str]
) -> None:
    columns = tuple(
        Column(f"c{n}", ColumnKind.CATEGORICAL, (word,)) for n, word in enumerate(words)
    )
    shown = tile(np.zeros(len(words)), columns)
    assert not painted(shown, shown, size).isNull()
