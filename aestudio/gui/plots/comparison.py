"""Originals, reconstructions and their difference, for the same fixed samples, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from aestudio.data.dataset import Kind
from aestudio.data.series.sample_times import Moments
from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.row_texts import row_texts
from aestudio.gui.plots.sample_art import SampleArt, Samples, Tile
from aestudio.gui.plots.tile_grid import TileGrid, grid_for
from aestudio.gui.theme import Theme

_WANTED_SAMPLES = 6


class Comparison(ViewPanel):
    """Three grids side by side for images; for tables and sequences one grid of paired profiles."""

    #: The position among the preview samples that a person has chosen.
    sample_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_title(
            self.tr("Reconstructions"),
            self.tr(
                "The same samples after every epoch: what goes in, what comes back through the "
                "code, and the difference (orange: too bright, blue: too dark). Click an original "
                "to use it as an end of the path between two codes."
            ),
        )
        self._art: SampleArt | None = None
        self._originals: Samples = np.zeros((0,))
        self._reconstructions: Samples | None = None
        self._certainties: Samples | None = None
        self._rows: list[int] = []
        self._names: list[str] = []
        self._moments: Moments | None = None
        self._columns = (
            TileGrid(theme, self.tr("Originals")),
            TileGrid(theme, self.tr("Reconstructions")),
            TileGrid(theme, self.tr("Differences")),
        )
        self._titles = [QLabel(grid.accessibleName()) for grid in self._columns]
        grid_layout = self._grid = QGridLayout()
        grid_layout.setHorizontalSpacing(theme.spacing)
        grid_layout.setVerticalSpacing(2)
        grid_layout.setRowStretch(1, 1)
        for place, (title, grid) in enumerate(zip(self._titles, self._columns, strict=True)):
            title.setProperty("role", "muted")
            title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid_layout.addWidget(title, 0, place)
            grid_layout.addWidget(grid, 1, place)
            grid_layout.setColumnStretch(place, 1)
        self.body.addLayout(grid_layout, 1)
        self._columns[0].set_clickable(True)
        for grid in self._columns[:2]:
            grid.chosen.connect(self.sample_chosen)
        # The first is hidden where originals stand beside their reconstructions.
        for grid in self._columns[:2]:
            grid.installEventFilter(self)
        self.header.addWidget(FigureMenu(theme, self, self))
        self.add_help()
        theme.changed.connect(self._show)

    def set_samples(
        self,
        art: SampleArt,
        originals: Samples,
        rows: list[int],
        names: list[str],
        moments: Moments | None = None,
    ) -> None:
        """The fixed samples (P, *shape), the dataset's rows that they are, and what to call them.

        ``moments`` say when the steps of each were.
        """
        self._art, self._originals, self._rows, self._names = art, originals, rows, names
        self._moments = moments
        self._columns[1].set_moments(moments)
        self._reconstructions = None
        is_image = art.is_image
        for part in (self._titles[0], self._titles[2], self._columns[2]):
            part.setVisible(is_image)
        self._columns[0].setVisible(is_image)
        for place in (0, 2):
            self._grid.setColumnStretch(place, 1 if is_image else 0)
        self._columns[1].set_clickable(not is_image)
        if is_image:
            self._columns[0].set_tiles(art, art.tiles(originals), names=names)
        self._arrange()
        self._show()

    def set_reconstructions(
        self, reconstructions: Samples, certainties: Samples | None = None
    ) -> None:
        """The (P, *shape) reconstructions of one epoch, in the data's own scale.

        Of tokens the ``certainties``, (P, T), say how probable each symbol is.
        The differences follow in the window's next turn, so that neither takes long.
        """
        self._reconstructions, self._certainties = reconstructions, certainties
        self._show_reconstructions()
        QTimer.singleShot(0, self, self._show_differences)

    def _show(self) -> None:
        self._show_reconstructions()
        self._show_differences()

    def _show_reconstructions(self) -> None:
        art, reconstructions = self._art, self._reconstructions
        if art is None:
            return
        self._titles[1].setText(self._heading(art))
        if art.is_image:
            tiles = [] if reconstructions is None else art.tiles(reconstructions)
            self._columns[1].set_tiles(art, tiles)
            return
        originals, names = art.tiles(self._originals), self._names
        if art.columns:
            names = row_texts(names, art.columns, self._originals, reconstructions)
        if reconstructions is None:
            self._columns[1].set_tiles(art, originals, names=names)
        else:
            tiles = art.tiles(reconstructions, self._certainties)
            self._columns[1].set_tiles(art, tiles, originals=originals, names=names)

    def _heading(self, art: SampleArt) -> str:
        """What stands above the reconstructions, or above the originals while there are none."""
        if art.is_image:
            return self.tr("Reconstructions")
        if self._reconstructions is None:
            return self.tr("Originals, until the first epoch is done.")
        if art.kind is Kind.TOKENS:
            return self.tr("Grey: original. Below: reconstruction, wrong in red, uncertain shaded.")
        if any(column.categories for column in art.columns):
            return self.tr(
                "Grey: original. Coloured: reconstruction, wrong in red. Point for cells."
            )
        if art.columns:
            return self.tr("Grey: original. Coloured: reconstruction. Point at one for its cells.")
        return self.tr("Grey: original. Coloured: reconstruction.")

    def _show_differences(self) -> None:
        art, reconstructions = self._art, self._reconstructions
        if art is None:
            return
        differences: list[Tile] = []
        if reconstructions is not None and art.is_image:
            neutral = QColor(self.theme.raised)
            differences = list(art.differences(self._originals, reconstructions, neutral))
        self._columns[2].set_tiles(art, differences)

    def _arrange(self) -> None:
        if self._art is None:
            return
        visible = [grid for grid in self._columns if not grid.isHidden()]
        area = QSize(min(grid.width() for grid in visible), visible[0].height())
        layout = grid_for(
            area,
            len(self._originals),
            self._art,
            self.devicePixelRatioF(),
            _WANTED_SAMPLES,
            is_timed=self._moments is not None,
        )
        for grid in visible:
            grid.set_layout(*layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The grids get their size from the layout, after this panel got its own.
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    # The figure on paper

    def figure_name(self) -> str:
        return "reconstructions"

    def figure_size(self) -> QSize:
        return QSize(self.width() - 2 * self.theme.spacing, self._columns[1].height() + 20)

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        for title, grid in zip(self._titles, self._columns, strict=True):
            if grid.isHidden():
                continue
            painter.save()
            painter.translate(target.left() + grid.x() - self.theme.spacing, target.top())
            painter.setPen(QPen(QColor(LIGHT.text)))
            heading = QRectF(0, 0, grid.width(), 18)
            painter.drawText(heading, Qt.AlignmentFlag.AlignCenter, title.text())
            painter.translate(0, 20)
            grid.paint_tiles(painter, LIGHT)
            painter.restore()

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """One line per sample: its row, its values and those of its reconstruction."""
        length = int(np.prod(self._originals.shape[1:]))
        yield (
            "row",
            *(f"original {index}" for index in range(length)),
            *(f"reconstruction {index}" for index in range(length)),
        )
        if self._reconstructions is not None:
            pairs = zip(self._rows, self._originals, self._reconstructions, strict=True)
            for row, original, reconstruction in pairs:
                values = np.concatenate([np.ravel(original), np.ravel(reconstruction)])
                yield (row, *values.tolist())
