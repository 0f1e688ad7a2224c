"""One sample as it is stored, as the model sees it, and brought back, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aestudio.data.dataset import Kind
from aestudio.gui.plots.sample_art import SampleArt, Tile
from aestudio.gui.plots.time_axis import inner_rect, paint_time_axis, paint_value_lines
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog
from aestudio.gui.widgets.forms.option_row import OptionRow, words_in_place
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel
from aestudio.gui.widgets.plain_table import make_plain
from aestudio.gui.widgets.waiting_bar import WaitingBar
from aestudio.options import option_fields
from aestudio.preprocess.options import PreprocessOptions

if TYPE_CHECKING:
    from aestudio.data.series.sample_times import Moments
    from aestudio.errors import StudioError
    from aestudio.workflows.datasets.sample_preprocessing import PreprocessedSample

_SIDE = 25 * SPACING
_FIRST_SIZE = QSize(980, 600)
_NUM_STAGES = 3
_OF_COLUMNS = "preprocess.column_scaling"


class PreprocessingDialog(ClosableDialog):
    """Shows the sample on its way; the options of the way stand below and change the recipe."""

    #: The next sample is wanted (1), or the one before (-1).
    step_wanted = Signal(int)
    #: (key, value): an option of preprocessing was changed.
    edited = Signal(str, object)
    #: The options are not to be tried on the data any longer.
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What preprocessing does to a sample"))
        self._title = ElidedLabel()
        self._title.setFont(theme.font("title"))
        self._fitted = PlainLabel("", "muted")
        self.stages = _Stages(theme)
        self.cells = _table(self.tr("The sample, column by column"))
        self.texts = _Texts(theme)
        self._stack = QStackedWidget()
        for page in (self.stages, self.cells, self.texts):
            self._stack.addWidget(page)
        self._verdict = PlainLabel("")
        self._verdict.setFont(theme.font("heading"))
        self.waiting = WaitingBar(
            self.tr("Measuring the training samples…"),
            bar_name=self.tr("How many training samples have been measured"),
            cancel_name=self.tr("Cancel measuring"),
        )
        self.waiting.cancel.clicked.connect(self.cancelled)
        self._rows = {
            field.key: OptionRow(field, theme, self)
            for field in option_fields(PreprocessOptions, "preprocess")
        }
        self.previous = QPushButton(self.tr("Previous"))
        self.previous.setAccessibleName(self.tr("Show the sample before"))
        self.next = QPushButton(self.tr("Next"))
        self.next.setAccessibleName(self.tr("Show the sample after"))
        self.previous.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.next.clicked.connect(lambda: self.step_wanted.emit(1))
        for row in self._rows.values():
            row.edited.connect(self.edited)
        self._build()
        self.resize(_FIRST_SIZE)
        self.next.setFocus()

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def verdict(self) -> str:
        return self._verdict.text()

    def option_row(self, key: str) -> OptionRow:
        return self._rows[key]

    def set_options(self, options: PreprocessOptions, usual: PreprocessOptions) -> None:
        """Show the recipe's options; Reset goes back to the ``usual`` ones."""
        for key, row in self._rows.items():
            name = key.removeprefix("preprocess.")
            row.show_value(getattr(options, name), getattr(usual, name))
            row.show_error(None)

    def show_fitting(self) -> None:
        """Say that the options are tried on the training samples, unless that is over at once."""
        self.waiting.begin()

    def show_progress(self, done: int, total: int) -> None:
        self.waiting.show_progress(done, total)

    def show_cancelled(self) -> None:
        """Say that what is on display is not what these options do."""
        self.waiting.end()
        self._verdict.set_role("warning")
        self._verdict.setText(
            self.tr("Cancelled: these settings were not tried. Change one to try again.")
        )

    def show_sample(self, sample: PreprocessedSample, art: SampleArt, num_fitted: int) -> None:
        """Show another sample, or the same after another way."""
        self.waiting.end()
        self._title.setText(sample.title)
        self._fitted.setText(
            self.tr("Fitted on {0:,} training samples, as a training would.").format(num_fitted)
        )
        kind = sample.dataset.kind
        for key, row in self._rows.items():
            # Symbols have no scale, and only tables have columns.
            row.setVisible(kind is Kind.TABLE or (kind is not Kind.TOKENS and key != _OF_COLUMNS))
            row.show_error(None)
        if kind is Kind.TABLE:
            _fill(self.cells, sample.rows())
            self._stack.setCurrentWidget(self.cells)
        elif kind is Kind.TOKENS:
            self.texts.show_texts(sample.texts)
            self._stack.setCurrentWidget(self.texts)
        else:
            self.stages.show_sample(sample, art)
            self._stack.setCurrentWidget(self.stages)
        self._verdict.set_role("")
        self._verdict.setText(sample.verdict)

    def show_problem(self, error: StudioError) -> None:
        """Say why the options cannot be used, at the option where it is about one."""
        self.waiting.end()
        words = words_in_place(error)
        if error.subject in self._rows:
            self._rows[error.subject].show_error(error)
            words = self.tr("With these settings nothing can be shown.")
        self._verdict.set_role("error")
        self._verdict.setText(words)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        titles = QVBoxLayout()
        titles.setSpacing(SPACING // 2)
        titles.addWidget(self._title)
        titles.addWidget(self._fitted)
        top.addLayout(titles, 1)
        top.addWidget(self.previous)
        top.addWidget(self.next)
        options = QVBoxLayout()
        options.setSpacing(0)
        for row in self._rows.values():
            options.addWidget(row)
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.lay_out(top, self._stack, self.waiting, self._verdict, options)


class _Stages(QWidget):
    """Three pictures or profiles, and under each its lowest, mean and highest value."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        self.canvases = [_Canvas(theme) for _ in range(_NUM_STAGES)]
        self.figures = [PlainLabel("", "muted") for _ in range(_NUM_STAGES)]
        for place, (canvas, figures) in enumerate(zip(self.canvases, self.figures, strict=True)):
            heading = _heading(theme, place)
            canvas.setAccessibleName(heading.text())
            grid.addWidget(heading, 0, place)
            grid.addWidget(canvas, 1, place)
            grid.addWidget(figures, 2, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(1, 1)

    def show_sample(self, sample: PreprocessedSample, art: SampleArt) -> None:
        kind, scaling, times = sample.dataset.kind, sample.scaling, sample.dataset.times
        parts = (sample.stored, sample.seen, sample.restored)
        if kind is Kind.IMAGES:
            # What is stored black and white is black and white in model scale too.
            black, white = scaling.forward(art.low).min(), scaling.forward(art.high).max()
            seen = SampleArt(kind, sample.seen.shape, black, white)
            arts = (art, seen, art)
        else:
            ends = sample.limits
            arts = (
                SampleArt(kind, sample.stored.shape, *ends[0]),
                SampleArt(kind, sample.seen.shape, *ends[1]),
                SampleArt(kind, sample.stored.shape, *ends[0]),
            )
        moments = None if times is None else times.moments_of(np.array([sample.row]))
        rows = sample.rows()
        for place, canvas in enumerate(self.canvases):
            canvas.show_tile(arts[place], arts[place].tiles(parts[place][None])[0], moments)
            told = [f"{row[0]} {row[place + 1]}" for row in rows if row[place + 1]]
            self.figures[place].setText(", ".join(told))
            canvas.setAccessibleDescription(self.figures[place].text())


class _Canvas(QWidget):
    """Paints one picture or profile as large as it fits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[SampleArt, Tile] | None = None
        self._moments: Moments | None = None
        self.setMinimumSize(_SIDE // 2, _SIDE // 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def show_tile(self, art: SampleArt, tile: Tile, moments: Moments | None) -> None:
        self._shown, self._moments = (art, tile), moments
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(box, QColor(self._theme.raised))
        if self._shown is None:
            return
        art, tile = self._shown
        colors = self._theme.colors
        if self._moments is not None:
            paint_time_axis(painter, box, self._moments, 0, colors)
            box = inner_rect(box)
        if art.value_limits is not None:
            paint_value_lines(painter, box, art.value_limits, colors)
        art.paint(painter, box, tile, colors)


class _Texts(QWidget):
    """Three texts below each other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        self.boxes = [QPlainTextEdit() for _ in range(_NUM_STAGES)]
        for place, box in enumerate(self.boxes):
            heading = _heading(theme, place)
            box.setReadOnly(True)
            box.setAccessibleName(heading.text())
            box.setTabChangesFocus(True)
            column.addWidget(heading)
            column.addWidget(box, 1)

    def show_texts(self, texts: tuple[str, str, str]) -> None:
        for box, text in zip(self.boxes, texts, strict=True):
            box.setPlainText(text)


def _heading(theme: Theme, place: int) -> PlainLabel:
    from aestudio.workflows.datasets.sample_preprocessing import STAGES

    label = PlainLabel(STAGES[place])
    label.setFont(theme.font("heading"))
    return label


def _table(name: str) -> QTableWidget:
    from aestudio.workflows.datasets.sample_preprocessing import STAGES

    table = QTableWidget(0, 1 + len(STAGES))
    make_plain(table, name)
    table.setHorizontalHeaderLabels(["Column", *STAGES])
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
    heads = table.horizontalHeader()
    heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return table


def _fill(table: QTableWidget, rows: list[tuple[str, str, str, str]]) -> None:
    table.setRowCount(len(rows))
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            table.setItem(place, column, QTableWidgetItem(text))
