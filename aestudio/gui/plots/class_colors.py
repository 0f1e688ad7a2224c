"""How classes look on the map: colour first, shape where colours repeat."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

_SYMBOLS = ("o", "t", "s", "d", "star", "p")


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """``color`` as ``#rrggbb`` and one of pyqtgraph's symbols."""

    color: str
    symbol: str


def class_styles(num_classes: int, series: tuple[str, ...]) -> list[ClassStyle]:
    """One style per class: the palette's colours as circles, then lighter as triangles, ...

    Every second round is lighter, so that classes of the same hue differ in brightness as well as
    in shape; people who see no hues keep both.
    """
    styles = []
    for index in range(num_classes):
        turn, place = divmod(index, len(series))
        color = QColor(series[place])
        if turn % 2:
            color = color.lighter(145) if color.lightnessF() < 0.8 else color.darker(145)
        styles.append(ClassStyle(color.name(), _SYMBOLS[turn % len(_SYMBOLS)]))
    return styles
