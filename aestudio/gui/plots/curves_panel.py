"""What panels of curves over epochs share: legend, plot, logarithmic axes, and the figure on paper."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from aestudio.gui.palette import LIGHT, Colors
from aestudio.gui.plots.curve_lines import CurveLines
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.legend_bar import LegendBar
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.plot_area import PlotArea
from aestudio.gui.theme import Theme

TRAIN, VALIDATION = "train", "validation"


class CurvesPanel(ViewPanel):
    """A legend above a plot of lines; what the lines are is up to the panel."""

    def __init__(self, theme: Theme, plot_name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.legend = LegendBar()
        self.plot = PlotArea(theme, plot_name)
        self.lines = CurveLines()
        self.body.addWidget(self.legend)
        self.body.addWidget(self.plot, 1)
        self.plot.addItem(self.lines, ignoreBounds=True)

    def add_curve_buttons(self) -> None:
        """Add the buttons of the title row, behind those that the panel has put there itself."""
        self.log_x = self.add_toggle(self.tr("log x"), self.tr("Logarithmic epochs"))
        self.log_y = self.add_toggle(self.tr("log y"), self.tr("Logarithmic loss"))
        for toggle in (self.log_x, self.log_y):
            toggle.toggled.connect(self._on_log_toggled)
        reset = self.add_button(
            self.tr("Show everything"), "reset", self.tr("Undo zoom and pan: show everything")
        )
        reset.clicked.connect(self.reset_view)
        self.header.addWidget(FigureMenu(self.theme, self, self))
        self.add_help()

    @abstractmethod
    def reset_view(self) -> None:
        """Show all there is, also after a change of the axes."""

    @abstractmethod
    def show_in(self, colors: Colors) -> None:
        """Draw everything in these colours."""

    # The figure on paper

    @abstractmethod
    def figure_name(self) -> str:
        """What a file with this figure is called, without its suffix."""

    @abstractmethod
    def figure_rows(self) -> Iterator[Iterable[object]]:
        """The numbers behind the curves, the head first."""

    def figure_size(self) -> QSize:
        return QSize(self.plot.size())

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        self.show_in(LIGHT)
        try:
            self.plot.paint_figure(painter, target)
        finally:
            self.show_in(self.theme.colors)

    def _on_log_toggled(self) -> None:
        is_log = {"bottom": self.log_x.isChecked(), "left": self.log_y.isChecked()}
        for side, toggled in is_log.items():
            self.plot.getPlotItem().getAxis(side).setLogMode(toggled)
        self.lines.set_log(x=is_log["bottom"], y=is_log["left"])
        self.reset_view()
