"""Texts are shown as texts: in the data sheet, on cards, among the runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.data_sheet import DataSheet
from aestudio.gui.widgets.data.thumbnails import ThumbnailGrid
from aestudio.gui.workspaces.sheet_content import describe


@pytest.fixture
def names(tmp_path: Path) -> Dataset:
    path = tmp_path / "names.csv"
    path.write_text("\n".join(["name,sex", *(f"Ann{n:03d},f\nBob{n:03d},m" for n in range(80))]))
    dataset = read(path, DataOptions(source=str(path), text_length=5))
    assert dataset.kind is Kind.TOKENS
    return dataset


def test_the_sheet_lists_texts_and_draws_everything_else(
    qtbot: QtBot, theme: Theme, names: Dataset
) -> None:
    sheet = DataSheet(theme)
    qtbot.addWidget(sheet)
    sheet.resize(1100, 640)
    sheet.show()
    sheet.show_content(describe(names), DataOptions())
    assert sheet.texts.isVisible()
    assert sheet.texts.view.num_shown == 160
    assert sheet.form.row("data.text_unit").isVisibleTo(sheet)
    assert not sheet.form.row("data.image_size").isVisibleTo(sheet)
    sheet.show_content(describe(read("digits")), DataOptions())
    assert not sheet.texts.isVisible()
    assert not sheet.form.row("data.text_unit").isVisibleTo(sheet)


def test_tiles_of_texts_are_painted(qtbot: QtBot, theme: Theme) -> None:
    grid = ThumbnailGrid(theme, tile=28, gap=4, shows_captions=False)
    qtbot.addWidget(grid)
    grid.resize(300, 60)
    grid.set_texts(("",))
    empty = picture(grid)
    grid.set_texts(("ninety-nine", "one"))
    assert grid.num_tiles == 2
    assert (picture(grid) != empty).any()
    grid.set_profiles(np.zeros((2, 3), np.float32))
    assert grid.num_tiles == 2


def picture(grid: ThumbnailGrid) -> np.ndarray:
    image = grid.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()
