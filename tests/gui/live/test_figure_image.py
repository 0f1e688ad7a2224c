"""A figure on paper is the figure of the window, with more dots."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from aestudio.gui.plots.figure_menu import PNG_SCALE, figure_image


class Words:
    """A figure that is nothing but a word."""

    def figure_name(self) -> str:
        return "words"

    def figure_size(self) -> QSize:
        return QSize(300, 120)

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        painter.setPen(Qt.GlobalColor.black)
        painter.drawText(target, Qt.AlignmentFlag.AlignCenter, "epoch")

    def figure_rows(self) -> Iterable[Iterable[object]]:
        return ()


def inked(image: QImage) -> tuple[int, int]:
    """Width and height of what is dark."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)
    dark = pixels[:, : grey.width()] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


@pytest.mark.parametrize("scale", [2.0, PNG_SCALE])
def test_words_grow_with_the_picture_and_no_more(qtbot: QtBot, scale: float) -> None:
    plain, fine = figure_image(Words(), 1.0), figure_image(Words(), scale)
    assert fine.width() == round(scale * plain.width())
    for small, large in zip(inked(plain), inked(fine), strict=True):
        assert large == pytest.approx(scale * small, rel=0.15, abs=3)
    assert fine.dotsPerMeterX() == pytest.approx(scale * 96 / 0.0254, rel=0.01)
