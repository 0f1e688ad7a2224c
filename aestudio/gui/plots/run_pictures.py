"""The same samples through several models: originals on top, one row of reconstructions per run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.figure_menu import FigureMenu
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.run_colors import RunSwatch, run_color
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_grid import GAP, TileGrid
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from aestudio.workflows.comparison.run_comparison import SharedSamples

_NAME_WIDTH = 20 * SPACING
#: So many stand side by side at least, however high the rows are.
_FEWEST = 6
#: Smaller pictures could not be told apart.
_SMALLEST = 36
_LARGEST = 160


class RunPictures(ViewPanel):
    """Rows of the same samples; each row says how far it is from the originals."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.set_title(
            self.tr("Reconstructions"),
            self.tr(
                "The first row is what goes in, each row below what one run's best epoch makes of "
                "it. The number is the squared error of one sample, summed over its features and "
                "averaged over all samples that are measured; hold the mouse over a picture for its "
                "own."
            ),
        )
        self._art: SampleArt | None = None
        self._shared: SharedSamples | None = None
        self._names: tuple[str, ...] = ()
        self.grids: list[TileGrid] = []
        self._rows = QGridLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(SPACING)
        self._rows.setVerticalSpacing(SPACING // 2)
        self._rows.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._rows.setColumnStretch(1, 1)
        self._area = QWidget()
        self._area.setLayout(self._rows)
        self._area.installEventFilter(self)
        self.body.addWidget(self._area, 1)
        self.header.addWidget(FigureMenu(theme, self, self))
        self.add_help()

    def show_samples(
        self,
        names: Sequence[str],
        shared: SharedSamples,
        art: SampleArt,
        errors: Sequence[str],
        sample_names: Sequence[str],
    ) -> None:
        """``errors`` are the runs' errors over all measured samples, in words."""
        self._names, self._shared, self._art = tuple(names), shared, art
        self._forget_rows()
        originals = art.tiles(shared.originals)
        self._add_row(self.tr("Originals"), "", None)
        self.grids[0].set_tiles(art, originals, names=list(sample_names))
        for place, (name, error, seen) in enumerate(zip(names, errors, shared.seen, strict=True)):
            self._add_row(name, error, place)
            if seen is None:
                continue
            hints = [
                self.tr("{sample}, {run}: squared error {error}").format(
                    sample=sample, run=name, error=f"{value:.4g}"
                )
                for sample, value in zip(sample_names, seen.squared_errors.tolist(), strict=True)
            ]
            self.grids[-1].set_tiles(
                art,
                art.tiles(seen.reconstructions),
                originals=None if art.is_image else originals,
                names=hints,
            )
        self.set_caption(shared.judged)
        self._arrange()

    def show_nothing(self, why: str) -> None:
        """Say why there is nothing to see; empty: there soon is."""
        self._shared, self._names = None, ()
        self._forget_rows()
        self.set_caption("")
        self.set_hint(why)

    def _add_row(self, name: str, detail: str, place: int | None) -> None:
        row = len(self.grids)
        grid = TileGrid(self.theme, self.tr("Samples: {name}").format(name=name))
        title = ElidedLabel(name, elide=Qt.TextElideMode.ElideMiddle)
        below = ElidedLabel(detail)
        below.setProperty("role", "muted")
        below.setForegroundRole(below.palette().ColorRole.PlaceholderText)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(SPACING // 2)
        if place is not None:
            line.addWidget(RunSwatch(place, self.theme))
        line.addWidget(title, 1)
        words.addLayout(line)
        if place is not None:
            words.addWidget(below)
        words.addStretch(1)
        label = QWidget()
        label.setLayout(words)
        label.setFixedWidth(_NAME_WIDTH)
        self._rows.addWidget(label, row, 0)
        self._rows.addWidget(grid, row, 1)
        self._rows.setRowStretch(row, 1)
        self.grids.append(grid)

    def _forget_rows(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in range(self._rows.rowCount()):
            self._rows.setRowStretch(row, 0)
        self.grids = []

    def _arrange(self) -> None:
        """The largest pictures at which as many as possible fit side by side."""
        art, shared = self._art, self._shared
        if art is None or shared is None or not self.grids:
            return
        count = len(shared.picture_rows)
        wide = self._area.width() - _NAME_WIDTH - SPACING
        high = self._area.height() // len(self.grids) - SPACING // 2
        # Profiles may be as high as they are wide.
        proportion = art.height / art.width if art.is_image else 1.0
        # As high as there is room for, unless only a few would then stand side by side.
        tall = max(_SMALLEST, min(_LARGEST, int(high / proportion)))
        columns = min(count, max(_FEWEST, (wide + GAP) // (tall + GAP)))
        side = max(1, min(tall, (wide + GAP) // columns - GAP))
        for grid in self.grids:
            grid.set_layout(columns, QSize(side, max(1, int(side * proportion))), columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The rows get their size from the layout, after this panel got its own.
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    # The figure on paper

    def figure_name(self) -> str:
        return "reconstructions-of-runs"

    def figure_size(self) -> QSize:
        return self._area.size()

    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        for place, grid in enumerate(self.grids):
            painter.save()
            painter.translate(target.left(), target.top() + grid.y())
            color = LIGHT.text if place == 0 else run_color(place - 1, LIGHT)
            painter.setPen(QPen(QColor(color)))
            name = self.tr("Originals") if place == 0 else self._names[place - 1]
            shown = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH
            )
            box = QRectF(0, 0, _NAME_WIDTH, grid.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            painter.translate(grid.x(), 0)
            grid.paint_tiles(painter, LIGHT)
            painter.restore()

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """One line per sample: its row in the data and each run's squared error."""
        shared = self._shared
        if shared is None:
            return
        yield ("row", *self._names)
        for place, row in enumerate(shared.picture_rows.tolist()):
            errors = (
                "" if seen is None else float(seen.squared_errors[place]) for seen in shared.seen
            )
            yield (row, *errors)
