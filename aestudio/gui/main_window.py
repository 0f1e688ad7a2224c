"""The main window: its workspaces, one message line, and whatever is dropped on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from aestudio.data.files.source_text import title_of
from aestudio.errors import FailureError, StudioError
from aestudio.gui.background import Background
from aestudio.gui.commands import CommandRegistry
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.dialogs import Dialogs
from aestudio.gui.drops import can_accept
from aestudio.gui.engine import Engine
from aestudio.gui.greeting import greeting
from aestudio.gui.icons import app_icon
from aestudio.gui.opening import Opener
from aestudio.gui.places.registry import Built, numbered_places, places, translated
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Mode, Theme
from aestudio.gui.widgets.message_line import MessageLine
from aestudio.gui.widgets.navigation_rail import NavigationRail
from aestudio.gui.widgets.workspace_stack import WorkspaceStack
from aestudio.gui.window_commands import register_commands
from aestudio.gui.window_geometry import FIRST_SIZE, fit_on_screen
from aestudio.gui.workspaces.data import DataWorkspace

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions
    from aestudio.gui.training_setup import TrainingSetup
    from aestudio.gui.widgets.forms.recipe_panel import RecipePanel
    from aestudio.gui.workspaces.insights import InsightsWorkspace
    from aestudio.gui.workspaces.runs import RunsWorkspace
    from aestudio.gui.workspaces.train import TrainWorkspace
    from aestudio.runs.listing import RunSummary
    from aestudio.workflows.planning.given import Given

_SAFE_START_AFTER = 2


class MainWindow(QMainWindow):
    """Opens with the start page; everything that needs the engine is built once that is loaded."""

    #: Every workspace is there.
    complete = Signal()

    def __init__(self, theme: Theme, settings: Settings, reports: CrashReports) -> None:
        super().__init__()
        self.theme = theme
        self.settings = settings
        self._reports = reports
        self.background = Background(self)
        self.engine = Engine(self.background, self)
        self.train: TrainWorkspace | None = None
        self.insights: InsightsWorkspace | None = None
        self.runs: RunsWorkspace | None = None
        self.recipe: RecipePanel | None = None
        self.setup: TrainingSetup | None = None
        self._built: dict[str, Built] = {}
        self._num_crashes = settings.begin_session()
        self.setWindowTitle("AE Studio")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.data = DataWorkspace(theme, self.background)
        self.opener = Opener(self.data, self.background, self)
        self.rail = NavigationRail(theme)
        self.messages = MessageLine(theme)
        self._stack = WorkspaceStack()
        self.commands = CommandRegistry(self, theme)
        self.dialogs = Dialogs(self, theme, reports)
        self._build()
        self._connect()
        self._restore()

    @property
    def is_safe_start(self) -> bool:
        """Whether so many sessions have crashed that nothing remembered of the layout is used."""
        return self._num_crashes >= _SAFE_START_AFTER

    # --- opening and closing ----------------------------------------------------------------------

    def load_engine(self) -> None:
        """Begin what goes on behind the window once it is on screen."""
        self.engine.load()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the training and every thread before anything of Qt goes away."""
        self.settings.geometry = self.saveGeometry()
        # Threads may take seconds to answer; the person has closed the window now.
        self.hide()
        for built in self._built.values():
            built.on_closing()
        self.background.stop_and_join()
        self.settings.end_session()
        event.accept()

    # --- what can be opened -----------------------------------------------------------------------

    def start_demo(self) -> None:
        """Train a map of two numbers on handwritten digits."""
        self.opener.learn("digits")

    def choose_folder(self) -> None:
        self.data.start_page.drop_zone.choose_folder()

    def choose_file(self) -> None:
        self.data.start_page.drop_zone.choose_file()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_accept(event.mimeData()):
            event.acceptProposedAction()
            self.data.start_page.drop_zone.set_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.data.start_page.drop_zone.set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.data.start_page.drop_zone.set_active(False)
        self.opener.open_drop(event.mimeData())

    # --- workspaces -------------------------------------------------------------------------------

    @property
    def current_workspace(self) -> str:
        return self._stack.current_name

    def show_workspace(self, name: str) -> None:
        self._stack.show_page(name)
        self.rail.show_chosen(name)
        if name in self._built:
            self._built[name].on_shown()

    def page(self, name: str) -> QWidget:
        """The workspace that is registered as ``name``; it has to be there already."""
        return self._built[name].page

    # --- commands ---------------------------------------------------------------------------------

    def train_now(self) -> None:
        if self.setup is not None:
            self.show_workspace("train")
            if self.recipe is not None and self.recipe.error is not None:
                self.show_error(self.recipe.error)
            elif self.setup.why_not:
                self.messages.show_message(self.setup.why_not, "warning")
            self.setup.start()

    def pause_or_resume(self) -> None:
        if self.train is not None:
            self.train.pause_or_resume()

    def stop_training(self) -> None:
        if self.train is not None:
            self.train.stop()

    def save_recipe(self) -> None:
        """Ask for a file and write the recipe to it."""
        experiment = self.recipe.experiment if self.recipe is not None else None
        if experiment is None:
            self.messages.show_message(
                self.tr("There is no recipe yet; choose data first."), "warning"
            )
        else:
            self.dialogs.save_recipe(experiment)

    def export_current(self) -> None:
        """Export the run on screen: the one in Train, or the one selected in Runs."""
        selected = self.runs.selected if self.runs is not None else None
        if self.current_workspace == "runs" and selected is not None:
            self.dialogs.export_run(selected.path)
        elif self.train is not None and self.train.run_path is not None:
            self.dialogs.export_run(self.train.run_path)
        else:
            self.messages.show_message(self.tr("There is no run to export yet."), "warning")

    def set_theme_mode(self, mode: Mode) -> None:
        self.theme.set_mode(mode)
        self.settings.theme_mode = mode
        self._check_theme_command()

    def reset_layout(self) -> None:
        self.settings.forget_layout()
        self.resize(FIRST_SIZE)
        if self.train is not None:
            self.train.reset_layout()
        self.messages.show_message(self.tr("The layout is as it was at first."))

    # --- errors -----------------------------------------------------------------------------------

    def show_error(self, error: object) -> None:
        """Say what went wrong in the message line, with the rest one click away."""
        if not isinstance(error, StudioError):
            error = FailureError(str(error))
        self.messages.show_error(error)

    # --- putting it together ----------------------------------------------------------------------

    def _build(self) -> None:
        for place, shortcut in numbered_places():
            hint = f"{translated(place.hint)} ({shortcut})"
            self.rail.add(place.name, translated(place.title), place.icon, hint)
            if place.needs_engine:
                self._stack.add_waiting(place.name)
            else:
                self._built[place.name] = built = place.build(self)
                self._stack.add(place.name, built.page)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addWidget(self._stack, 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self.messages)
        self.setCentralWidget(central)
        register_commands(self.commands, self)
        self.commands.fill(self.menuBar())
        self.show_workspace("data")

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_workspace)
        self.engine.status_changed.connect(self.messages.set_status)
        self.engine.can_read.connect(self.opener.allow_reading)
        self.engine.ready.connect(self._complete)
        self.engine.failed.connect(self._on_engine_failed)
        self.messages.details_requested.connect(self.dialogs.show_error)
        self._reports.unexpected.connect(self.dialogs.show_unexpected)
        self.dialogs.message.connect(self.messages.show_message)
        self.dialogs.failed.connect(self.show_error)
        self.opener.message.connect(self.messages.show_message)
        self.opener.failed.connect(self.show_error)
        self.opener.workspace_wanted.connect(self.show_workspace)
        self.opener.run_wanted.connect(self.show_run)
        self.opener.data_ready.connect(self._on_data_ready)

    def _restore(self) -> None:
        self._show_recent_data()
        self._set_engine_reason(self.tr("The engine is still loading"))
        self._check_theme_command()
        if self.is_safe_start or not self.restoreGeometry(self.settings.geometry):
            self.resize(FIRST_SIZE)
        fit_on_screen(self)
        # No control is marked as focused before the person has reached for the keyboard.
        self.setFocus()
        words, severity = greeting(
            self._reports, is_safe_start=self.is_safe_start, was_reset=self.settings.was_reset
        )
        self.messages.show_message(words, severity)

    def go_to_train(self) -> None:
        self.show_workspace("train")
        self.messages.show_message(
            self.tr("Press Train to begin. Point at a setting to read what it does.")
        )

    def put_setting(self, key: str, value: object) -> None:
        """Put what is advised for the open data into its recipe, and show it there."""
        if self.setup is None:
            self.messages.show_message(self.tr("That works as soon as the engine is loaded."))
        else:
            self.setup.take_setting(key, value)

    # --- what the parts report --------------------------------------------------------------------

    def show_run(self, path: Path) -> None:
        """Show a run in the train workspace."""
        if self.train is not None:
            self.show_workspace("train")
            self.train.open_run(path)

    def resume_run(self, path: Path, num_epochs: int) -> None:
        """Go on with a run; ``num_epochs`` 0 leaves their number as it is."""
        if self.train is None or self.setup is None:
            return
        if self.setup.elsewhere:
            self.messages.show_message(self.setup.elsewhere, "warning")
            return
        if self.train.is_training:
            self.messages.show_message(self.tr("A run is going; stop it first."), "warning")
            return
        self.show_workspace("train")
        self.train.resume(path, num_epochs or None)

    def _complete(self) -> None:
        """Build what needs the engine; it has just been loaded, so this is quick."""
        for place in places():
            if place.needs_engine:
                self._built[place.name] = built = place.build(self)
                self._stack.replace(place.name, built.page)
        self._set_engine_reason("")
        self.opener.allow_computing()
        self.complete.emit()

    def _set_engine_reason(self, reason: str) -> None:
        self.data.start_page.samples.set_learn_enabled(not reason, reason)
        for name in ("train", "demo", "save_recipe", "export", "pause", "stop"):
            self.commands.set_enabled(name, not reason, reason)

    def _on_engine_failed(self, error: object) -> None:
        self._set_engine_reason(self.tr("The engine could not be loaded"))
        self.show_error(error)

    def show_reading(self, is_reading: bool) -> None:
        if is_reading:
            self.messages.show_progress(0, 0)
        else:
            self.messages.hide_progress()

    def _on_data_ready(
        self, dataset: Dataset, options: DataOptions, given: Given | None, starts: bool
    ) -> None:
        self.settings.add_recent_data(options.source)
        self._show_recent_data()
        if self.setup is not None:
            self.setup.set_data(dataset, options, given=given, start=starts)

    def show_training(self, is_training: bool) -> None:
        reason = self.tr("A run is going") if is_training else ""
        self.commands.set_enabled("train", not is_training, reason)

    def list_finished_run(self, run_path: object) -> None:
        if self.runs is not None and isinstance(run_path, Path):
            self.runs.refresh(select=run_path)

    def show_listed_runs(self, runs: list[RunSummary]) -> None:
        usable = [(str(run.path), run.name) for run in runs if run.info is not None]
        self.data.start_page.recent_runs.set_entries(usable)
        interrupted = next((run.name for run in runs if run.status == "interrupted"), "")
        if interrupted and self._num_crashes:
            self._num_crashes = 0
            words = self.tr("{0} was interrupted; its last checkpoint is safe. Go on under Runs.")
            self.messages.show_message(words.format(interrupted), "warning")

    def _show_recent_data(self) -> None:
        sources = self.settings.recent_data
        self.data.start_page.recent_data.set_entries(
            [(source, title_of(source)) for source in sources]
        )

    def _check_theme_command(self) -> None:
        for mode in ("system", "light", "dark"):
            self.commands.action(f"theme_{mode}").setChecked(self.theme.mode == mode)
