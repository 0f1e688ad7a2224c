"""Keeps the window where it can be seen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

FIRST_SIZE = QSize(1280, 720)
#: At least this much of the window has to lie on a screen, in both directions.
_VISIBLE = 120


def fit_on_screen(window: QWidget) -> None:
    """Bring the window back when the screen it was on is gone, or smaller now."""
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    if screens:
        window.setGeometry(repaired(window.geometry(), screens))


def repaired(geometry: QRect, screens: list[QRect]) -> QRect:
    """Return ``geometry`` as it is where enough of it can be seen, else centred on the first screen."""
    for screen in screens:
        seen = screen.intersected(geometry)
        if seen.width() >= _VISIBLE and seen.height() >= _VISIBLE and _fits(geometry, screen):
            return geometry
    first = screens[0]
    size = geometry.size().boundedTo(first.size())
    moved = QRect(first.topLeft(), size)
    moved.moveCenter(first.center())
    return moved


def _fits(geometry: QRect, screen: QRect) -> bool:
    return geometry.width() <= screen.width() and geometry.height() <= screen.height()
