"""Below a list of data sets: the button that trains on each of them, and how far that has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSpinBox, QVBoxLayout, QWidget

from aestudio.gui.durations import spoken
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.several_sets.onlooker import Standing

_MOST_EPOCHS = 100_000
#: Of the progress bar.
_PARTS = 1_000


class EachBar(QWidget):
    """Either what can be begun, or what is under way."""

    #: The number of epochs; 0 leaves it to what suits each set.
    wanted = Signal(int)
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = PlainLabel("", "muted")
        self.epochs = QSpinBox()
        self.epochs.setRange(0, _MOST_EPOCHS)
        self.epochs.setSpecialValueText(self.tr("as suits each"))
        self.epochs.setAccessibleName(self.tr("Epochs for each data set"))
        self._title = PlainLabel(self.tr("Epochs"))
        self._title.setBuddy(self.epochs)
        self.train = QPushButton(self.tr("Train each"))
        self.train.setIcon(icon("train", theme))
        self.train.clicked.connect(self._on_train)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _PARTS)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop after this batch; the runs that are finished stay"))
        self.stop.clicked.connect(self._on_stop)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self._words, 1)
        for part in (self._title, self.epochs, self.train, self.stop):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.progress)
        column.addLayout(row)
        self.show_idle("")

    @property
    def words(self) -> str:
        return self._words.text()

    def hold(self, reason: str) -> None:
        """Let nothing begin for this reason; an empty one says that something can."""
        self.train.setEnabled(not reason)
        words = self.tr("Train on all of these, one after the other")
        self.train.setToolTip(reason or words)

    def show_idle(self, words: str) -> None:
        """Offer to begin; ``words`` say what came of the last time."""
        self._words.setText(
            words or self.tr("Train on each, and every data set gets a run with what suits it.")
        )
        self._set_busy(False)

    def show_begun(self) -> None:
        """Show that it is under way."""
        self._words.setText(self.tr("Training on each…"))
        self.progress.setValue(0)
        self.stop.setEnabled(True)
        self._set_busy(True)

    def show_standing(self, standing: Standing) -> None:
        """Show how far it has come, and how long it still takes where that is known."""
        self.progress.setValue(round(_PARTS * standing.share))
        if not self.stop.isEnabled():
            return
        words = self.tr("{place} of {count}: {name}").format(
            place=standing.place + 1, count=standing.count, name=standing.entry.name
        )
        left = standing.left
        if left.seconds is not None:
            more = (
                self.tr("More than {0} left.") if left.is_at_least else self.tr("About {0} left.")
            )
            words = f"{words}. {more.format(spoken(left.seconds))}"
        self._words.setText(words)

    def _set_busy(self, is_busy: bool) -> None:
        while_busy: tuple[QWidget, ...] = (self.progress, self.stop)
        while_idle: tuple[QWidget, ...] = (self._title, self.epochs, self.train)
        gone, come = (self.train, self.stop) if is_busy else (self.stop, self.train)
        had_focus = gone.hasFocus()
        for part in (*while_busy, *while_idle):
            part.setVisible((part in while_busy) == is_busy)
        if had_focus:
            # Not to wherever the tab order leads when the button goes away.
            come.setFocus()

    def _on_train(self) -> None:
        self.wanted.emit(self.epochs.value())

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self._words.setText(self.tr("Stopping…"))
        self.stop_wanted.emit()
