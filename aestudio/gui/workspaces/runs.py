"""The Runs workspace: everything that was ever trained, to open, go on with, export or throw away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSortFilterProxyModel, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from aestudio.errors import RunError, StudioError
from aestudio.gui.background import Background, Task, TaskReport
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.plain_table import make_plain
from aestudio.gui.widgets.results.run_details import RunDetails
from aestudio.gui.workspaces.run_sheet import RunSheet, read_run_sheet
from aestudio.gui.workspaces.run_table import PATH_ROLE, SORT_ROLE, Column, RunTable
from aestudio.runs.folder import RunFolder
from aestudio.runs.listing import RunSummary, list_runs
from aestudio.runs.schema import RunStatus
from aestudio.runs.trash import move_to_trash
from aestudio.workflows.comparison.compared_count import FEWEST, MOST


class RunsWorkspace(QWidget):
    """A table of runs and what can be done with the selected one."""

    open_requested = Signal(Path)
    #: (path, new number of epochs; 0 leaves it as it is)
    resume_requested = Signal(Path, int)
    export_requested = Signal(Path)
    #: The paths of two to six runs.
    compare_requested = Signal(object)
    message = Signal(str)
    failed = Signal(object)
    runs_changed = Signal(object)

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._wanted_path: Path | None = None
        self.table = RunTable(theme, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.table)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setFilterKeyColumn(-1)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = QTableView()
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search runs"))
        self._search.setAccessibleName(self.tr("Search runs"))
        self._search.setClearButtonEnabled(True)
        self._search.setFixedWidth(28 * SPACING)
        self._buttons: dict[str, QPushButton] = {}
        self._stack = QStackedWidget()
        self.details = RunDetails(theme)
        self._reading: Task | None = None
        self._build()
        self._search.textChanged.connect(self._sorted.setFilterFixedString)
        self.view.doubleClicked.connect(self._on_double_click)
        self.view.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.rename_requested.connect(self._rename)
        self._update_buttons()

    @property
    def selected(self) -> RunSummary | None:
        """The one run that is selected; None when there are several."""
        runs = self.all_selected
        return runs[0] if len(runs) == 1 else None

    @property
    def all_selected(self) -> list[RunSummary]:
        rows = self.view.selectionModel().selectedRows()
        return [self.table.runs[self._sorted.mapToSource(row).row()] for row in rows]

    def refresh(self, select: Path | None = None) -> None:
        """Read the list again in the background, and select ``select`` or what was selected."""
        current = self.selected
        self._wanted_path = select or (current.path if current else None)
        task = self._background.prepare(_list_runs, "listing runs")
        task.done.connect(self._on_listed)
        task.failed.connect(self.failed)
        task.start()

    def select(self, path: Path) -> None:
        """Select the run at ``path`` if it is listed."""
        for row in range(self._sorted.rowCount()):
            index = self._sorted.index(row, Column.NAME)
            if index.data(PATH_ROLE) == str(path):
                flags = QItemSelectionModel.SelectionFlag
                self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                self.view.scrollTo(index)
                return

    def trash_selected(self) -> None:
        """Move the selected run to the trash, from where the desktop can bring it back."""
        run = self.selected
        if run is None:
            return
        path, is_damaged = run.path, run.info is None
        message = self.tr("{0} is in the trash now.").format(run.name)

        def work(report: TaskReport) -> str:
            if is_damaged:
                move_to_trash(path)
            else:
                RunFolder.open(path).move_to_trash()
            return message

        self._start_change(work)

    def rename_selected(self) -> None:
        """Edit the name in the table."""
        rows = self.view.selectionModel().selectedRows(Column.NAME)
        if rows:
            self.view.edit(rows[0])

    def reveal_selected(self) -> None:
        """Show the run's folder in the desktop's file manager."""
        if (run := self.selected) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path)))

    def _build(self) -> None:
        heading = PlainLabel(self.tr("Runs"))
        heading.setFont(self._theme.font("title"))
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        top.addWidget(heading, 1)
        top.addWidget(self._search)
        self._set_up_view()
        empty = PlainLabel(
            self.tr(
                "There are no runs yet.\n\nEvery training is kept as a run: its recipe, its curves, "
                "its pictures and the model itself. Train something and it appears here."
            ),
            "muted",
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        listed = QWidget()
        beside = QHBoxLayout(listed)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(2 * SPACING)
        beside.addWidget(self.view, 1)
        beside.addWidget(self.details)
        self._stack.addWidget(empty)
        self._stack.addWidget(listed)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 4 * SPACING, 3 * SPACING)
        column.setSpacing(2 * SPACING)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addLayout(self._button_row())

    def _set_up_view(self) -> None:
        self.view.setModel(self._sorted)
        make_plain(self.view, self.tr("Runs"))
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(Column.DATE, Qt.SortOrder.DescendingOrder)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setAlternatingRowColors(True)
        self.view.setFont(self._theme.font("numbers"))
        self.view.verticalHeader().setDefaultSectionSize(4 * SPACING)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        actions: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            ("open", "open", self.tr("Open"), self._open),
            ("resume", "resume", self.tr("Go on training"), self._resume),
            ("export", "export", self.tr("Export…"), self._export),
            ("compare", "compare", self.tr("Compare"), self._compare),
            ("rename", "rename", self.tr("Rename"), self.rename_selected),
            ("reveal", "reveal", self.tr("Show folder"), self.reveal_selected),
            ("trash", "trash", self.tr("Move to trash"), self.trash_selected),
        )
        for name, icon_name, text, run in actions:
            role = "accent_text" if name == "open" else "text"
            button = QPushButton(icon(icon_name, self._theme, role), text)
            words = (
                self.tr("{0} the selected runs")
                if name == "compare"
                else self.tr("{0} the selected run")
            )
            button.setAccessibleName(words.format(text.rstrip("…")))
            button.clicked.connect(run)
            if name == "open":
                button.setProperty("role", "primary")
            if name == "trash":
                row.addStretch(1)
            self._buttons[name] = button
            row.addWidget(button)
        return row

    def _on_listed(self, runs: list[RunSummary]) -> None:
        self.table.set_runs(runs)
        self._stack.setCurrentIndex(1 if runs else 0)
        if self._wanted_path is not None:
            self.select(self._wanted_path)
        if not self.all_selected and runs:
            self.view.selectRow(0)
        self._on_selected()
        self.runs_changed.emit(runs)

    def _on_selected(self) -> None:
        self._update_buttons()
        run = self.selected
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        if run is None:
            self.details.clear()
            if self.all_selected:
                self.details.show_several(len(self.all_selected))
            return
        if run.info is None:
            self.details.show_problem(run.name, run.problem)
            return
        task = self._background.prepare(read_run_sheet(run.path), "reading a run")
        task.done.connect(self._on_sheet_read)
        task.failed.connect(self._on_sheet_failed)
        self._reading = task
        task.start()

    def _on_sheet_read(self, sheet: RunSheet) -> None:
        if self.selected is not None and self.selected.path == sheet.path:
            self.details.show_sheet(sheet)

    def _on_sheet_failed(self, error: StudioError) -> None:
        if self.sender() is self._reading and self.selected is not None:
            self.details.show_problem(self.selected.name, str(error))

    def _update_buttons(self) -> None:
        run = self.selected
        nothing = (
            self.tr("Select one run alone") if self.all_selected else self.tr("Select a run first")
        )
        for name, button in self._buttons.items():
            if name == "compare":
                reason = self._why_not_compared(self.all_selected)
            else:
                reason = nothing if run is None else self._why_not(name, run)
            button.setEnabled(not reason)
            button.setToolTip(reason)

    def _why_not(self, name: str, run: RunSummary) -> str:
        if name in ("trash", "resume") and run.status is RunStatus.RUNNING:
            return self.tr("It is training")
        # What cannot be read can still be looked for, and thrown away.
        return run.problem if run.info is None and name not in ("reveal", "trash") else ""

    def _why_not_compared(self, runs: list[RunSummary]) -> str:
        if not FEWEST <= len(runs) <= MOST:
            words = self.tr("Select {fewest} to {most} runs, with Ctrl or Shift held down")
            return words.format(fewest=FEWEST, most=MOST)
        return next((f"{run.name}: {run.problem}" for run in runs if run.info is None), "")

    def _compare(self) -> None:
        self.compare_requested.emit([run.path for run in self.all_selected])

    def _open(self) -> None:
        if (run := self.selected) is not None:
            self.open_requested.emit(run.path)

    def _resume(self) -> None:
        run = self.selected
        if run is None or run.info is None:
            return
        path, done = run.path, run.info.progress.epoch
        if done < run.info.recipe.epochs:
            self.resume_requested.emit(path, 0)
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Go on training"))
        dialog.setLabelText(self.tr("All {0} epochs are done. Train up to epoch:").format(done))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(done + 1, 1_000_000)
        dialog.setIntValue(2 * done)
        dialog.intValueSelected.connect(lambda value: self.resume_requested.emit(path, value))
        dialog.open()

    def _export(self) -> None:
        if (run := self.selected) is not None:
            self.export_requested.emit(run.path)

    def _on_double_click(self, index: QModelIndex) -> None:
        run = self.selected
        if self._buttons["open"].isEnabled():
            self._open()
        elif run is not None and run.info is None:
            self.failed.emit(
                RunError(
                    run.problem,
                    subject=run.path,
                    next_step="Use another copy of the run, or move this one to the trash.",
                )
            )

    def _rename(self, path: Path, name: str) -> None:
        message = self.tr("Renamed to {0}.").format(name)

        def work(report: TaskReport) -> str:
            RunFolder.open(path).rename(name)
            return message

        self._start_change(work)

    def _start_change(self, work: Callable[[TaskReport], str]) -> None:
        task = self._background.prepare(work, "changing a run")
        task.done.connect(self._on_changed)
        task.failed.connect(self.failed)
        task.start()

    def _on_changed(self, message: str) -> None:
        self.message.emit(message)
        self.refresh()


def _list_runs(report: TaskReport) -> list[RunSummary]:
    return list_runs()
