"""The sheet after a drop: what the data was taken for, and whether that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.data.dataset import Kind, Remedy
from aestudio.data.options import DataOptions
from aestudio.data.sample_choice import written_numbers
from aestudio.data.tables.column_choice import written_names
from aestudio.data.text.token_dataset import text_unit
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.findings_list import FindingsList
from aestudio.gui.widgets.data.label_counts import LabelCounts
from aestudio.gui.widgets.data.sample_browser import SampleBrowser
from aestudio.gui.widgets.data.sample_grid import SampleGrid
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.widgets.data.table_preview import TablePreview
from aestudio.gui.widgets.facts import Facts
from aestudio.gui.widgets.forms.reading_form import ReadingForm
from aestudio.gui.widgets.forms.table_fields import LEAVE_OUT, table_fields
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel
from aestudio.gui.widgets.scrolling import scrolled
from aestudio.gui.widgets.section import Section
from aestudio.gui.workspaces.sheet_content import SheetContent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIDE_WIDTH = 44 * SPACING


class DataSheet(QWidget):
    """Shows one :class:`SheetContent`."""

    back_requested = Signal()
    train_requested = Signal()
    read_requested = Signal(object)
    #: What preprocessing does to a row of the dataset is to be shown.
    look_requested = Signal(int)
    #: (option, value): what a finding advises for the recipe.
    setting_wanted = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = ElidedLabel()
        self._name.setFont(theme.font("title"))
        self._taken_for = PlainLabel()
        self.samples = SampleBrowser(SampleGrid(theme))
        self._samples_section = Section(theme, self.tr("The samples"), self.samples)
        self.texts = SampleBrowser(SampleTable(theme))
        self.texts.setAccessibleName(self.tr("All texts"))
        self._texts_section = Section(theme, self.tr("The texts"), self.texts)
        self.table = TablePreview(theme)
        self.table.setAccessibleName(self.tr("The table, column by column"))
        self._table_section = Section(theme, self.tr("The table"), self.table)
        self._findings = FindingsList(theme)
        self._facts = Facts(wraps=True)
        self._counts = LabelCounts(theme)
        self._form = ReadingForm(theme)
        self._read_so: DataOptions | None = None
        #: How the same data was read before, the last one last.
        self._former: list[DataOptions] = []
        self._kind = Kind.IMAGES
        self._train = QPushButton(icon("train", theme, "accent_text"), self.tr("Set up training"))
        self._train.setProperty("role", "primary")
        self._train.setAccessibleName(self.tr("Set up training on this data"))
        self._train.setDefault(True)
        self._read = QPushButton(icon("refresh", theme, "accent_text"), self.tr("Read again"))
        self._read.setProperty("role", "primary")
        self._read.setAccessibleName(self.tr("Read the data again with the changed settings"))
        self._read.setToolTip(
            self.tr("Settings under 'Not what you expected?' were changed since the data was read")
        )
        self._read.hide()
        self.undo = QPushButton(self.tr("Undo"))
        self.undo.setAccessibleName(self.tr("Take back the last change to how the data is read"))
        self.undo.setToolTip(self.tr("Read the data as before the last change"))
        self._back = QPushButton(self.tr("Other data"))
        self._back.setAccessibleName(self.tr("Go back and choose other data"))
        self._labels_section = Section(theme, self.tr("Labels"), self._counts)
        self._build()
        self._train.clicked.connect(self.train_requested)
        self.undo.clicked.connect(self._on_undo)
        self._back.clicked.connect(self.back_requested)
        self._form.read_requested.connect(self.read_requested)
        self._form.waits_changed.connect(self._on_waits)
        self._read.clicked.connect(self._form.read)
        self.table.left_out_changed.connect(self._form.leave_out)
        self._findings.remedy_chosen.connect(self._on_remedy)
        self.table.list.column_left_out.connect(self._on_column_left_out)
        for browser in (self.samples, self.texts, self.table.rows):
            browser.exclusion_requested.connect(self._on_exclusion)
            browser.undo_requested.connect(self._on_undo)
            browser.look_requested.connect(self.look_requested)

    @property
    def form(self) -> ReadingForm:
        return self._form

    @property
    def findings(self) -> FindingsList:
        return self._findings

    @property
    def browser(self) -> SampleBrowser:
        """Where all samples of what is shown can be looked through."""
        if self._kind == Kind.TABLE:
            return self.table.rows
        return self.texts if self._kind == Kind.TOKENS else self.samples

    @property
    def taken_for(self) -> str:
        return self._taken_for.text()

    def show_content(self, content: SheetContent, options: DataOptions) -> None:
        """Replace everything that is shown."""
        self._name.setText(content.dataset.name)
        self._taken_for.setText(f"{content.taken_for}.")
        is_same = self._read_so is not None and options.source == self._read_so.source
        self._remember(options, is_same=is_same)
        self._kind = content.dataset.kind
        shown = self.browser
        shown.set_samples(content.samples, can_undo=bool(self._former), keeps_place=is_same)
        if content.dataset.kind == Kind.TABLE:
            self.table.set_table(content.dataset, content.figures)
        sections = (
            (self._samples_section, self.samples),
            (self._texts_section, self.texts),
            (self._table_section, self.table.rows),
        )
        # First away with the former: beside each other they would widen the window.
        for section, browser in sorted(sections, key=lambda one: one[1] is shown):
            section.setVisible(browser is shown)
        if not is_same:
            self._side.verticalScrollBar().setValue(0)
        self._findings.set_findings(content.dataset.findings)
        self._facts.set_facts(content.facts)
        self._labels_section.setVisible(bool(content.label_counts))
        self._counts.set_counts(content.label_counts)
        self._form.set_options(
            options,
            is_images=content.dataset.kind == Kind.IMAGES,
            is_series=content.dataset.kind == Kind.SEQUENCES,
            is_text=text_unit(content.dataset) is not None,
            table_keys=table_fields(content.dataset),
            label_fields=content.dataset.label_fields,
        )

    def hold(self, is_reading: bool) -> None:
        """Let nothing begin on what is shown while it is being read anew."""
        for button in (self._train, self._read, self.undo):
            button.setEnabled(not is_reading)
        self._train.setToolTip(self.tr("The data is being read") if is_reading else "")

    def _remember(self, options: DataOptions, *, is_same: bool) -> None:
        """Keep how the same data was read before, so that each change can be taken back."""
        if not is_same:
            self._former.clear()
        elif self._former and options == self._former[-1]:
            self._former.pop()
        elif self._read_so is not None and options != self._read_so:
            self._former.append(self._read_so)
        self._read_so = options
        self.undo.setVisible(bool(self._former))

    def _on_waits(self, waits: bool) -> None:
        # To go on with the data as it was would lose what was changed without a word.
        self._read.setVisible(waits)
        self._train.setVisible(not waits)

    def _on_remedy(self, remedy: Remedy) -> None:
        if remedy.option.startswith("data."):
            self._form.apply(remedy)
        else:
            self.setting_wanted.emit(remedy.option, remedy.value)

    def _on_exclusion(self, numbers: npt.NDArray[np.int64]) -> None:
        self._form.apply(
            Remedy(self.tr("Leave out"), "data.exclude", written_numbers(numbers), adds=True)
        )

    def _on_column_left_out(self, name: str) -> None:
        self._form.apply(Remedy(self.tr("Leave out"), LEAVE_OUT, written_names([name]), adds=True))

    def _on_undo(self) -> None:
        if self._former:
            self.read_requested.emit(self._former[-1])

    def _build(self) -> None:
        titles = QVBoxLayout()
        titles.setSpacing(SPACING // 2)
        titles.addWidget(self._name)
        titles.addWidget(self._taken_for)
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        top.addLayout(titles, 1)
        top.addWidget(self.undo)
        top.addWidget(self._back)
        for button in (self._read, self._train):
            button.setIconSize(QSize(16, 16))
            top.addWidget(button)
        side = QWidget()
        side_column = QVBoxLayout(side)
        side_column.setContentsMargins(0, 0, SPACING, 0)
        side_column.setSpacing(2 * SPACING)
        side_column.addWidget(Section(self._theme, self.tr("Worth knowing"), self._findings))
        side_column.addWidget(Section(self._theme, self.tr("Not what you expected?"), self._form))
        side_column.addWidget(self._labels_section)
        side_column.addWidget(Section(self._theme, self.tr("About this data"), self._facts))
        side_column.addStretch(1)
        self._side = scrolled(side)
        self._side.setFixedWidth(_SIDE_WIDTH)
        body = QHBoxLayout()
        body.setSpacing(2 * SPACING)
        body.addWidget(self._samples_section, 1)
        body.addWidget(self._texts_section, 1)
        body.addWidget(self._table_section, 1)
        body.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 3 * SPACING, 3 * SPACING)
        column.setSpacing(2 * SPACING)
        column.addLayout(top)
        column.addLayout(body, 1)
