"""How a row of symbols is written into a tile, where it differs from another, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from aestudio.data.arrays.tokens import brings_space, space_between
from aestudio.gui.palette import Colors

#: What stands at each step; the padding is left out.
Symbols = tuple[str, ...]

_MARGIN = 3.0
_LARGEST_PX, _SMALLEST_PX = 16, 7
_LINE_SPACING = 1.25
#: How strongly a symbol is shaded that the model took for no more probable than any other.
_DARKEST_SHADE = 0.55


@dataclass(frozen=True, slots=True)
class TokenTile:
    """Symbols, and how probable each of them was; nothing is known of that for originals."""

    symbols: Symbols
    certainties: tuple[float, ...] = ()


def paint_symbols(
    painter: QPainter,
    target: QRectF,
    tile: TokenTile,
    colors: Colors,
    original: Symbols | None = None,
) -> None:
    """Write the symbols line by line, as large as they fit; wrong ones in the colour of errors.

    An ``original`` is written above them. Behind a symbol that the model was not certain of lies a
    shade, the darker the less certain.
    """
    if original is None:
        _write(painter, target, tile, colors, colors.text, None)
        return
    upper, lower = QRectF(target), QRectF(target)
    upper.setBottom(target.center().y())
    lower.setTop(target.center().y())
    _write(painter, upper, TokenTile(original), colors, colors.muted_text, None)
    _write(painter, lower, tile, colors, colors.text, original)


def _write(
    painter: QPainter,
    target: QRectF,
    tile: TokenTile,
    colors: Colors,
    color: str,
    original: Symbols | None,
) -> None:
    inner = target.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    symbols = tile.symbols
    words = [f"{_shown(symbol)}{space_between(symbols)}" for symbol in symbols]
    font = QFont(painter.font())
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFamily("monospace")
    for size_px in range(_LARGEST_PX, _SMALLEST_PX - 1, -1):
        font.setPixelSize(size_px)
        metrics = QFontMetricsF(font)
        lines = _lines(words, metrics, inner.width(), strips_spaces=brings_space(symbols))
        if len(lines) * size_px * _LINE_SPACING <= inner.height():
            break
    painter.save()
    painter.setFont(font)
    painter.setClipRect(target)
    place = 0
    height = size_px * _LINE_SPACING
    top = inner.top() + max(0.0, (inner.height() - len(lines) * height) / 2)
    for line in lines:
        left = inner.left()
        for word in line:
            is_wrong = original is not None and (
                place >= len(original) or symbols[place] != original[place]
            )
            width = metrics.horizontalAdvance(word)
            box = QRectF(left, top, width + 1, height)
            if place < len(tile.certainties):
                shade = QColor(colors.accent)
                shade.setAlphaF(
                    _DARKEST_SHADE * (1.0 - min(1.0, max(0.0, tile.certainties[place])))
                )
                painter.fillRect(QRectF(left, top, width, height), shade)
            painter.setPen(QColor(colors.error if is_wrong else color))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, word)
            left += width
            place += 1
        top += height
    painter.restore()


def _shown(symbol: str) -> str:
    """Return a symbol without what would break a line."""
    return "".join(letter if letter.isprintable() else "\N{MIDDLE DOT}" for letter in symbol)


def _lines(
    words: list[str], metrics: QFontMetricsF, width: float, *, strips_spaces: bool
) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    used = 0.0
    for word in words:
        advance = metrics.horizontalAdvance(word)
        if lines[-1] and used + advance > width:
            lines.append([])
            used = 0.0
        if strips_spaces and not lines[-1]:
            word = word.removeprefix(" ")
            advance = metrics.horizontalAdvance(word)
        lines[-1].append(word)
        used += advance
    return lines
