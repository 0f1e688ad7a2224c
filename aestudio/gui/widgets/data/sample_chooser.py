"""Choose one of several samples: by clicking its small picture, or the one before or after."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from aestudio.gui.plots.sample_art import SampleArt, Samples
from aestudio.gui.plots.tile_grid import GAP, TileGrid
from aestudio.gui.theme import SPACING, Theme

_LARGEST = 48


class SampleChooser(QWidget):
    """A strip of samples between two buttons; one of them is always chosen."""

    #: The place of the sample among those in the strip.
    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._art: SampleArt | None = None
        self._count = 0
        self._place = 0
        self.previous = QPushButton(self.tr("Previous"))
        self.next = QPushButton(self.tr("Next"))
        self.strip = TileGrid(theme, self.tr("Samples to choose from"))
        self.strip.setAccessibleDescription(
            self.tr("The arrow keys go from sample to sample, Enter chooses.")
        )
        self.strip.set_clickable(True)
        self.strip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.previous)
        row.addWidget(self.strip, 1)
        row.addWidget(self.next)
        self.strip.chosen.connect(self.choose)
        self.previous.clicked.connect(lambda: self.choose(self._place - 1))
        self.next.clicked.connect(lambda: self.choose(self._place + 1))

    @property
    def place(self) -> int:
        return self._place

    def set_samples(self, art: SampleArt, samples: Samples, names: list[str]) -> None:
        """Show these samples (N, *shape); the first is chosen, which nothing is said of."""
        self._art, self._count = art, len(samples)
        self.strip.set_tiles(art, art.tiles(samples), names=names)
        self._arrange()
        self._show_place(0)

    def choose(self, place: int) -> None:
        """Choose a sample as if its picture was clicked; there is nothing beyond the ends."""
        if 0 <= place < self._count and place != self._place:
            self._show_place(place)
            self.chosen.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _show_place(self, place: int) -> None:
        self._place = place
        self.strip.mark(place)
        self.previous.setEnabled(place > 0)
        self.previous.setToolTip(
            self.tr("The sample before this one") if place > 0 else self.tr("This is the first.")
        )
        is_last = place >= self._count - 1
        self.next.setEnabled(not is_last)
        self.next.setToolTip(
            self.tr("This is the last.") if is_last else self.tr("The sample after this one")
        )

    def _arrange(self) -> None:
        """The largest cells at which all samples stand in one row."""
        art = self._art
        if art is None or not self._count:
            return
        proportion = art.height / art.width
        free = (self.strip.width() + GAP) // self._count - GAP
        width = max(1, min(free, _LARGEST, int(_LARGEST / proportion)))
        height = max(1, round(width * proportion))
        self.strip.setFixedHeight(height)
        self.strip.set_layout(self._count, QSize(width, height), self._count)
