"""The Data workspace: choose data, read it in the background, see what it was taken for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from aestudio.data.files.source_text import title_of
from aestudio.gui.workspaces.reading import load_sample_previews, read_for_sheet
from aestudio.gui.workspaces.start_page import StartPage

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions
    from aestudio.gui.background import Background, Task
    from aestudio.gui.theme import Theme
    from aestudio.gui.widgets.data_sheet import DataSheet
    from aestudio.gui.workspaces.reading import SamplePreview
    from aestudio.gui.workspaces.sheet_content import SheetContent


class DataWorkspace(QWidget):
    """Start page first, then the sheet of the data that was read last."""

    message = Signal(str)
    failed = Signal(object)
    #: (done, total); total 0 while nobody knows.
    progressed = Signal(int, int)
    reading_changed = Signal(bool)
    #: (SheetContent, DataOptions)
    data_ready = Signal(object, object)
    train_requested = Signal()
    learn_requested = Signal(str)
    run_chosen = Signal(Path)
    samples_shown = Signal()
    path_chosen = Signal(Path)
    #: A path or a sample's name, to be read and shown.
    source_chosen = Signal(str)

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._task: Task | None = None
        self._sheet: DataSheet | None = None
        self.start_page = StartPage(theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.start_page.path_chosen.connect(self.path_chosen)
        self.start_page.recent_data_chosen.connect(self.source_chosen)
        self.start_page.recent_run_chosen.connect(self._on_run_chosen)
        self.start_page.samples.look_requested.connect(self.source_chosen)
        self.start_page.samples.learn_requested.connect(self.learn_requested)

    @property
    def sheet(self) -> DataSheet:
        """The sheet, built when it is first needed: the window opens without it."""
        if self._sheet is None:
            from aestudio.gui.widgets.data_sheet import DataSheet

            self._sheet = DataSheet(self._theme)
            self._sheet.back_requested.connect(self.show_start)
            self._sheet.train_requested.connect(self.train_requested)
            self._sheet.read_requested.connect(self._read)
            self._sheet.form.refused.connect(self.failed)
            self._stack.addWidget(self._sheet)
        return self._sheet

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    @property
    def shows_sheet(self) -> bool:
        return self._sheet is not None and self._stack.currentWidget() is self._sheet

    def show_start(self) -> None:
        self._stack.setCurrentWidget(self.start_page)

    def load_samples(self) -> None:
        """Fill the cards of the built-in samples, in the background."""
        task = self._background.prepare(load_sample_previews, "samples")
        task.done.connect(self._on_samples)
        task.failed.connect(self.failed)
        task.start()

    def open_source(self, source: str) -> None:
        """Read a path or a sample's name as it comes, then show its sheet."""
        from aestudio.data.options import DataOptions

        self.open_options(DataOptions(source=source))

    def open_options(self, options: DataOptions) -> None:
        """Read ``options.source`` as the other options say, then show its sheet."""
        self._read(options)

    def cancel(self) -> None:
        """Give up reading; what was open stays open."""
        if self._task is not None:
            self._task.cancel()
            self.message.emit(self.tr("Reading was cancelled."))
            self._end_task()

    def _read(self, options: DataOptions) -> None:
        self.cancel()
        task = self._background.prepare(read_for_sheet(options), "reading")
        task.progressed.connect(self.progressed)
        task.done.connect(self._on_read)
        task.failed.connect(self._on_failed)
        self._task = task
        self.reading_changed.emit(True)
        self.message.emit(self.tr("Reading {0}…").format(title_of(options.source)))
        task.start()

    def _on_read(self, result: tuple[SheetContent, DataOptions]) -> None:
        if self.sender() is not self._task:
            return
        self._end_task()
        content, options = result
        self.sheet.show_content(content, options)
        self._stack.setCurrentWidget(self.sheet)
        self.message.emit(f"{content.taken_for}.")
        self.data_ready.emit(content, options)

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._task:
            self._end_task()
            self.failed.emit(error)

    def _end_task(self) -> None:
        self._task = None
        self.reading_changed.emit(False)

    def _on_run_chosen(self, path: str) -> None:
        self.run_chosen.emit(Path(path))

    def _on_samples(self, previews: tuple[SamplePreview, ...]) -> None:
        cards = self.start_page.samples
        cards.set_samples(tuple(preview.sample for preview in previews))
        for preview in previews:
            if preview.pictures is not None:
                cards.set_pictures(preview.sample.name, preview.pictures)
            elif preview.profiles is not None:
                cards.set_profiles(preview.sample.name, preview.profiles)
            else:
                cards.set_texts(preview.sample.name, preview.texts)
        self.samples_shown.emit()
