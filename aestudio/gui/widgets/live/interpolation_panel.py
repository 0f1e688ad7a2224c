"""Between two codes: choose A and B, slide from one to the other, keep the strip."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from aestudio.analysis.interpolation import Method
from aestudio.data.dataset import Kind
from aestudio.gui.background import Background, TaskReport
from aestudio.gui.palette import LIGHT
from aestudio.gui.plots.code_path import ENDS, POSITIONS, Anchor, CodePath, Floats
from aestudio.gui.plots.decoding import Decoding
from aestudio.gui.plots.panel import ViewPanel
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.plots.tile_grid import GAP, TileGrid
from aestudio.gui.plots.tile_view import TileView
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.end_button import EndButton

STRIP_STEPS = 9
GIF_STEPS = 33
_LINE_STEPS = 33
_SMALLEST, _LARGEST = 56, 120
_ROW_GAP = 6
#: Of one text in the strip: two short lines.
_TEXT_HEIGHT = 30
#: No limit, as Qt has it; and a stretch beside which that of an empty place is nothing.
_ANY_WIDTH, _MOST_OF_IT = 2**24 - 1, 100
#: The header, the margins and the gaps between the rows.
_CHROME = 70


class InterpolationPanel(ViewPanel):
    """Shows what the decoder makes of the codes between A and B."""

    #: The codes from A to B (K, L), and the one at the slider (L,); None where there are none.
    path_changed = Signal(object, object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        decoding: Decoding,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._background = background
        self.set_title(
            self.tr("Between two codes"),
            self.tr(
                "The decoder draws codes that no sample has: drag the slider from A to B. Choose "
                "the ends by clicking the map or an original. Smooth changes mean that the network "
                "has found a sensible order; a sudden jump means a gap in it."
            ),
        )
        self._decoding = decoding
        self._art: SampleArt | None = None
        self._why_not = self.tr("Train a model first.")
        self._line: Floats | None = None
        self.path = CodePath(self)
        self.path.changed.connect(self.refresh)

        self.method = QComboBox()
        self.method.addItem(self.tr("Straight"), "linear")
        self.method.addItem(self.tr("Spherical"), "slerp")
        self.method.setAccessibleName(self.tr("Form of the path"))
        self.method.currentIndexChanged.connect(self._on_method_chosen)
        self.method.setStyleSheet("QComboBox { padding: 1px 6px; }")
        self.header.addWidget(self.method)
        self._add_save_menu()
        self.add_help()

        self.ends = {end: EndButton(theme, end) for end in ENDS}
        for end, button in self.ends.items():
            button.clicked.connect(lambda _checked, end=end: self.path.set_next_end(end))
            button.clicked.connect(self._show_next_end)
        self.here = TileView(theme, self.tr("Decoded at the slider"), "")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, POSITIONS)
        self.slider.setValue(self.path.position)
        self.slider.setAccessibleName(self.tr("Place between A and B"))
        self.slider.valueChanged.connect(self.path.set_position)
        self.strip = TileGrid(theme, self.tr("From A to B in steps"))
        self.strip.set_clickable(True)
        self.strip.chosen.connect(
            lambda index: self.slider.setValue(round(index * POSITIONS / (STRIP_STEPS - 1)))
        )

        row = self._row = QHBoxLayout()
        row.addWidget(self.ends["A"])
        row.addStretch(1)
        row.addWidget(self.here)
        row.addStretch(1)
        row.addWidget(self.ends["B"])
        self.body.setSpacing(_ROW_GAP)
        self.body.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.slider)
        self.body.addWidget(self.strip)
        self.body.addStretch(1)
        self.refresh()

    # What it is told

    def set_art(self, art: SampleArt) -> None:
        """A new run: samples are drawn this way, and the ends are chosen anew."""
        self._art = art
        self.path.clear()

    def set_no_decoding(self, why: str) -> None:
        """Say why nothing can be decoded now; empty: it can."""
        if why != self._why_not:
            self._why_not = why
            self.refresh()

    def choose(self, anchor: Anchor) -> None:
        """Set the end whose turn it is."""
        self.path.choose(anchor)

    # Drawing

    def refresh(self) -> None:
        """Decode the path again: the ends, the slider or the model changed."""
        model = self._decoding.model
        self._show_next_end()
        is_generative = model is not None and model.is_generative
        self.method.setEnabled(is_generative)
        self.method.setToolTip(
            self.tr("Spherical stays where codes of a variational model lie")
            if is_generative
            else self.tr("Only variational models have codes that lie around a sphere.")
        )
        if not is_generative and self.method.currentIndex() != 0:
            self.method.setCurrentIndex(0)
            return
        if model is None or self._why_not:
            self._show_nothing(self._why_not)
            return
        codes = {end: self.path.code_of(end, model) for end in ENDS}
        for end, code in codes.items():
            if code is None:
                self.ends[end].set_content(None, None, "")
        a, b = codes["A"], codes["B"]
        if a is None or b is None:
            known = a if a is not None else b
            if known is not None:
                end = "A" if a is not None else "B"
                self._decoding.request(
                    f"end {end}", known[None], lambda samples: self._show_end(end, samples)
                )
            self._show_nothing(
                self.tr("Click the map, or an original, to choose {end}.").format(
                    end=self.path.next_end
                )
            )
            self.path_changed.emit(None if known is None else known[None], None)
            return
        self._line = self.path.codes(a, b, _LINE_STEPS)
        here = self.path.codes(a, b, POSITIONS + 1)[self.path.position]
        self.slider.setEnabled(True)
        self._say(self.tr("{share} % of the way").format(share=self.path.position))
        self._decoding.request("strip", self.path.codes(a, b, STRIP_STEPS), self._show_strip)
        self._decoding.request("here", here[None], self._show_here)
        self.path_changed.emit(self._line, here)

    def _show_strip(self, samples: Floats) -> None:
        if self._art is None:
            return
        tiles = self._art.tiles(samples)
        self.strip.set_tiles(self._art, tiles)
        self._arrange()
        for end, tile in (("A", tiles[0]), ("B", tiles[-1])):
            anchor = self.path.anchor(end)
            self.ends[end].set_content(self._art, tile, anchor.name if anchor else "")

    def _show_end(self, end: str, samples: Floats) -> None:
        anchor = self.path.anchor(end)
        if self._art is not None and anchor is not None:
            self.ends[end].set_content(self._art, self._art.tiles(samples)[0], anchor.name)

    def _show_here(self, samples: Floats) -> None:
        if self._art is not None:
            self.here.set_tile(self._art, self._art.tiles(samples)[0])

    def _show_nothing(self, why: str) -> None:
        self._line = None
        self.here.set_tile(self._art, None)
        self.strip.set_tiles(self._art, [])
        self.slider.setEnabled(False)
        self.slider.setToolTip(why)
        self._say(why)

    def _show_next_end(self) -> None:
        for end, button in self.ends.items():
            button.setChecked(end == self.path.next_end)

    def _say(self, text: str) -> None:
        self.set_caption(text)

    def _on_method_chosen(self) -> None:
        self.path.set_method(cast("Method", self.method.currentData()))

    def _arrange(self) -> None:
        """The strip takes what its pictures need, the ends and the slider's picture the rest."""
        if self._art is not None and self._art.kind is Kind.TOKENS:
            self._arrange_texts()
            return
        width = max(8, self.strip.width() // STRIP_STEPS - GAP)
        self.strip.setFixedHeight(width + GAP)
        self.strip.set_layout(STRIP_STEPS, QSize(width, width), STRIP_STEPS)
        free = self.height() - width - self.slider.sizeHint().height() - _CHROME
        side = max(_SMALLEST, min(_LARGEST, free))
        for view in (*self.ends.values(), self.here):
            view.setFixedSize(side, side)
            self._row.setStretchFactor(view, 0)

    def _arrange_texts(self) -> None:
        """Texts are wide: the strip has three columns, the ends take all the room there is."""
        columns = 3
        rows = STRIP_STEPS // columns
        cell = QSize(max(8, self.strip.width() // columns - GAP), _TEXT_HEIGHT)
        self.strip.setFixedHeight(rows * (_TEXT_HEIGHT + GAP))
        self.strip.set_layout(columns, cell, STRIP_STEPS)
        free = self.height() - self.strip.height() - self.slider.sizeHint().height() - _CHROME
        high = max(_SMALLEST, min(_LARGEST, free))
        for view in (*self.ends.values(), self.here):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            view.setMinimumSize(_SMALLEST, high)
            view.setMaximumSize(_ANY_WIDTH, high)
            self._row.setStretchFactor(view, _MOST_OF_IT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Keeping it

    def save_strip(self, path: Path) -> None:
        """Write the steps from A to B side by side as a PNG."""
        self._save(path, STRIP_STEPS)

    def save_animation(self, path: Path) -> None:
        """Write the way from A to B and back as a GIF."""
        self._save(path, GIF_STEPS)

    def save_texts(self, path: Path) -> None:
        """Write what the codes from A to B are decoded to, a line for each step."""
        self._save(path, STRIP_STEPS)

    def _save(self, path: Path, num_steps: int) -> None:
        """Decode and write behind the window: a film takes a moment."""
        model, art = self._decoding.model, self._art
        if model is None or art is None or self._line is None:
            return
        a, b = self._line[0], self._line[-1]
        codes = self.path.codes(a, b, num_steps)

        def work(report: TaskReport) -> Path:
            from aestudio.export.pictures import write_walk
            from aestudio.export.texts import write_texts

            samples = model.decode(codes)
            if path.suffix == ".txt":
                write_texts(path, art.texts(samples))
            else:
                write_walk(path, art.pictures(samples, LIGHT))
            return path

        task = self._background.prepare(work, "save path")
        task.done.connect(self.saved)
        task.failed.connect(self.failed)
        task.start()

    def _add_save_menu(self) -> None:
        button = self.add_button(
            self.tr("Save the path"),
            "export",
            self.tr("Save the strip as a picture, or the way from A to B as a film"),
        )
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._save_actions = [
            menu.addAction(self.tr("Save the strip as PNG…"), lambda: self._ask("png")),
            menu.addAction(self.tr("Save the film as GIF…"), lambda: self._ask("gif")),
        ]
        self._save_texts = menu.addAction(self.tr("Save the texts…"), lambda: self._ask("txt"))
        menu.aboutToShow.connect(self._enable_saving)
        button.setMenu(menu)

    def _enable_saving(self) -> None:
        for action in self._save_actions:
            action.setEnabled(self._line is not None)
        self._save_texts.setEnabled(self._line is not None)
        self._save_texts.setVisible(self._art is not None and self._art.kind is Kind.TOKENS)

    def _ask(self, suffix: str) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self.window(), self.tr("Save"), f"between.{suffix}", f"{suffix.upper()} (*.{suffix})"
        )
        if name:
            path = Path(name).with_suffix(f".{suffix}")
            save = {"png": self.save_strip, "gif": self.save_animation, "txt": self.save_texts}
            save[suffix](path)
