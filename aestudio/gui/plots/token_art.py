"""How a row of symbols is written into a tile, and where it differs from another."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from aestudio.gui.palette import Colors

#: What stands at each step; the padding is left out.
Symbols = tuple[str, ...]

_MARGIN = 3.0
_LARGEST_PX, _SMALLEST_PX = 16, 7
_LINE_SPACING = 1.25


def paint_symbols(
    painter: QPainter,
    target: QRectF,
    symbols: Symbols,
    colors: Colors,
    original: Symbols | None = None,
) -> None:
    """Write the symbols line by line, as large as they fit; wrong ones in the colour of errors."""
    inner = target.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    words = [_shown(symbol) for symbol in symbols]
    if any(len(word) > 1 for word in words):
        words = [f"{word} " for word in words]
    font = QFont(painter.font())
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFamily("monospace")
    for size_px in range(_LARGEST_PX, _SMALLEST_PX - 1, -1):
        font.setPixelSize(size_px)
        metrics = QFontMetricsF(font)
        lines = _lines(words, metrics, inner.width())
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
            painter.setPen(QColor(colors.error if is_wrong else colors.text))
            width = metrics.horizontalAdvance(word)
            box = QRectF(left, top, width + 1, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, word)
            left += width
            place += 1
        top += height
    painter.restore()


def _shown(symbol: str) -> str:
    """Return a symbol without what would break a line."""
    return "".join(letter if letter.isprintable() else "\N{MIDDLE DOT}" for letter in symbol)


def _lines(words: list[str], metrics: QFontMetricsF, width: float) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    used = 0.0
    for word in words:
        advance = metrics.horizontalAdvance(word)
        if lines[-1] and used + advance > width:
            lines.append([])
            used = 0.0
        lines[-1].append(word)
        used += advance
    return lines
