"""pyqtgraph's plot in this program's clothes."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter
from PySide6.QtWidgets import QFrame, QWidget

from aestudio.gui.palette import LIGHT, Colors
from aestudio.gui.plots.decade_axis import DecadeAxis
from aestudio.gui.theme import Theme


class PlotArea(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """A plot that follows the theme, without pyqtgraph's own menu and export."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        axes = {side: DecadeAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, enableMenu=False, axisItems=axes)
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hideButtons()
        # Its context menu holds the export that fails; ours is a button that can be seen.
        self.scene().contextMenu = None
        item = self.getPlotItem()
        # pyqtgraph makes this menu in any case and would leave it to nobody.
        self.destroyed.connect(item.ctrlMenu.deleteLater)
        item.setContentsMargins(0, 4, 4, 0)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            # "activation (x0.001)" asks for sums; 0.2 does not.
            axis.enableAutoSIPrefix(False)
            axis.setStyle(
                tickLength=-4,
                tickFont=theme.font("numbers"),
                # The axis at the left is as wide as its numbers: those that do not fit are left out.
                autoExpandTextSpace=side == "left",
                # A third level of ticks would never be seen and takes as long to lay out.
                maxTickLevel=1,
                maxTextLevel=1,
            )
        self.apply_colors(theme.colors)
        theme.changed.connect(self._follow_theme)

    def apply_colors(self, colors: Colors) -> None:
        """Redraw in these colours; subclasses add their own items."""
        self.setBackground(QColor(colors.plot_background))
        item = self.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(pg.mkPen(QColor(colors.border)))
            axis.setTextPen(pg.mkPen(QColor(colors.muted_text)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus()

    def _show_focus(self) -> None:
        """A ring around the plane, for those who come by the keyboard."""
        ring = pg.mkPen(QColor(self._theme.accent), width=2) if self.hasFocus() else None
        self.getViewBox().setBorder(ring)

    def _follow_theme(self) -> None:
        self.apply_colors(self._theme.colors)
        self._show_focus()

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        """Draw the plot into ``target`` in light colours, as paper wants it."""
        self.apply_colors(LIGHT)
        try:
            self.scene().render(painter, target, self.visible_scene())
        finally:
            self.apply_colors(self._theme.colors)

    def visible_scene(self) -> QRectF:
        """The visible part of the scene, in scene units."""
        return QRectF(self.mapToScene(self.viewport().rect()).boundingRect())
