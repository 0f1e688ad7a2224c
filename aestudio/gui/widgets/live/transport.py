"""The bar above the views: train, pause, stop, and how far the run is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from aestudio.gui.bridge import RunState
from aestudio.gui.durations import clock, spoken
from aestudio.gui.icons import icon
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.live_number import LiveNumber

#: The bar moves in this many steps, so that it is repainted only when a pixel changes.
_BAR_STEPS = 400


class Transport(QFrame):
    """Shows a run's state and asks for changes; it decides nothing itself."""

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = RunState.IDLE
        self._can_train = False
        self._why_not = self.tr("Choose data first.")
        self._estimate_s: float | None = None
        self._summary = ""
        self.setProperty("role", "panel")
        self.setAccessibleName(self.tr("Training"))

        self.train_button = self._button(self.tr("Train"), "train", "accent_text")
        self.train_button.setProperty("role", "primary")
        self.train_button.clicked.connect(self.train_requested)
        self.pause_button = self._button(self.tr("Pause"), "pause")
        self.pause_button.clicked.connect(self._on_pause_clicked)
        self.stop_button = self._button(self.tr("Stop"), "stop")
        self.stop_button.clicked.connect(self.stop_requested)
        self.export_button = self._button(self.tr("Export"), "export")
        self.export_button.clicked.connect(self.export_requested)

        self._state_text = QLabel()
        self._epoch = LiveNumber(theme.font("numbers"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setMinimumWidth(60)
        self._bar.setMaximumWidth(260)
        self._bar.setAccessibleName(self.tr("Progress of the run"))
        self._left = LiveNumber(theme.font("numbers"))
        self._speed = LiveNumber(theme.font("numbers"))
        self._device = QLabel()
        self._device.setProperty("role", "muted")
        for label in (self._state_text, self._device):
            label.setTextFormat(Qt.TextFormat.PlainText)

        row = QHBoxLayout(self)
        row.setContentsMargins(theme.spacing, 6, theme.spacing, 6)
        row.setSpacing(theme.spacing)
        for button in (self.train_button, self.pause_button, self.stop_button):
            row.addWidget(button)
        row.addSpacing(theme.spacing)
        row.addWidget(self._state_text)
        row.addWidget(self._epoch)
        row.addWidget(self._bar, 1)
        row.addWidget(self._left)
        row.addStretch(1)
        row.addWidget(self._speed)
        row.addWidget(self._device)
        row.addWidget(self.export_button)
        self._has_run = False
        self._update()

    # What it is told

    def set_state(self, state: RunState) -> None:
        self._state = state
        self._update()

    def set_train_enabled(self, enabled: bool, why_not: str) -> None:
        """``why_not`` is what the tool tip says while training is not possible."""
        self._can_train, self._why_not = enabled, why_not
        self._update()

    def set_estimate(self, seconds: float | None) -> None:
        """How long the run would take on this computer; None while nobody knows."""
        self._estimate_s = seconds
        self._update()

    def set_summary(self, text: str) -> None:
        """What became of the last run, in a few words."""
        self._summary = text
        self._update()

    def set_has_run(self, has_run: bool) -> None:
        """Whether there is a run that could be exported."""
        self._has_run = has_run
        self._update()

    def set_device(self, device: str, precision: str) -> None:
        self._device.setText(" ".join(word for word in (device.upper(), precision) if word))

    def set_epoch(self, epoch: int, num_epochs: int) -> None:
        self._epoch.show_text(
            self.tr("epoch {epoch}/{all}").format(epoch=f"{epoch:,}", all=f"{num_epochs:,}")
        )

    def set_progress(self, share: float, samples_per_s: float, remaining_s: float) -> None:
        """``share`` of the run that is done, from 0 to 1."""
        place = round(_BAR_STEPS * min(1.0, max(0.0, share)))
        if place != self._bar.value():
            # A progress bar repaints at once; like this it is painted with the figures beside it.
            self._bar.setUpdatesEnabled(False)
            self._bar.setValue(place)
            self._bar.setUpdatesEnabled(True)
        if samples_per_s > 0:
            # Three figures; more would only flicker.
            speed = float(f"{samples_per_s:.3g}")
            self._speed.show_text(self.tr("{speed} samples/s").format(speed=f"{speed:,.0f}"))
        if remaining_s >= 0 and self._state is not RunState.IDLE:
            self._left.show_text(self.tr("{time} left").format(time=clock(remaining_s)))

    def forget_run(self) -> None:
        """Say nothing more of the last run: how far and how fast it went, and what became of it."""
        self.set_summary("")
        for number in (self._epoch, self._left, self._speed):
            number.show_text("")
        self._device.clear()
        self._bar.setValue(0)

    @property
    def state_text(self) -> str:
        return self._state_text.text()

    # How it shows that

    def _update(self) -> None:
        state = self._state
        had_focus = self.train_button.hasFocus()
        is_idle = state is RunState.IDLE
        self.train_button.setEnabled(is_idle and self._can_train)
        self._explain(
            self.train_button,
            self.tr("Start training with this recipe (Ctrl+Return)"),
            self._why_not if is_idle else self.tr("A run is going; stop it first."),
        )
        is_paused = state is RunState.PAUSED
        self.pause_button.setText(self.tr("Resume") if is_paused else self.tr("Pause"))
        self.pause_button.setIcon(icon("resume" if is_paused else "pause", self._theme))
        self.pause_button.setEnabled(state in (RunState.TRAINING, RunState.PAUSED))
        self._explain(
            self.pause_button,
            self.tr("Go on training") if is_paused else self.tr("Wait after the current batch"),
            self.tr("Nothing is being trained now.")
            if is_idle
            else self.tr("Not possible while the run starts or ends."),
        )
        self.stop_button.setEnabled(state not in (RunState.IDLE, RunState.STOPPING))
        if had_focus and not is_idle:
            # Not to wherever the tab order leads when the button is switched off.
            self.setFocus()
        self._explain(
            self.stop_button,
            self.tr("End the run and keep the best epoch; it can go on later"),
            self.tr("Nothing is being trained now.")
            if is_idle
            else self.tr("The run is ending already."),
        )
        self.export_button.setEnabled(is_idle and self._has_run)
        self._explain(
            self.export_button,
            self.tr("Save the trained model for other programs"),
            self.tr("The model can be exported when training has ended.")
            if not is_idle
            else self.tr("Train a model, or open a run, first."),
        )
        for part in (self._bar, self._epoch):
            part.setVisible(not is_idle or self._has_run)
        if is_idle:
            self._left.show_text("")
        words = self._words()
        if self._state_text.text() != words:
            self._state_text.setText(words)

    def _words(self) -> str:
        if self._state is RunState.IDLE:
            if self._summary:
                return self._summary
            if not self._can_train:
                return self._why_not
            if self._estimate_s is not None:
                return self.tr("Ready: about {time} on this computer").format(
                    time=spoken(self._estimate_s)
                )
            return self.tr("Ready")
        return {
            RunState.PREPARING: self.tr("Preparing…"),
            RunState.TRAINING: self.tr("Training"),
            RunState.PAUSED: self.tr("Paused"),
            RunState.STOPPING: self.tr("Stopping…"),
        }[self._state]

    def _explain(self, button: QPushButton, what: str, why_not: str) -> None:
        button.setToolTip(what if button.isEnabled() else why_not)
        button.setAccessibleDescription(button.toolTip())

    def _on_pause_clicked(self) -> None:
        if self._state is RunState.PAUSED:
            self.resume_requested.emit()
        else:
            self.pause_requested.emit()

    def _button(self, text: str, icon_name: str, role: str = "text") -> QPushButton:
        button = QPushButton(text)
        button.setIcon(icon(icon_name, self._theme, role))
        button.setIconSize(QSize(14, 14))
        button.setAccessibleName(text)
        return button
