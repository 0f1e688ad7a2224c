"""The latent map: every followed sample where its code is, and what the decoder draws between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from aestudio.analysis.projection import PlaneProjection
from aestudio.gui.plots.class_colors import class_styles
from aestudio.gui.plots.decoding import Decoding
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.legend_bar import LegendBar, LegendEntry
from aestudio.gui.plots.map_plot import MapPlot
from aestudio.gui.plots.map_spread import MapSpread
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_view import TileView
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.labels import ElidedLabel

Floats = npt.NDArray[np.float32]
Samples = npt.NDArray[np.generic]

_LANE = "cursor"
_SIDE_WIDTH = 88
#: Names do not widen the column that they stand in: the map would jump under the mouse.
_NAME_WIDTH = 108
_UNLABELLED = "-1"


@dataclass(frozen=True, slots=True, eq=False)
class MapSamples:
    """What the points of the map are.

    ``rows`` (M,) are rows of the dataset, ``labels`` (M,) index ``label_names`` (-1: none),
    ``sample`` gives the sample (1, *shape) of a point for its picture, or None; ``name`` says what
    the sample is called in its data, such as a file or a time, and is empty where nothing does.
    """

    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64] | None
    label_names: tuple[str, ...]
    num_all: int
    sample: Callable[[int], Samples | None]
    name: Callable[[int], str] = lambda place: ""


class LatentMap(ViewPanel):
    """Hovering shows the sample and decodes the point; a click tells where."""

    #: The point that was meant (its place among the rows, or -1), and the code there.
    clicked = Signal(int, object)

    def __init__(self, theme: Theme, decoding: Decoding, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_title(
            self.tr("Latent map"),
            self.tr(
                "Each point is a sample, placed by the code that the encoder gives it and coloured "
                "by its label, which the network never sees. The numbers beside the title say how "
                "many of all samples are shown: those held back for validation are not, and of very "
                "many a part is. Move the mouse: the decoder draws what "
                "lies under it. Click one point and then another for the path between them. Where "
                "codes are clouds, Spread draws each at one standard deviation: clouds that touch "
                "leave no gaps, and clouds far wider than the map say nothing about their samples."
            ),
        )
        self._decoding = decoding
        self._art: SampleArt | None = None
        self._samples: MapSamples | None = None
        self._projection: PlaneProjection | None = None
        self._points: Floats = np.zeros((0, 2), np.float32)
        self._hovered = -1
        self._why_no_decoding = ""

        self.plot = MapPlot(theme, self.tr("Latent map"))
        self.plot.cursor_moved.connect(self._on_cursor)
        self.plot.cursor_left.connect(self._on_cursor_left)
        self.plot.clicked.connect(self._on_clicked)
        self.spread = MapSpread(self.plot, theme.text)
        self.legend = LegendBar()
        self.legend.toggled.connect(self._on_legend)
        self.decoded = TileView(
            theme, self.tr("Decoded under the cursor"), self.tr("Move over the map")
        )
        self.sample = TileView(theme, self.tr("Sample under the cursor"), "")
        self._decoded_name = QLabel(self.tr("Decoded here"))
        self._sample_name = ElidedLabel(elide=Qt.TextElideMode.ElideMiddle)
        #: What a sample with a label is called.
        self._own_name = ElidedLabel(elide=Qt.TextElideMode.ElideMiddle)
        for label in (self._decoded_name, self._sample_name, self._own_name):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.setFixedWidth(_NAME_WIDTH)
        for view in (self.decoded, self.sample):
            view.setFixedWidth(_SIDE_WIDTH)
            view.setMaximumHeight(_SIDE_WIDTH)

        side = QVBoxLayout()
        side.setSpacing(2)
        side.addWidget(self._decoded_name)
        side.addWidget(self.decoded, 1)
        side.addSpacing(4)
        side.addWidget(self._sample_name)
        side.addWidget(self.sample, 1)
        side.addWidget(self._own_name)
        side.addStretch(0)
        row = QHBoxLayout()
        row.setSpacing(theme.spacing)
        row.addWidget(self.plot, 1)
        row.addLayout(side)
        self.body.addWidget(self.legend)
        self.body.addLayout(row, 1)
        self.spread_toggle = self.add_toggle(
            self.tr("Spread"), self.tr("The cloud of each code, at one standard deviation")
        )
        self.spread_toggle.setVisible(False)
        self.spread_toggle.toggled.connect(self._on_spread_toggled)
        reset = self.add_button(self.tr("Show all points"), "reset", self.tr("Show all points"))
        reset.clicked.connect(self.plot.reset_view)
        self.header.addWidget(FigureMenu(theme, self, self))
        self.add_help()
        self._on_cursor_left()
        theme.changed.connect(self._restyle)

    @property
    def projection(self) -> PlaneProjection | None:
        return self._projection

    @property
    def points(self) -> Floats:
        """Where the points are drawn, (M, 2)."""
        return self._points

    # What it shows

    def set_samples(self, art: SampleArt, samples: MapSamples) -> None:
        """Begin an empty map of these samples."""
        self._art, self._samples = art, samples
        self._projection = None
        self._points = np.zeros((0, 2), np.float32)
        self.plot.set_path(None)
        self.plot.points.set_points(self._points)
        self.spread.set_clouds(None, None)
        self._restyle()
        self._on_cursor_left()

    def replace_samples(self, samples: MapSamples) -> None:
        """The same points, with more known about them."""
        self._samples = samples

    def set_codes(self, codes_ML: Floats, spread_ML: Floats | None = None) -> None:
        """Move the points to where one epoch's codes (M, L) are.

        ``spread_ML`` holds the standard deviations of codes that are clouds.
        """
        previous = self._projection
        if previous is not None and previous.code_size != codes_ML.shape[1]:
            previous = None
        is_first = previous is None
        self._projection = PlaneProjection.fit(codes_ML, previous)
        self._points = self._projection.points
        self.spread_toggle.setVisible(spread_ML is not None)
        self.spread.set_clouds(self._projection, spread_ML)
        self._draw_points()
        if is_first:
            self.plot.reset_view()
        self._say_what()
        if self._hovered >= 0:
            self.plot.set_hovered(self._points[self._hovered])

    def set_path(self, codes_KL: Floats | None, here_L: Floats | None) -> None:
        """The codes from A to B, and the one at which the slider stands."""
        projection = self._projection
        if projection is None or codes_KL is None:
            self.plot.set_path(None)
            return
        self.plot.set_path(projection.to_plane(codes_KL))
        self.plot.set_here(None if here_L is None else projection.to_plane(here_L[None])[0])

    def set_no_decoding(self, why: str) -> None:
        """Say why points cannot be decoded now; empty: they can."""
        self._why_no_decoding = why
        self._on_cursor_left()

    def _draw_points(self) -> None:
        self.plot.set_points(self._points, self.spread.along_axes)
        self.spread.redraw()

    def _on_spread_toggled(self, is_on: bool) -> None:
        self.spread.set_on(is_on)
        self._draw_points()

    def _say_what(self) -> None:
        projection, samples = self._projection, self._samples
        if projection is None or samples is None:
            self.set_caption("")
            return
        words = projection.caption
        if len(samples.rows) < samples.num_all:
            words += self.tr(" · {shown} of {all}").format(
                shown=f"{len(samples.rows):,}", all=f"{samples.num_all:,}"
            )
        self.set_caption(words)

    # The cursor

    def _on_cursor(self, x: float, y: float) -> None:
        if self._projection is None:
            return
        self._hover(self.plot.nearest(x, y))
        if self._why_no_decoding or self._decoding.model is None:
            return
        code = self._projection.to_codes(np.array([[x, y]], np.float32))
        self._decoding.request(_LANE, code, self._show_decoded)

    def _show_decoded(self, samples: Floats) -> None:
        if self._art is not None:
            self.decoded.set_tile(self._art, self._art.tiles(samples)[0])

    def _on_cursor_left(self) -> None:
        self._hover(-1)
        self.decoded.set_tile(self._art, None)
        self.decoded.set_hint(self._why_no_decoding or self.tr("Move over the map"))

    def _hover(self, place: int) -> None:
        if place == self._hovered and place >= 0:
            return
        self._hovered = place
        self.spread.set_hovered(place)
        samples = self._samples
        if place < 0 or samples is None or self._art is None:
            self.plot.set_hovered(None)
            self.sample.set_tile(self._art, None)
            self._sample_name.setText(self.tr("Sample"))
            self._own_name.setText("")
            return
        self.plot.set_hovered(self._points[place])
        picture = samples.sample(place)
        self.sample.set_tile(self._art, None if picture is None else self._art.tiles(picture)[0])
        self._sample_name.setText(self.name_of(place))
        self._own_name.setText(samples.name(place) if self._label_of(place) else "")

    def name_of(self, place: int) -> str:
        """The label of a point, or what its sample is called, or its row."""
        samples = self._samples
        if samples is None:
            return ""
        row = self.tr("row {row}").format(row=int(samples.rows[place]))
        return self._label_of(place) or samples.name(place) or row

    def _label_of(self, place: int) -> str:
        samples = self._samples
        if samples is None or samples.labels is None or samples.labels[place] < 0:
            return ""
        return samples.label_names[int(samples.labels[place])]

    def _on_clicked(self, x: float, y: float) -> None:
        if self._projection is None:
            return
        place = self.plot.nearest(x, y)
        point = self._points[place] if place >= 0 else np.array([x, y], np.float32)
        self.clicked.emit(place, self._projection.to_codes(point[None])[0])

    # Classes and colours

    def _restyle(self) -> None:
        samples = self._samples
        if samples is None:
            self.legend.set_entries([])
            return
        classes = samples.labels
        names = samples.label_names if classes is not None else ()
        styles = class_styles(len(names), self.theme.series)
        self.plot.points.set_classes(
            classes,
            styles,
            self.theme.accent if classes is None else self.theme.muted_text,
            self.theme.plot_background,
        )
        entries = [
            LegendEntry(str(index), name, style.color, style.symbol)
            for index, (name, style) in enumerate(zip(names, styles, strict=True))
        ]
        if classes is not None and (classes < 0).any():
            entries.append(
                LegendEntry(_UNLABELLED, self.tr("no label"), self.theme.muted_text, "o")
            )
        self.legend.set_entries(entries)
        self.spread.set_hovered_color(self.theme.text)
        self.spread.redraw()

    def _on_legend(self) -> None:
        self.plot.points.set_hidden(frozenset(int(key) for key in self.legend.hidden))
        self.spread.redraw()

    # The figure on paper

    def figure_name(self) -> str:
        return "latent-map"

    def figure_size(self) -> QSize:
        return QSize(self.plot.size())

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        self.plot.paint_figure(painter, target)

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """One line per point: row, label, place on the map and, where it is drawn, its spread."""
        samples, projection = self._samples, self._projection
        if samples is None or projection is None:
            return
        spreads = self.spread.along_axes
        titles = projection.axis_titles
        spread_titles = () if spreads is None else (f"{title} spread".strip() for title in titles)
        yield ("row", "label", *titles, *spread_titles)
        for place, row in enumerate(samples.rows[: len(self._points)]):
            label = self._label_of(place)
            widths = () if spreads is None else spreads[place].tolist()
            yield (int(row), label, *self._points[place].tolist(), *widths)
