"""A row of a table with categories: what is measured as a profile, its categories as words below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from aestudio.data.columns import Column, cell_text
from aestudio.data.missing_values import is_missing
from aestudio.gui.palette import Colors

_MARGIN = 4.0
_FONT_PX = 10
_LINE_PX = 13
#: Words leave the profile at least this share of the height.
_PROFILE_SHARE = 0.55
_BETWEEN = "  "


@dataclass(frozen=True, slots=True, eq=False)
class RowTile:
    """One row: the heights of its measured columns, (1, Q), and its categories."""

    lines: npt.NDArray[np.float32]
    #: By column; nothing where a cell is missing.
    words: tuple[str, ...]

    @property
    def has_profile(self) -> bool:
        """Whether there is more than one height to draw a line through."""
        return bool(self.lines.shape[1] > 1)


def row_tile(
    lines_1D: npt.NDArray[np.float32], row_D: npt.NDArray[np.generic], columns: Sequence[Column]
) -> RowTile:
    """Return the tile of a row (D,) of which ``lines`` are the heights of all columns."""
    measured = [place for place, column in enumerate(columns) if not column.categories]
    cells = np.asarray(row_D, np.float64)
    absent = is_missing(cells)
    words = tuple(
        "" if absent[place] else cell_text(column, float(cells[place]))
        for place, column in enumerate(columns)
        if column.categories
    )
    return RowTile(lines_1D[:, measured], words)


def paint_words(
    painter: QPainter, target: QRectF, tile: RowTile, colors: Colors, original: RowTile | None
) -> QRectF:
    """Write the categories at the bottom of ``target``, wrong ones in the colour of errors.

    Returns what is left for the profile. Where there is no room for words there are none; where
    there is none for all of them, dots say so.
    """
    inner = target.adjusted(_MARGIN, 0.0, -_MARGIN, 0.0)
    most_px = target.height() * (1.0 - _PROFILE_SHARE if tile.has_profile else 1.0)
    num_lines = int(most_px // _LINE_PX)
    if num_lines < 1 or inner.width() < 4 * _FONT_PX:
        return target
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(_FONT_PX)
    painter.setFont(font)
    lines = _lines(tile.words, QFontMetricsF(font), inner.width(), num_lines)
    top = target.bottom() - len(lines) * _LINE_PX - 1
    for line in lines:
        left = inner.left()
        for place, word, width in line:
            known = "" if original is None or place < 0 else original.words[place]
            color = colors.error if known not in ("", tile.words[place]) else colors.text
            painter.setPen(QColor(color))
            box = QRectF(left, top, width, _LINE_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, word)
            left += width
        top += _LINE_PX
    painter.restore()
    return target.adjusted(0.0, 0.0, 0.0, -len(lines) * _LINE_PX)


def _lines(
    words: tuple[str, ...], metrics: QFontMetricsF, width: float, most: int
) -> list[list[tuple[int, str, float]]]:
    """Return (place, word, width) line by line; the place of what stands for the rest is -1."""
    lines: list[list[tuple[int, str, float]]] = [[]]
    used = 0.0
    for place, word in enumerate(words):
        if not word:
            continue
        shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, width) + _BETWEEN
        advance = metrics.horizontalAdvance(shown)
        if lines[-1] and used + advance > width + metrics.horizontalAdvance(_BETWEEN):
            if len(lines) == most:
                lines[-1].append((-1, "\N{HORIZONTAL ELLIPSIS}", float(_FONT_PX)))
                return lines
            lines.append([])
            used = 0.0
        lines[-1].append((place, shown, advance))
        used += advance
    return lines
