"""Looking through all samples: search, one label alone, and leaving some out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.sample_grid import SampleGrid

if TYPE_CHECKING:
    from aestudio.gui.workspaces.sample_tiles import SampleTiles

#: The search begins when nothing has been typed for so long.
_PAUSE_MS = 150


class SampleBrowser(QWidget):
    """A grid of all samples below what chooses among them."""

    #: Numbers of samples, as ``data.exclude`` has them, (N,).
    exclusion_requested = Signal(object)
    undo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: SampleTiles | None = None
        self.grid = SampleGrid(theme)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search names"))
        self.search.setAccessibleName(self.tr("Search the samples by name"))
        self.search.setClearButtonEnabled(True)
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Show the samples of one label"))
        self.leave_out = QPushButton(self.tr("Leave out"))
        self.leave_out.setAccessibleName(self.tr("Leave out the selected samples"))
        self.undo = QPushButton(self.tr("Undo"))
        self.undo.setAccessibleName(self.tr("Take back what was left out last"))
        self._count = PlainLabel("", "muted")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._filter)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for widget in (self.search, self.label):
            row.addWidget(widget, 1)
        row.addWidget(self._count, 1)
        row.addWidget(self.leave_out)
        row.addWidget(self.undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(row)
        column.addWidget(self.grid, 1)
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.label.currentIndexChanged.connect(self._filter)
        self.grid.selection_changed.connect(self._update)
        self.grid.removal_requested.connect(self._on_leave_out)
        self.leave_out.clicked.connect(self._on_leave_out)
        self.undo.clicked.connect(self.undo_requested)

    def set_tiles(self, tiles: SampleTiles, *, can_undo: bool = False) -> None:
        """Show another dataset, or the same without some of its samples."""
        self._tiles = tiles
        self.label.blockSignals(True)
        self.label.clear()
        self.label.addItem(self.tr("All labels"), "")
        for name in tiles.labels:
            self.label.addItem(name, name)
        self.label.blockSignals(False)
        self.label.setVisible(bool(tiles.labels))
        self.undo.setVisible(can_undo)
        self.search.clear()
        self.grid.set_tiles(tiles)
        self._update()

    @property
    def count_text(self) -> str:
        return self._count.text()

    def _filter(self) -> None:
        if self._tiles is not None:
            self.grid.show_rows(self._tiles.matching(self.search.text(), self.label.currentData()))
            self._update()

    def _update(self) -> None:
        if self._tiles is None:
            return
        num_shown, num_selected = self.grid.num_shown, len(self.grid.selected)
        text = self.tr("{0:,} samples").format(num_shown)
        if num_shown < self._tiles.num_samples:
            text = self.tr("{0:,} of {1:,}").format(num_shown, self._tiles.num_samples)
        if num_selected:
            text += self.tr(", {0:,} selected").format(num_selected)
        self._count.setText(text)
        can_leave_out = 0 < num_selected < self._tiles.num_samples
        self.leave_out.setEnabled(can_leave_out)
        self.leave_out.setToolTip(
            self.tr("Learn from the others only; the files stay as they are")
            if can_leave_out
            else self.tr("Select samples first: click, Shift or Ctrl and click, or the arrow keys")
        )

    def _on_leave_out(self) -> None:
        if self._tiles is not None and self.leave_out.isEnabled():
            self.exclusion_requested.emit(self._tiles.numbers(self.grid.selected))
