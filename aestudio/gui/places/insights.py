"""The place of the Insights workspace, which looks into the model on display in Train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.gui.places.registry import Built, place

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow
    from aestudio.gui.workspaces.run_opening import Subject


@place(
    "insights",
    title="Insights",
    hint="What it has learned",
    help="What the model on display has learned",
    menu_title="Show &insights",
    order=30,
)
def build(window: MainWindow) -> Built:
    from aestudio.gui.workspaces.insights import InsightsWorkspace

    def subject() -> Subject | None:
        return window.train.subject if window.train is not None else None

    insights = window.insights = InsightsWorkspace(window.theme, window.background, subject)
    insights.failed.connect(window.show_error)
    if window.setup is not None:
        insights.setting_wanted.connect(window.setup.try_setting)
    return Built(page=insights, on_shown=insights.refresh, on_closing=insights.stop)
