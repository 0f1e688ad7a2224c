"""The look of the window: one palette, two text sizes, a grid of 8 pixels, live light and dark."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from aestudio.gui.palette import DARK, LIGHT, Colors
from aestudio.gui.stylesheet import build_stylesheet

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")
FontName = Literal["body", "heading", "title", "numbers"]

#: The unit of every margin and gap, in device-independent pixels.
SPACING = 8
_TITLE_RATIO = 1.3
_SMALLEST_POINTS = 9.0


class Theme(QObject):
    """The colours in use, as attributes of one object that says when they change.

    Create it once per application. :meth:`follow_system` styles the application and keeps it in
    step with the system; widgets that paint by themselves read the attributes and connect to
    ``changed``.
    """

    changed = Signal()
    spacing = SPACING

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app: QApplication | None = None
        self._mode: Mode = "system"
        self._points = _SMALLEST_POINTS
        self._take(LIGHT)

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def is_dark(self) -> bool:
        return self.colors is DARK

    def follow_system(self, app: QApplication) -> None:
        """Style ``app`` and follow the system's colour scheme from now on."""
        self._app = app
        self._points = max(_SMALLEST_POINTS, app.font().pointSizeF())
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(self.font("body"))
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark."""
        self._mode = mode
        self._apply()

    def font(self, name: FontName = "body") -> QFont:
        """One of the two text sizes.

        ``heading`` is the body in bold, ``numbers`` the body with figures of equal width.
        """
        font = QFont(self._app.font()) if self._app is not None else QFont()
        font.setPointSizeF(self._points * (_TITLE_RATIO if name == "title" else 1.0))
        if name == "title":
            font.setWeight(QFont.Weight.DemiBold)
        if name == "heading":
            font.setBold(True)
        if name == "numbers":
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _on_system_changed(self) -> None:
        if self._mode == "system":
            self._apply()

    def _apply(self) -> None:
        self._take(self._wanted_colors())
        if self._app is not None:
            self._app.setPalette(_qt_palette(self.colors))
            self._app.setStyleSheet(build_stylesheet(self.colors, self.is_dark))
        self.changed.emit()

    def _wanted_colors(self) -> Colors:
        if self._mode == "system" and self._app is not None:
            # Without a desktop the scheme is Unknown, and light it is.
            is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if is_dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _take(self, colors: Colors) -> None:
        self.colors = colors
        self.window = colors.window
        self.panel = colors.panel
        self.raised = colors.raised
        self.text = colors.text
        self.muted_text = colors.muted_text
        self.accent = colors.accent
        self.accent_text = colors.accent_text
        self.accent_soft = colors.accent_soft
        self.border = colors.border
        self.control_border = colors.control_border
        self.plot_background = colors.plot_background
        self.plot_foreground = colors.plot_foreground
        self.grid = colors.grid
        self.good = colors.good
        self.warning = colors.warning
        self.error = colors.error
        self.series = colors.series


def _qt_palette(colors: Colors) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, color in (
        (roles.Window, colors.window),
        (roles.WindowText, colors.text),
        (roles.Base, colors.panel),
        (roles.AlternateBase, colors.window),
        (roles.Text, colors.text),
        (roles.Button, colors.panel),
        (roles.ButtonText, colors.text),
        (roles.BrightText, colors.error),
        (roles.ToolTipBase, colors.raised),
        (roles.ToolTipText, colors.text),
        (roles.PlaceholderText, colors.muted_text),
        (roles.Highlight, colors.accent),
        (roles.HighlightedText, colors.accent_text),
        (roles.Accent, colors.accent),
        (roles.Link, colors.accent),
        (roles.LinkVisited, colors.accent),
        (roles.Light, colors.panel),
        (roles.Midlight, colors.raised),
        (roles.Mid, colors.border),
        (roles.Dark, colors.control_border),
        (roles.Shadow, colors.control_border),
    ):
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.muted_text))
    return palette
