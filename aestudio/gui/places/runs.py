"""The place of the Runs workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.gui.places.registry import Built, place

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow


@place(
    "runs",
    title="Runs",
    hint="Earlier runs",
    help="Everything that was ever trained",
    menu_title="Show &runs",
    order=40,
)
def build(window: MainWindow) -> Built:
    from aestudio.gui.workspaces.runs import RunsWorkspace

    runs = window.runs = RunsWorkspace(window.theme, window.background)
    runs.open_requested.connect(window.show_run)
    runs.resume_requested.connect(window.resume_run)
    runs.export_requested.connect(window.dialogs.export_run)
    runs.message.connect(window.messages.show_message)
    runs.failed.connect(window.show_error)
    runs.runs_changed.connect(window.show_listed_runs)
    runs.refresh()
    return Built(page=runs, on_shown=runs.refresh)
