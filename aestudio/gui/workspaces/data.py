"""The Data workspace: choose data, read it in the background, see what it was taken for.

Of several data sets, one is chosen on a page of its own first, or each is trained on there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from aestudio.data.files.source_text import title_of
from aestudio.gui.workspaces.reading import load_sample_previews, read_for_sheet
from aestudio.gui.workspaces.start_page import StartPage

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions
    from aestudio.gui.background import Background, Task
    from aestudio.gui.theme import Theme
    from aestudio.gui.widgets.data.collection_page import CollectionPage
    from aestudio.gui.widgets.data.data_sheet import DataSheet
    from aestudio.gui.workspaces.reading import SamplePreview
    from aestudio.gui.workspaces.sheet_content import SheetContent
    from aestudio.workflows.datasets.collection import Collection


class DataWorkspace(QWidget):
    """Start page first, then the sheet of the data that was read last, or what to choose from."""

    message = Signal(str)
    failed = Signal(object)
    #: (done, total); total 0 while nobody knows.
    progressed = Signal(int, int)
    reading_changed = Signal(bool)
    #: (SheetContent, DataOptions)
    data_ready = Signal(object, object)
    #: What was read holds several data sets, and the page to choose one is shown.
    choice_needed = Signal()
    #: (Collection, DataOptions, number of epochs or 0): each of the sets is to be trained on.
    train_each_wanted = Signal(object, object, int)
    stop_each_wanted = Signal()
    train_requested = Signal()
    learn_requested = Signal(str)
    run_chosen = Signal(Path)
    samples_shown = Signal()
    #: (Dataset, DataOptions, row): what preprocessing does to that sample is to be shown.
    look_requested = Signal(object, object, int)
    #: (option, value): what a finding advises for the recipe of the data on the sheet.
    setting_wanted = Signal(str, object)
    path_chosen = Signal(Path)
    #: A path or a sample's name, to be read and shown.
    source_chosen = Signal(str)

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._task: Task | None = None
        self._sheet: DataSheet | None = None
        self._shown: tuple[Dataset, DataOptions] | None = None
        self._collection_page: CollectionPage | None = None
        #: What the collection page shows, and how what is chosen there will be read.
        self._collection: tuple[Collection, DataOptions] | None = None
        self._why_not_each = self.tr("The engine is still loading")
        self._source = ""
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
            from aestudio.gui.widgets.data.data_sheet import DataSheet

            self._sheet = DataSheet(self._theme)
            self._sheet.back_requested.connect(self._leave_sheet)
            self._sheet.train_requested.connect(self.train_requested)
            self._sheet.read_requested.connect(self._read)
            self._sheet.look_requested.connect(self._on_look)
            self._sheet.setting_wanted.connect(self.setting_wanted)
            self._sheet.form.refused.connect(self.failed)
            self.reading_changed.connect(self._sheet.hold)
            self._stack.addWidget(self._sheet)
        return self._sheet

    @property
    def collection_page(self) -> CollectionPage:
        """The page to choose one of several data sets on, built when it is first needed."""
        if self._collection_page is None:
            from aestudio.gui.widgets.data.collection_page import CollectionPage

            self._collection_page = CollectionPage(self._theme)
            self._collection_page.back_requested.connect(self.show_start)
            self._collection_page.chosen.connect(self._read_chosen)
            self._collection_page.run_chosen.connect(self._on_run_chosen)
            self._collection_page.each.wanted.connect(self._on_each_wanted)
            self._collection_page.each.stop_wanted.connect(self.stop_each_wanted)
            self._collection_page.each.hold(self._why_not_each)
            self._stack.addWidget(self._collection_page)
        return self._collection_page

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    @property
    def shows_sheet(self) -> bool:
        return self._sheet is not None and self._stack.currentWidget() is self._sheet

    @property
    def shows_collection(self) -> bool:
        page = self._collection_page
        return page is not None and self._stack.currentWidget() is page

    def shows(self, dataset: Dataset) -> bool:
        """Whether this is the dataset on the sheet."""
        return self._shown is not None and self._shown[0] is dataset

    def show_start(self) -> None:
        self._stack.setCurrentWidget(self.start_page)

    def hold_each(self, reason: str) -> None:
        """Let no training on each of several data sets begin, for this reason if there is one."""
        self._why_not_each = reason
        if self._collection_page is not None:
            self._collection_page.each.hold(reason)

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

    def _on_read(self, result: tuple[SheetContent | Collection, DataOptions]) -> None:
        from aestudio.workflows.datasets.collection import Collection

        if self.sender() is not self._task:
            return
        self._end_task()
        found, options = result
        if isinstance(found, Collection):
            self._show_collection(found, options)
            return
        self._shown = found.dataset, options
        self.sheet.show_content(found, options)
        self._stack.setCurrentWidget(self.sheet)
        self._source = options.source
        self.message.emit(f"{found.taken_for}.")
        self.data_ready.emit(found, options)

    def _show_collection(self, collection: Collection, options: DataOptions) -> None:
        self._collection = collection, options
        self.collection_page.show_collection(collection)
        self._stack.setCurrentWidget(self.collection_page)
        self.collection_page.focus_rows()
        self.message.emit(self.tr("Several data sets: choose one of them, or train on each."))
        self.choice_needed.emit()

    def _read_chosen(self, source: str) -> None:
        if self._collection is not None:
            self._read(self._collection[1].changed(source=source))

    def _on_each_wanted(self, epochs: int) -> None:
        if self._collection is not None:
            self.train_each_wanted.emit(*self._collection, epochs)

    def _leave_sheet(self) -> None:
        """Go back to where the data on the sheet was chosen."""
        page = self._collection_page
        if page is not None and page.lists(self._source):
            self._stack.setCurrentWidget(page)
            page.focus_rows()
        else:
            self.show_start()

    def _on_failed(self, error: object) -> None:
        if self.sender() is self._task:
            self._end_task()
            self.failed.emit(error)

    def _end_task(self) -> None:
        self._task = None
        self.reading_changed.emit(False)

    def _on_look(self, row: int) -> None:
        if self._shown is not None:
            self.look_requested.emit(*self._shown, row)

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
