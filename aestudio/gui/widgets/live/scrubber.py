"""The epoch scrubber: go back to what the network could do earlier, during training too."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import Theme

_REPLAY_INTERVAL_MS = 120


class Scrubber(QWidget):
    """A slider over the epochs that can be shown; ``live`` follows the newest one."""

    epoch_chosen = Signal(int)
    live_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._epochs: list[int] = []
        self._replay = QTimer(self)
        self._replay.setInterval(_REPLAY_INTERVAL_MS)
        self._replay.timeout.connect(self._replay_next)

        self.replay_button = QToolButton()
        self.replay_button.setIconSize(QSize(16, 16))
        self.replay_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.replay_button.clicked.connect(self._on_replay_clicked)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Epoch on display"))
        self.slider.setPageStep(5)
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.sliderPressed.connect(self._on_grabbed)
        self.label = QLabel()
        self.label.setFont(theme.font("numbers"))
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setMinimumWidth(
            self.label.fontMetrics().horizontalAdvance("epoch 0,000 of 0,000")
        )
        self.live_button = QPushButton(self.tr("Live"))
        self.live_button.setCheckable(True)
        self.live_button.setChecked(True)
        self.live_button.setAccessibleName(self.tr("Follow the newest epoch"))
        self.live_button.setProperty("role", "quiet")
        self.live_button.toggled.connect(self._on_live_toggled)

        row = QHBoxLayout(self)
        row.setContentsMargins(theme.spacing, 0, theme.spacing, 0)
        row.setSpacing(theme.spacing)
        for widget, stretch in (
            (self.replay_button, 0),
            (self.slider, 1),
            (self.label, 0),
            (self.live_button, 0),
        ):
            row.addWidget(widget, stretch)
        self._update()

    @property
    def epoch(self) -> int | None:
        """The epoch on display."""
        return self._epochs[self.slider.value()] if self._epochs else None

    @property
    def is_live(self) -> bool:
        return self.live_button.isChecked()

    def set_epochs(self, epochs: Iterable[int]) -> None:
        """The epochs that can be shown, in order; the newest is on display."""
        self._stop_replay()
        self._epochs = list(epochs)
        self._set_live(True)
        self._place(len(self._epochs) - 1)

    def add_epoch(self, epoch: int) -> None:
        """A newer epoch can be shown now."""
        if self._epochs and epoch <= self._epochs[-1]:
            return
        self._epochs.append(epoch)
        self._place(len(self._epochs) - 1 if self.is_live else self.slider.value())

    def show_epoch(self, epoch: int) -> None:
        """Go to the nearest epoch that can be shown, as if a person had done so."""
        if self._epochs:
            self._set_live(False)
            self.slider.setValue(min(bisect_left(self._epochs, epoch), len(self._epochs) - 1))

    def _place(self, index: int) -> None:
        # Moving along with the run is not a choice of a person's.
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(self._epochs) - 1))
        self.slider.setValue(max(0, index))
        self.slider.blockSignals(False)
        self._update()

    def _on_grabbed(self) -> None:
        self._stop_replay()
        self._set_live(False)

    def _on_slid(self) -> None:
        if not self._replay.isActive():
            self._set_live(False)
        self._update()
        if self.epoch is not None:
            self.epoch_chosen.emit(self.epoch)

    def _on_live_toggled(self, live: bool) -> None:
        self._stop_replay()
        if live and self._epochs:
            self._place(len(self._epochs) - 1)
        self._update()
        self.live_changed.emit(live)

    def _set_live(self, live: bool) -> None:
        if live != self.live_button.isChecked():
            self.live_button.setChecked(live)

    def _on_replay_clicked(self) -> None:
        if self._replay.isActive():
            self._stop_replay()
            return
        self._set_live(False)
        self._replay.start()
        if self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._update()

    def _replay_next(self) -> None:
        if self.slider.value() >= self.slider.maximum():
            self._stop_replay()
        else:
            self.slider.setValue(self.slider.value() + 1)

    def _stop_replay(self) -> None:
        if self._replay.isActive():
            self._replay.stop()
            self._update()

    def _update(self) -> None:
        has_choice = len(self._epochs) > 1
        why_not = self.tr("There is nothing to replay before the first epoch is done.")
        self.slider.setEnabled(has_choice)
        self.slider.setToolTip(
            self.tr("Show an earlier epoch: pictures, map and path together")
            if has_choice
            else why_not
        )
        replays = self._replay.isActive()
        self.replay_button.setEnabled(has_choice)
        self.replay_button.setIcon(icon("pause" if replays else "play", self._theme))
        name = self.tr("Pause the replay") if replays else self.tr("Replay all epochs")
        self.replay_button.setAccessibleName(name)
        self.replay_button.setToolTip(name if has_choice else why_not)
        self.live_button.setEnabled(bool(self._epochs))
        self.live_button.setToolTip(self.tr("Follow the newest epoch") if self._epochs else why_not)
        if not self._epochs:
            self.label.setText("")
        else:
            text = self.tr("epoch {epoch} of {last}").format(
                epoch=f"{self.epoch:,}", last=f"{self._epochs[-1]:,}"
            )
            if text != self.label.text():
                self.label.setText(text)
