"""The network of a recipe as the hourglass it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from aestudio.gui.theme import SPACING, Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from aestudio.networks.hourglass import HourglassLayer
    from aestudio.workflows.planning.network_description import NetworkDescription

_HEIGHT = 5 * SPACING
_WIDEST_BAR = 1.5 * SPACING
#: The smallest layer's share of the height; widths are logarithmic, or a code would be a hair.
_LEAST_SHARE = 0.12


class HourglassView(QWidget):
    """One bar per layer, as high as it has numbers (on a logarithmic scale), joined to a silhouette.

    Pointing at a layer says what it is.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layers: tuple[HourglassLayer, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Network"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(20 * SPACING, _HEIGHT)

    def show_network(self, description: NetworkDescription) -> None:
        self._layers = description.hourglass.layers
        rows = (", ".join(filter(None, row)) for row in description.rows()[1:])
        self.setAccessibleDescription("; ".join(rows))
        self.update()

    def layer_text(self, x: float) -> str:
        """What stands at ``x`` pixels from the left; empty where there is nothing."""
        if not self._layers:
            return ""
        number = round((x - self._bar_width() / 2) / self._pitch())
        layer = self._layers[max(0, min(number, len(self._layers) - 1))]
        shape = " x ".join(f"{side:,}" for side in layer.shape)
        text = self.tr("{name}: gives {shape}").format(name=layer.name, shape=shape)
        if layer.num_parameters:
            text += self.tr(", {count} parameters").format(count=f"{layer.num_parameters:,}")
        return text

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.layer_text(event.pos().x()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._layers:
            return
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bars = self._bars()
        silhouette = [corner for bar in bars for corner in (bar.topLeft(), bar.topRight())]
        silhouette += [
            corner for bar in reversed(bars) for corner in (bar.bottomRight(), bar.bottomLeft())
        ]
        painter.setPen(QColor(colors.border))
        painter.setBrush(QColor(colors.accent_soft))
        painter.drawPolygon(QPolygonF([QPointF(corner) for corner in silhouette]))
        painter.setPen(QColor(0, 0, 0, 0))
        for bar, layer in zip(bars, self._layers, strict=True):
            color = colors.accent if layer.part == "code" else colors.control_border
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(bar, 2, 2)
        painter.end()

    def _bars(self) -> list[QRectF]:
        most = math.log1p(max(layer.num_values for layer in self._layers))
        width = self._bar_width()
        bars = []
        for number, layer in enumerate(self._layers):
            share = max(_LEAST_SHARE, math.log1p(layer.num_values) / most)
            height = share * (self.height() - 2)
            left = 1 + number * self._pitch()
            bars.append(QRectF(left, (self.height() - height) / 2, width, height))
        return bars

    def _bar_width(self) -> float:
        return min(_WIDEST_BAR, (self.width() - 2) / (2 * len(self._layers)))

    def _pitch(self) -> float:
        """How far the left edges of neighbouring bars are apart."""
        return (self.width() - 2 - self._bar_width()) / max(1, len(self._layers) - 1)
