"""The points of the map: one mark each, or a picture of their density when there are very many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from aestudio.analysis.density import rasterize
from aestudio.gui.plots.class_colors import ClassStyle
from aestudio.gui.plots.plot_area import PlotArea

Points = npt.NDArray[np.float32]
Classes = npt.NDArray[np.int64]

#: Above this many, marks take too long to draw while the map is dragged.
MOST_MARKS = 20_000
#: The density picture reaches this far beyond each edge of the view, so that it can be dragged.
_REACH = 0.3
#: One that is magnified more than this is too coarse to look at.
_COARSEST = 5.0
_REDRAW_PAUSE_MS = 60
_FAINT = 0.25


class MapPoints:
    """Draws points in their classes' styles on a plot, in whichever way is fast enough."""

    def __init__(self, plot: PlotArea) -> None:
        self._plot = plot
        # One item for all classes: each item costs half a millisecond whenever the map is painted.
        self._marks = pg.ScatterPlotItem(pxMode=True, antialias=True)
        plot.addItem(self._marks, ignoreBounds=True)
        self._density = DensityItem()
        self._density.setVisible(False)
        plot.addItem(self._density, ignoreBounds=True)
        self._points: Points = np.zeros((0, 2), np.float32)
        self._classes: Classes | None = None
        self._styles: list[ClassStyle] = []
        self._unlabelled = "#888888"
        self._outline = "#ffffff"
        self._hidden: frozenset[int] = frozenset()

    @property
    def points(self) -> Points:
        """Where the points are, (M, 2), hidden ones too."""
        return self._points

    @property
    def is_density(self) -> bool:
        return len(self._points) > MOST_MARKS

    def set_classes(
        self, classes: Classes | None, styles: list[ClassStyle], unlabelled: str, outline: str
    ) -> None:
        """``classes`` (M,) index into ``styles``; -1, or None for all, is drawn ``unlabelled``."""
        self._classes, self._styles = classes, styles
        self._unlabelled, self._outline = unlabelled, outline
        self._marks.clear()
        self._draw()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave these classes out."""
        self._hidden = hidden
        self._draw()

    def set_points(self, points: Points) -> None:
        """Move the points (M, 2)."""
        self._points = points
        self._draw()

    def set_faded(self, is_faded: bool) -> None:
        """Draw the points faintly, so that what lies on top of them stands out."""
        for item in (self._marks, self._density):
            item.setOpacity(_FAINT if is_faded else 1.0)

    def styles_of(self, rows: npt.NDArray[np.int64]) -> list[ClassStyle]:
        """How each of these points is drawn."""
        plain = ClassStyle(self._unlabelled, "o")
        if self._classes is None:
            return [plain] * len(rows)
        classes = self._classes[rows].tolist()
        return [self._styles[index] if index >= 0 else plain for index in classes]

    @property
    def hides_some(self) -> bool:
        """Whether any class is left out."""
        return bool(self._hidden)

    def visible_rows(self) -> npt.NDArray[np.bool_]:
        """Which of the points are drawn, (M,)."""
        finite = finite_rows(self._points)
        if self._hidden and self._classes is not None:
            finite &= ~np.isin(self._classes, list(self._hidden))
        return np.asarray(finite)

    def _draw(self) -> None:
        if self._classes is not None and len(self._classes) != len(self._points):
            return  # The classes of these points have not arrived yet.
        self._density.setVisible(self.is_density)
        if self.is_density:
            self._marks.clear()
            self._draw_density()
        else:
            self._density.clear()
            self._draw_marks()

    def _draw_marks(self) -> None:
        marks, points = self._marks, self._points
        if len(marks.data) != len(points):
            self._make_marks()
        if len(points):
            # What setData does apart from making every mark anew, which takes most of its time.
            marks.data["x"], marks.data["y"] = points[:, 0], points[:, 1]
            marks.data["visible"] = self.visible_rows()
            marks.bounds = [None, None]
            marks.prepareGeometryChange()
            marks.informViewBoundsChanged()
            marks.invalidate()

    def _make_marks(self) -> None:
        """One mark a point, each in its class's style; marks of one style share a picture."""
        brushes = [pg.mkBrush(QColor(style.color)) for style in self._styles]
        brushes.append(pg.mkBrush(QColor(self._unlabelled)))
        symbols = [*(style.symbol for style in self._styles), "o"]
        count = len(self._points)
        # The last style is for the points without a class; -1 finds it.
        classes = [-1] * count if self._classes is None else self._classes.tolist()
        self._marks.setData(
            x=self._points[:, 0],
            y=self._points[:, 1],
            brush=[brushes[index] for index in classes],
            symbol=[symbols[index] for index in classes],
            pen=pg.mkPen(QColor(self._outline), width=0.5),
            size=self._mark_size(),
        )

    def _mark_size(self) -> float:
        return 6.0 if len(self._points) <= 2_000 else 5.0 if len(self._points) <= 6_000 else 4.0

    def _draw_density(self) -> None:
        rows = self.visible_rows()
        classes = None if self._classes is None else self._classes
        if not rows.all():
            shown = self._points[rows]
            classes = None if classes is None else classes[rows]
        else:
            shown = self._points
        colors = np.array([_rgb(style.color) for style in self._styles], np.uint8).reshape(-1, 3)
        self._density.set_points(shown, classes, colors)


def finite_rows(points: Points) -> npt.NDArray[np.bool_]:
    """Which of the points (M, 2) have a place."""
    # The sum over all is finite only if every number is, and takes a tenth of the time.
    if np.isfinite(points.sum(dtype=np.float64)):
        return np.ones(len(points), np.bool_)
    return np.asarray(np.isfinite(points).all(axis=1))


class DensityItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """A raster of the points around the visible part of the plane.

    Dragging moves the raster that there is; it is drawn anew when the view has come to rest.
    """

    def __init__(self) -> None:
        super().__init__()
        self._points: Points | None = None
        self._classes: Classes | None = None
        self._colors = np.zeros((0, 3), np.uint8)
        self._image = QImage()
        self._extent = QRectF()
        self._wanted = QRectF()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REDRAW_PAUSE_MS)
        self._timer.timeout.connect(self._raster_again)

    def set_points(
        self, points: Points, classes: Classes | None, colors: npt.NDArray[np.uint8]
    ) -> None:
        self._points, self._classes, self._colors = points, classes, colors
        self._image = QImage()
        self.update()

    def clear(self) -> None:
        self._points = None
        self._image = QImage()
        self._timer.stop()

    def boundingRect(self) -> QRectF:
        return self._view() if self.getViewBox() is not None else QRectF()

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        if self._points is not None and self._view() != self._wanted:
            self._timer.start()

    def viewTransformChanged(self) -> None:
        self.viewRangeChanged()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._points is None:
            return
        if self._image.isNull() or not self._serves(self._view()):
            self._raster()
        # The plane's y points up and the picture's down.
        painter.save()
        painter.scale(1.0, -1.0)
        extent = self._extent
        target = QRectF(extent.left(), -extent.bottom(), extent.width(), extent.height())
        painter.drawImage(target, self._image)
        painter.restore()

    def _view(self) -> QRectF:
        """The visible part of the plane, as it is now: the item's own viewRect lags behind."""
        return QRectF(self.getViewBox().viewRect())

    def _serves(self, view: QRectF) -> bool:
        """Whether the raster that there is can stand in until there is a better one."""
        return self._extent.contains(view) and self._extent.width() < _COARSEST * view.width()

    def _raster_again(self) -> None:
        if self._points is not None and self._wanted != self._view():
            self._raster()
            self.update()

    def _raster(self) -> None:
        if self._points is None:
            return
        view = self._view()
        self._wanted = view
        across, down = _REACH * view.width(), _REACH * view.height()
        self._extent = view.adjusted(-across, -down, across, down)
        box = self.getViewBox().boundingRect()
        scale = 1.0 + 2.0 * _REACH
        size = (max(1, round(box.width() * scale)), max(1, round(box.height() * scale)))
        extent = self._extent
        rgba = rasterize(
            self._points,
            self._classes,
            len(self._colors),
            (extent.left(), extent.right(), extent.top(), extent.bottom()),
            size,
            colors=self._colors if len(self._colors) else None,
        )
        height, width, _ = rgba.shape
        self._image = QImage(
            rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888
        ).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _rgb(color: str) -> tuple[int, int, int]:
    named = QColor(color)
    return named.red(), named.green(), named.blue()
