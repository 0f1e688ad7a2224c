"""The maps of several models side by side: what is marked on one is marked on all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.brush_map import BrushMap, Rows
from aestudio.gui.plots.class_colors import class_styles
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.legend_bar import LegendBar, LegendEntry
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.run_colors import RunSwatch, run_color
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_grid import TileGrid, grid_for
from aestudio.gui.plots.tile_view import TileView
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.comparison.run_comparison import SharedSamples

_SIDE_WIDTH = 17 * SPACING
#: So many maps stand in two columns, more of them in three.
_MOST_IN_TWO = 4
_MOST_PICTURES = 15
_TITLE_HEIGHT = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """One run's map in its frame."""

    name: str
    place: int
    frame: QWidget
    plot: BrushMap


class LinkedMaps(ViewPanel):
    """Hovering or selecting points on one map highlights the same samples on all."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_title(
            self.tr("Maps"),
            self.tr(
                "The codes that each run gives the same samples, coloured by label. Move the mouse "
                "over a point, or drag a rectangle around several: the same samples light up on "
                "every map. Neighbours that stay neighbours mean that two runs have found the same "
                "structure. The wheel zooms, the middle button moves a map."
            ),
        )
        self._shared: SharedSamples | None = None
        self._art: SampleArt | None = None
        self.maps: list[_Map] = []
        self._chosen: Rows = np.zeros(0, np.int64)
        self._hovered = -1
        self.legend = LegendBar()
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addLayout(self._grid, 1)
        row.addWidget(self._build_side())
        self.body.addWidget(self.legend)
        self.body.addLayout(row, 1)
        reset = self.add_button(self.tr("Show all points"), "reset", self.tr("Show all points"))
        reset.clicked.connect(self._reset_views)
        self.header.addWidget(FigureMenu(theme, self, self))
        self.add_help()
        self.legend.toggled.connect(self._on_legend)
        theme.changed.connect(self._restyle)

    @property
    def chosen(self) -> Rows:
        """The places, among the samples of the maps, that are selected."""
        return self._chosen

    @property
    def hovered(self) -> int:
        """The place that the mouse is on; -1 when it is on none."""
        return self._hovered

    def show_samples(self, names: Sequence[str], shared: SharedSamples, art: SampleArt) -> None:
        """Draw a map for each run whose model could be used."""
        self._shared, self._art = shared, art
        self._forget_maps()
        usable = [(place, seen) for place, seen in enumerate(shared.seen) if seen is not None]
        columns = min(len(usable), 2 if len(usable) <= _MOST_IN_TWO else 3)
        for number, (place, seen) in enumerate(usable):
            one = self._make_map(names[place], place, seen.map_caption)
            self._grid.addWidget(one.frame, number // columns, number % columns)
            self._grid.setColumnStretch(number % columns, 1)
            self._grid.setRowStretch(number // columns, 1)
            one.plot.set_points(seen.points)
            one.plot.reset_view()
            self.maps.append(one)
        self.set_caption(
            self.tr("{shown} of {all} samples").format(
                shown=f"{len(shared.map_rows):,}", all=f"{shared.data.num_samples:,}"
            )
        )
        self._chosen = np.zeros(0, np.int64)
        self._restyle()
        self.hover(-1)

    def show_nothing(self, why: str) -> None:
        """Say why there is nothing to see; empty: there soon is."""
        self._shared, self._chosen = None, np.zeros(0, np.int64)
        self._forget_maps()
        self.hover(-1)
        self.set_caption("")
        self.set_hint(why)

    def hover(self, place: int) -> None:
        """Put a ring around one sample on every map, and show it; -1: none."""
        self._hovered = place
        shared, art = self._shared, self._art
        for one in self.maps:
            one.plot.set_hovered(one.plot.points.points[place] if place >= 0 else None)
        if place < 0 or shared is None or art is None:
            self.sample.set_tile(art, None)
            self._sample_name.setText(self.tr("Sample"))
            return
        row = int(shared.map_rows[place])
        self.sample.set_tile(art, art.tiles(shared.data.x[row : row + 1])[0])
        self._sample_name.setText(self._name_of(place))

    def choose(self, rows: Rows) -> None:
        """Select samples by their places; they are marked on every map."""
        self._chosen = rows
        for one in self.maps:
            one.plot.set_chosen(rows)
        count = len(rows)
        self._count.setText(
            self.tr("{count} selected").format(count=f"{count:,}")
            if count
            else self.tr("Drag a rectangle to select")
        )
        self.clear.setEnabled(count > 0)
        self.clear.setToolTip("" if count else self.tr("Nothing is selected"))
        shared, art = self._shared, self._art
        if shared is None or art is None:
            return
        shown = rows[:_MOST_PICTURES]
        samples = shared.data.x[shared.map_rows[shown]]
        self.pictures.set_tiles(
            art, art.tiles(samples), names=[self._name_of(int(place)) for place in shown]
        )
        layout = grid_for(
            self.pictures.size(), max(1, count), art, self.devicePixelRatioF(), _MOST_PICTURES
        )
        self.pictures.set_layout(*layout)

    def _build_side(self) -> QWidget:
        self._sample_name = ElidedLabel()
        self._sample_name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.sample = TileView(
            self.theme, self.tr("Sample under the cursor"), self.tr("Move over a map")
        )
        self.sample.setFixedHeight(_SIDE_WIDTH)
        self._count = PlainLabel("", "muted")
        self.pictures = TileGrid(self.theme, self.tr("Selected samples"))
        self.clear = QPushButton(self.tr("Select none"))
        self.clear.clicked.connect(self._on_clear)
        side = QWidget()
        side.setFixedWidth(_SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self._sample_name)
        column.addWidget(self.sample)
        column.addSpacing(SPACING)
        column.addWidget(self._count)
        column.addWidget(self.pictures, 1)
        column.addWidget(self.clear)
        return side

    def _make_map(self, name: str, place: int, caption: str) -> _Map:
        plot = BrushMap(self.theme, self.tr("Map of {name}").format(name=name))
        title = ElidedLabel(name, elide=Qt.TextElideMode.ElideMiddle)
        below = QLabel(caption)
        below.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setSpacing(SPACING // 2)
        line.addWidget(RunSwatch(place, self.theme))
        line.addWidget(title, 1)
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(below)
        column.addWidget(plot, 1)
        one = _Map(name, place, frame, plot)
        plot.cursor_moved.connect(partial(self._on_cursor, plot))
        plot.cursor_left.connect(self._on_cursor_left)
        plot.clicked.connect(partial(self._on_clicked, plot))
        plot.brushed.connect(self.choose)
        return one

    def _forget_maps(self) -> None:
        for one in self.maps:
            self._grid.removeWidget(one.frame)
            one.frame.hide()
            one.frame.deleteLater()
        self.maps = []
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)

    def _name_of(self, place: int) -> str:
        shared = self._shared
        if shared is None:
            return ""
        row, labels = int(shared.map_rows[place]), shared.data.labels
        words = self.tr("row {row}").format(row=row)
        if labels is None or labels[row] < 0:
            return words
        return f"{shared.data.label_names[int(labels[row])]} ({words})"

    # Mouse and keyboard

    def _on_cursor(self, plot: BrushMap, x: float, y: float) -> None:
        place = plot.nearest(x, y)
        if place != self._hovered:
            self.hover(place)

    def _on_cursor_left(self) -> None:
        self.hover(-1)

    def _on_clicked(self, plot: BrushMap, x: float, y: float) -> None:
        place = plot.nearest(x, y)
        self.choose(np.array([place] if place >= 0 else [], np.int64))

    def _on_clear(self) -> None:
        self.choose(np.zeros(0, np.int64))

    def _on_legend(self) -> None:
        for one in self.maps:
            one.plot.points.set_hidden(frozenset(int(key) for key in self.legend.hidden))

    def _reset_views(self) -> None:
        for one in self.maps:
            one.plot.reset_view()

    def _restyle(self) -> None:
        shared = self._shared
        if shared is None:
            return
        labels, names = shared.data.labels, shared.data.label_names
        names = names if labels is not None else ()
        styles = class_styles(len(names), self.theme.series)
        for one in self.maps:
            one.plot.points.set_classes(
                None if labels is None else labels[shared.map_rows],
                styles,
                self.theme.accent if labels is None else self.theme.muted_text,
                self.theme.plot_background,
            )
        self.choose(self._chosen)
        self.legend.set_entries(
            [
                LegendEntry(str(index), name, style.color, style.symbol)
                for index, (name, style) in enumerate(zip(names, styles, strict=True))
            ]
        )

    # The figure on paper

    def figure_name(self) -> str:
        return "maps-of-runs"

    def figure_size(self) -> QSize:
        place = self._grid.geometry()
        return QSize(place.width(), place.height())

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        corner = self._grid.geometry().topLeft()
        for one in self.maps:
            place = QRectF(one.frame.geometry()).translated(-corner.x(), -corner.y())
            place.translate(target.topLeft())
            painter.setPen(QPen(QColor(run_color(one.place, LIGHT))))
            heading = QRectF(place.left(), place.top(), place.width(), _TITLE_HEIGHT)
            shown = painter.fontMetrics().elidedText(
                one.name, Qt.TextElideMode.ElideMiddle, int(place.width())
            )
            painter.drawText(heading, Qt.AlignmentFlag.AlignCenter, shown)
            one.plot.paint_figure(painter, place.adjusted(0, _TITLE_HEIGHT, 0, 0))

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """One line per sample: its row, whether it is selected, and its place on every map."""
        shared = self._shared
        if shared is None:
            return
        axes = (f"{one.name} {axis}" for one in self.maps for axis in ("across", "up"))
        yield ("row", "selected", *axes)
        chosen = set(self._chosen.tolist())
        for place, row in enumerate(shared.map_rows.tolist()):
            points = (one.plot.points.points[place].tolist() for one in self.maps)
            yield (row, int(place in chosen), *(value for point in points for value in point))
