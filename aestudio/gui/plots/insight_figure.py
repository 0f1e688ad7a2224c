"""Draws what an insight shows: bars, curves, or samples in rows."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from aestudio.gui.plots.plot_area import PlotArea
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_grid import GAP, TileGrid
from aestudio.gui.theme import Theme
from aestudio.workflows.insights.figures import Bars, Figure, Lines, Samples

#: More names than this under the bars could not be read; places are numbered instead.
_MOST_NAMES = 24
_BAR_WIDTH = 0.8
#: A few bars keep the width that they would have among so many.
_FEWEST_PLACES = 10
#: Profiles of tables and sequences are so high for their width: more where there is room.
_LOWEST_PROFILE, _HIGHEST_PROFILE = 0.45, 0.9


class InsightFigure(QWidget):
    """Shows one figure; a plot or a grid of samples, whichever it asks for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figure: Figure | None = None
        self._art: SampleArt | None = None
        self.plot = PlotArea(theme, self.tr("Figure"))
        self.plot.addLegend(offset=(-10, 10))
        self.grid = TileGrid(theme, self.tr("Samples"))
        self.grid.set_centred(True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.plot)
        self._pages.addWidget(self.grid)
        theme.changed.connect(self._draw)

    def show_figure(self, figure: Figure, art: SampleArt) -> None:
        """``art`` draws samples of the data that the figure is about."""
        self._figure, self._art = figure, art
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if isinstance(self._figure, Samples):
            self._place(self._figure)

    def _draw(self) -> None:
        figure, art = self._figure, self._art
        if figure is None or art is None:
            return
        if isinstance(figure, Samples):
            self._pages.setCurrentWidget(self.grid)
            self.grid.set_tiles(art, art.tiles(figure.samples), names=list(figure.names))
            self._place(figure)
            return
        self._pages.setCurrentWidget(self.plot)
        self.plot.clear()
        colors = self._theme.colors
        self.plot.setLabel("bottom", figure.across, color=colors.muted_text)
        self.plot.setLabel("left", figure.up, color=colors.muted_text)
        if isinstance(figure, Bars):
            self._draw_bars(figure)
        else:
            self._draw_lines(figure)

    def _draw_bars(self, figure: Bars) -> None:
        places = np.arange(1, len(figure.values) + 1)
        color = QColor(self._theme.colors.series[0])
        self.plot.addItem(
            pg.BarGraphItem(
                x=places,
                height=figure.values,
                width=_BAR_WIDTH,
                brush=color,
                pen=pg.mkPen(None),
            )
        )
        if figure.reference is not None:
            pen = pg.mkPen(QColor(self._theme.muted_text), style=Qt.PenStyle.DashLine)
            self.plot.addItem(pg.InfiniteLine(figure.reference, angle=0, pen=pen))
        has_room = len(figure.names) <= _MOST_NAMES
        ticks = list(zip(places.tolist(), figure.names, strict=True)) if has_room else None
        self.plot.getPlotItem().getAxis("bottom").setTicks(None if ticks is None else [ticks])
        self.plot.enableAutoRange(axis="y")
        # A few bars stand in the middle.
        rest = max(0, _FEWEST_PLACES - len(figure.values)) / 2
        self.plot.setXRange(0.5 - rest, len(figure.values) + 0.5 + rest)

    def _draw_lines(self, figure: Lines) -> None:
        self.plot.getPlotItem().getAxis("bottom").setTicks(None)
        series = self._theme.colors.series
        for place, (name, values) in enumerate(figure.series.items()):
            pen = pg.mkPen(QColor(series[place % len(series)]), width=1.6)
            self.plot.plot(figure.x, values, pen=pen, name=name if len(figure.series) > 1 else None)
        self.plot.enableAutoRange()

    def _place(self, figure: Samples) -> None:
        """The largest cells with which all samples fit in their columns."""
        art = self._art
        if art is None or not self.width() or not self.height():
            return
        num_rows = max(1, -(-len(figure.samples) // figure.columns))
        most_wide = (self.width() + GAP) / figure.columns - GAP
        most_high = (self.height() + GAP) / num_rows - GAP
        if art.is_image:
            proportion = art.height / art.width
        else:
            proportion = min(_HIGHEST_PROFILE, max(_LOWEST_PROFILE, most_high / most_wide))
        side = max(1, int(min(most_wide, most_high / proportion)))
        cell = QSize(side, max(1, int(side * proportion)))
        self.grid.set_layout(figure.columns, cell, len(figure.samples))
