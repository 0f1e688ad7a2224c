"""The dialogs of the main window. None of them holds up what goes on behind it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from aestudio.errors import StudioError
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions
    from aestudio.experiment import Experiment
    from aestudio.gui.main_window import MainWindow
    from aestudio.gui.published import PublishedResults


class Dialogs(QObject):
    """Opens each dialog when it is asked for; their code is imported then, not before."""

    message = Signal(str, str)
    failed = Signal(object)

    def __init__(self, window: MainWindow, theme: Theme, reports: CrashReports) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._reports = reports
        self.published: PublishedResults | None = None
        #: What was asked for before the engine was loaded.
        self._waiting: Callable[[], None] | None = None

    def export_run(self, path: object) -> None:
        """Offer the formats in which a run can be exported."""
        from aestudio.gui.widgets.dialogs.export_dialog import ExportDialog

        if isinstance(path, Path):
            dialog = ExportDialog(self._theme, self._window.background, path, self._window)
            dialog.message.connect(self.message)
            dialog.failed.connect(self.failed)
            dialog.open()

    def save_recipe(self, experiment: Experiment) -> None:
        """Ask for a file and write the recipe to it."""
        from aestudio.runs.atomic import write_text

        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save recipe"), "experiment.toml", self.tr("Recipes (*.toml)")
        )
        if not name:
            return
        try:
            write_text(Path(name), experiment.to_toml())
        except StudioError as error:
            self.failed.emit(error)
        else:
            self.message.emit(self.tr("Saved to {0}.").format(name), "good")

    def show_published(self) -> None:
        """Show the shelf of published results, as soon as the engine can run them."""
        if not self._window.engine.is_ready:
            self._wait(self.show_published)
            return
        if self.published is None:
            from aestudio.gui.published import PublishedResults

            self.published = PublishedResults(self._window)
            self.published.message.connect(self.message)
            self.published.failed.connect(self.failed)
        self.published.show()

    def show_preprocessing(self, dataset: Dataset, options: DataOptions, row: int) -> None:
        """Show what the recipe's preprocessing does to a sample, as soon as there is a recipe."""
        recipe = self._window.recipe
        if recipe is None:
            self._wait(partial(self._show_preprocessing_late, dataset, options, row))
            return
        from aestudio.gui.preprocessing_view import PreprocessingView

        view = PreprocessingView(self._window, recipe, dataset, options)
        self._window.data.data_ready.connect(view.dialog.close)
        view.show(row)

    def _show_preprocessing_late(self, dataset: Dataset, options: DataOptions, row: int) -> None:
        if self._window.data.shows(dataset):
            self.show_preprocessing(dataset, options, row)

    def _wait(self, action: Callable[[], None]) -> None:
        """Let the engine be loaded first; of several things that wait, the last is done then."""
        self.message.emit(self.tr("That opens as soon as the engine is loaded."), "info")
        if self._waiting is None:
            once = Qt.ConnectionType.SingleShotConnection
            self._window.complete.connect(self._do_what_waits, once)
        self._waiting = action

    def _do_what_waits(self) -> None:
        action, self._waiting = self._waiting, None
        if action is not None:
            action()

    def show_palette(self) -> None:
        from aestudio.gui.widgets.dialogs.command_palette import CommandPalette

        palette = CommandPalette(self._window.commands, self._theme, self._window)
        palette.chosen.connect(self._run_action)
        palette.show()

    def show_shortcuts(self) -> None:
        from aestudio.gui.widgets.dialogs.shortcut_page import ShortcutPage

        ShortcutPage(self._window.commands, self._theme, self._window).open()

    def show_messages(self) -> None:
        from aestudio.gui.widgets.dialogs.message_history import MessageHistory

        MessageHistory(self._theme, self._window.messages.history, self._window).open()

    def show_about(self) -> None:
        from aestudio.gui.widgets.dialogs.about_dialog import AboutDialog

        AboutDialog(self._theme, self._reports, self._window).open()

    def copy_report(self) -> None:
        report = self._reports.last_report or self._reports.environment()
        QGuiApplication.clipboard().setText(report)
        self.message.emit(self.tr("The report is on the clipboard."), "info")

    def show_error(self, error: StudioError) -> None:
        """Show the whole of an error that the message line has cut."""
        from aestudio.gui.widgets.dialogs.error_dialog import ErrorDialog

        ErrorDialog.of(self._theme, error, self._window).open()

    def show_unexpected(self, title: str, report: str) -> None:
        """Show what nobody foresaw: the program goes on, the report can be copied."""
        from aestudio.gui.widgets.dialogs.error_dialog import ErrorDialog

        self.message.emit(title, "error")
        if self._window.findChild(ErrorDialog) is not None:
            # One dialog is enough, however many errors follow each other.
            return
        ErrorDialog(
            self._theme,
            title=self.tr("Something went wrong that should not have"),
            reason=title,
            next_step=self.tr("What you were doing may not have worked; the rest goes on."),
            report=report,
            parent=self._window,
        ).open()

    def _run_action(self, action: QAction) -> None:
        # After the palette has closed, so that dialogs belong to the window.
        QTimer.singleShot(0, action, action.trigger)
