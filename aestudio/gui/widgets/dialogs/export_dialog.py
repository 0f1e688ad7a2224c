"""Exports a run: choose what, choose where, and see that the files compute what the model does."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.errors import OutputError, StudioError
from aestudio.gui.background import Background, Task
from aestudio.gui.durations import clock
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.dialogs.export_formats import ExportFormat, formats_for
from aestudio.gui.widgets.labels import PlainLabel

_TICK_MS = 500


class ExportDialog(QDialog):
    """One run, one format at a time; stays open so that several can be exported."""

    #: (what was written, severity), for whoever keeps messages after the dialog has gone.
    message = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self, theme: Theme, background: Background, run_path: Path, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(68 * SPACING)
        self._background = background
        self._run_path = run_path
        self._task: Task | None = None
        self._begun_s = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._show_elapsed)
        self._known_formats = formats_for(run_path)
        self._asked_folder = self._written_folder = run_path / "export"
        self._formats = QButtonGroup(self)
        self._folder = QLineEdit(str(run_path / "export"))
        self._folder.setAccessibleName(self.tr("Folder to export to"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the export"))
        self._result = PlainLabel()
        self._result.setAccessibleName(self.tr("Result of the export"))
        self._result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._export = QPushButton(self.tr("Export"))
        self._export.setProperty("role", "primary")
        self._export.setDefault(True)
        self._export.setAccessibleName(self.tr("Export now"))
        self._show = QPushButton(self.tr("Show files"))
        self._show.setAccessibleName(self.tr("Show the exported files"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel the export"))
        self._close = QPushButton(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close"))
        self._build(theme)
        self._export.clicked.connect(self.export)
        self._show.clicked.connect(self._show_files)
        self._cancel.clicked.connect(self.cancel)
        self._close.clicked.connect(self.close)
        self._progress.hide()
        self._cancel.hide()
        self._show.setEnabled(False)
        self._show.setToolTip(self.tr("Nothing has been exported yet"))

    @property
    def result_text(self) -> str:
        return self._result.text()

    @property
    def chosen_format(self) -> ExportFormat:
        return self._known_formats[self._formats.checkedId()]

    def choose(self, name: str) -> None:
        """Choose a format by its name."""
        for number, known in enumerate(self._known_formats):
            if known.name == name:
                self._formats.button(number).setChecked(True)

    def export(self) -> None:
        """Export in the background."""
        if self._task is not None:
            return
        try:
            folder = named_folder(self._folder.text())
        except OutputError as error:
            self._on_failed(error)
            return
        work = partial(self.chosen_format.work, self._run_path, folder)
        self._asked_folder = folder
        task = self._background.prepare(work, "exporting")
        task.progressed.connect(self._on_progress)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        task.ended.connect(self._on_ended)
        self._task = task
        self._begun_s = time.monotonic()
        self._set_busy(True)
        self._show_elapsed()
        task.start()

    def cancel(self) -> None:
        """End what is under way, as soon as the step that it is at is over."""
        if self._task is not None:
            self._task.cancel()
            self._clock.stop()
            self._cancel.setEnabled(False)
            self._say(self.tr("Cancelling, as soon as the present step is over…"), "muted")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        super().closeEvent(event)

    def _build(self, theme: Theme) -> None:
        heading = PlainLabel(self.tr("Export {0}").format(self._run_path.name))
        heading.setFont(theme.font("title"))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        for number, known in enumerate(self._known_formats):
            column.addSpacing(SPACING // 2)
            button = QRadioButton(known.title)
            button.setAccessibleName(known.title)
            button.setAccessibleDescription(known.help)
            self._formats.addButton(button, number)
            words = PlainLabel(known.help, "muted")
            words.setContentsMargins(3 * SPACING, 0, 0, 0)
            column.addWidget(button)
            column.addWidget(words)
        self._formats.button(0).setChecked(True)
        column.addSpacing(SPACING)
        column.addLayout(self._folder_row())
        column.addWidget(self._progress)
        column.addWidget(self._result)
        column.addStretch(1)
        column.addSpacing(SPACING)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        buttons.addWidget(self._show)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._close)
        buttons.addWidget(self._export)
        column.addLayout(buttons)

    def _folder_row(self) -> QHBoxLayout:
        label = PlainLabel(self.tr("Folder"), wraps=False)
        label.setBuddy(self._folder)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder to export to"))
        choose.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(label)
        row.addWidget(self._folder, 1)
        row.addWidget(choose)
        return row

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export to"), self._folder.text())
        if folder:
            self._folder.setText(folder)

    def _show_files(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written_folder)))

    def _show_elapsed(self) -> None:
        elapsed = clock(time.monotonic() - self._begun_s)
        self._say(self.tr("Exporting… {0}").format(elapsed), "muted")

    def _on_progress(self, done: int, total: int) -> None:
        if done > 0:  # an empty bar would look as if nothing went on
            self._progress.setRange(0, total)
            self._progress.setValue(done)

    def _on_done(self, lines: list[str]) -> None:
        self._end()
        self._say("\n".join(lines), "good")
        self.message.emit(" ".join(line.strip() for line in lines), "good")
        self._written_folder = self._asked_folder
        self._show.setEnabled(True)
        self._show.setToolTip("")

    def _on_failed(self, error: StudioError) -> None:
        self._end()
        self._say(str(error), "error")
        self.failed.emit(error)

    def _on_ended(self) -> None:
        if self._task is not None and self.sender() is self._task:
            self._end()
            self._say(self.tr("The export was cancelled."), "")

    def _end(self) -> None:
        self._task = None
        self._set_busy(False)

    def _set_busy(self, is_busy: bool) -> None:
        self._progress.setRange(0, 0)
        self._progress.setVisible(is_busy)
        self._cancel.setVisible(is_busy)
        self._cancel.setEnabled(is_busy)
        if is_busy:
            self._clock.start()
        else:
            self._clock.stop()
        self._export.setEnabled(not is_busy)
        self._export.setToolTip(self.tr("An export is under way") if is_busy else "")

    def _say(self, text: str, role: str) -> None:
        self._result.set_role(role)
        self._result.setText(text)
        self._make_room()

    def _make_room(self) -> None:
        """Grow until nothing is cut: wrapped texts do not do that to a window by themselves."""
        column = self.layout()
        needed = 0 if column is None else column.totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)


def named_folder(text: str) -> Path:
    """Return the folder that ``text`` names, which has to say where it is.

    Raises
    ------
    OutputError
        There is no text, or it depends on where the program was started.
    """
    try:
        folder = Path(text.strip()).expanduser()
    except RuntimeError:  # ~somebody, who is not known here
        folder = Path()
    if not folder.is_absolute():
        raise OutputError(
            "that names no folder to export to." if text.strip() else "it is empty.",
            subject=text.strip() or "Folder",
            next_step="Type the whole path, or choose a folder.",
        )
    return folder
