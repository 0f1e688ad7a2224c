"""Paint on a sample: damage it by hand and watch what the model makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from aestudio.analysis.painting import Canvas
from aestudio.gui.latest_worker import LatestWorker
from aestudio.gui.plots.paint_canvas import PaintCanvas
from aestudio.gui.plots.tile_view import TileView
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.sample_chooser import SampleChooser
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel
from aestudio.gui.widgets.results.brush_bar import BrushBar

if TYPE_CHECKING:
    from aestudio.gui.workspaces.run_opening import Subject
    from aestudio.workflows.models.painting import PaintableSamples, Repair

_LANE = "restored sample"


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """A repair, and the canvas that it is true for."""

    canvas: Canvas
    repair: Repair


class PaintPage(QWidget):
    """Clean, painted and restored beside each other; a hurried brush never has to wait."""

    #: The newest repair is on the screen.
    restored_shown = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject: Subject | None = None
        self._samples: PaintableSamples | None = None
        self._names: list[str] = []
        self._canvas: Canvas | None = None
        self._num_draws = 0
        self._worker = LatestWorker(self)
        self._worker.done.connect(self._on_answer)
        self._title = PlainLabel()
        self._title.setFont(theme.font("heading"))
        self._explanation = PlainLabel(
            self.tr(
                "Paint on the middle picture: on the right is what the model makes of it, without "
                "ever seeing the clean sample. Arrow keys move the brush (Shift: further), Space "
                "paints, Ctrl+Z takes a stroke back."
            ),
            "muted",
        )
        self.bar = BrushBar()
        self.clean = TileView(theme, self.tr("Clean sample"), "")
        self.painted = PaintCanvas(theme, self.tr("Painted sample: paint here"))
        self.restored = TileView(theme, self.tr("Restored sample"), self.tr("Restoring…"))
        self._clean_name = ElidedLabel()
        self._sentence = PlainLabel()
        self._sentence.setToolTip(
            self.tr("Measured against the clean sample, in the scale of the model")
        )
        self.chooser = SampleChooser(theme)
        self._lay_out()
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self._undo)
        self.painted.stroke_begun.connect(self._on_stroke_begun)
        self.painted.stroke_moved.connect(self._on_stroke_moved)
        self.painted.stroke_ended.connect(self._on_stroke_ended)
        self.bar.diameter_changed.connect(self.painted.set_diameter)
        self.bar.undo_wanted.connect(self._undo)
        self.bar.clear_wanted.connect(self._clear)
        self.bar.damage_wanted.connect(self._damage)
        self.chooser.chosen.connect(self._take_sample)

    @property
    def canvas(self) -> Canvas | None:
        """What is painted on; None before the first sample."""
        return self._canvas

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_samples(self, subject: Subject, samples: PaintableSamples, names: list[str]) -> None:
        """Offer these samples; what is painted stays where they are those of before."""
        before, shown = self._subject, self._samples
        is_same = (
            before is not None
            and shown is not None
            and before.run_path == subject.run_path
            and before.model.shape == subject.model.shape
            and shown.rows.tolist() == samples.rows.tolist()
        )
        self._subject, self._samples, self._names = subject, samples, names
        self._title.setText(self.tr("Paint on a sample · {0}").format(subject.name))
        self.bar.set_learned_damage(samples.learned_damage)
        if is_same:
            self._restore()
            return
        self.bar.set_picture_size(subject.art.width, subject.art.height)
        self.painted.set_diameter(self.bar.brush.diameter)
        self.chooser.set_samples(subject.art, samples.x, names)
        self._take_sample(0)

    def stop(self) -> None:
        """End the thread that restores; nothing is shown any more."""
        self._worker.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restore()

    # What a person does

    def _take_sample(self, place: int) -> None:
        subject, samples = self._subject, self._samples
        if subject is None or samples is None:
            return
        self.painted.lift()
        self._canvas = samples.canvas(place)
        (tile,) = subject.art.tiles(self._canvas.clean[None])
        self.clean.set_tile(subject.art, tile)
        self._clean_name.setText(self.tr("Clean: {0}").format(self._names[place]))
        self.restored.set_tile(None, None)
        self._sentence.setText("")
        self._on_painted()

    def _on_stroke_begun(self, x: float, y: float) -> None:
        if self._canvas is not None:
            self._canvas.begin(self.bar.brush, (x, y))
            self._on_painted()

    def _on_stroke_moved(self, x: float, y: float) -> None:
        if self._canvas is not None:
            self._canvas.go_on((x, y))
            self._on_painted()

    def _on_stroke_ended(self) -> None:
        if self._canvas is not None:
            self._canvas.end()

    def _undo(self) -> None:
        if self._canvas is not None:
            self._canvas.undo()
            self._on_painted()

    def _clear(self) -> None:
        if self._canvas is not None:
            self._canvas.clear()
            self._on_painted()

    def _damage(self) -> None:
        if self._canvas is not None and self._samples is not None:
            self._samples.damage(self._canvas, self._num_draws)
            self._num_draws += 1
            self._on_painted()

    # What is shown of it

    def _on_painted(self) -> None:
        canvas, subject = self._canvas, self._subject
        if canvas is None or subject is None:
            return
        (tile,) = subject.art.tiles(canvas.painted[None])
        self.painted.set_tile(subject.art, tile)
        self.bar.set_undo_enabled(canvas.can_undo, canvas.is_clean)
        self._restore()

    def _restore(self) -> None:
        """Have the picture restored as it is now; what is out of sight costs nothing."""
        canvas, samples = self._canvas, self._samples
        if canvas is None or samples is None or not self.isVisible():
            return
        painted = canvas.painted
        self._worker.submit(_LANE, lambda: _Answer(canvas, samples.repair(canvas.clean, painted)))

    def _on_answer(self, lane: str, answer: object) -> None:
        subject = self._subject
        if subject is None or not isinstance(answer, _Answer) or answer.canvas is not self._canvas:
            return
        (tile,) = subject.art.tiles(answer.repair.restored[None])
        self.restored.set_tile(subject.art, tile)
        self._sentence.setText(answer.repair.sentence)
        self.restored_shown.emit()

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        pictures.setHorizontalSpacing(SPACING)
        pictures.setVerticalSpacing(SPACING // 2)
        pictures.setRowStretch(1, 1)
        for column, (name, view) in enumerate(
            (
                (self._clean_name, self.clean),
                (ElidedLabel(self.tr("Painted: paint here")), self.painted),
                (ElidedLabel(self.tr("Restored by the model")), self.restored),
            )
        ):
            pictures.addWidget(name, 0, column)
            pictures.addWidget(view, 1, column)
            pictures.setColumnStretch(column, 1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(SPACING)
        for part in (self._title, self._explanation, self.bar):
            column_of_all.addWidget(part)
        column_of_all.addLayout(pictures, 1)
        column_of_all.addWidget(self._sentence)
        column_of_all.addWidget(self.chooser)
