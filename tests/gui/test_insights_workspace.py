"""The Insights workspace, looked at as a person does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError
from aestudio.gui.background import Background
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.workspaces.insights import InsightsWorkspace
from aestudio.gui.workspaces.run_opening import Subject, open_finished
from aestudio.workflows.insights.figures import Lines
from tests.gui.conftest import PATIENCE_MS
from tests.workflows.conftest import digits_run, table_run

__all__ = ["digits_run", "table_run"]

Open = Callable[[Subject | None], InsightsWorkspace]


@pytest.fixture
def open_workspace(qtbot: QtBot, theme: Theme, background: Background) -> Open:
    """Show the workspace for one subject."""

    def open_one(subject: Subject | None) -> InsightsWorkspace:
        workspace = InsightsWorkspace(theme, background, lambda: subject)
        qtbot.addWidget(workspace)
        workspace.resize(900, 600)
        workspace.show()
        return workspace

    return open_one


def look(qtbot: QtBot, workspace: InsightsWorkspace) -> None:
    with qtbot.waitSignal(workspace.found, timeout=20_000):
        workspace.refresh()


def titles(workspace: InsightsWorkspace) -> list[str]:
    return [workspace.list.item(row).text() for row in range(workspace.list.count())]


def test_without_a_model_it_says_what_to_do(open_workspace: Open) -> None:
    workspace = open_workspace(None)
    workspace.refresh()
    assert workspace.list.count() == 0
    assert "Train a model" in workspace.hint
    assert not workspace.figure.isVisible()


def test_each_insight_of_a_run_is_one_click_away(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    workspace = open_workspace(open_finished(digits_run).subject)
    look(qtbot, workspace)
    assert titles(workspace)[0] == "Information per number"
    assert workspace.sentence.startswith("2 of 2 numbers")
    assert workspace.figure.plot.isVisible()
    workspace.list.setCurrentRow(titles(workspace).index("Traversals"))
    assert workspace.figure.grid.isVisible()
    assert not workspace.figure.plot.isVisible()
    assert "each moved alone" in workspace.sentence
    # All samples fit into the grid, whatever its size.
    for size in ((900, 600), (500, 300)):
        workspace.resize(*size)
        qtbot.waitUntil(
            lambda: workspace.figure.grid.rect().contains(workspace.figure.grid.cell_rect(17))
        )


def test_looking_again_keeps_the_place(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    workspace = open_workspace(open_finished(digits_run).subject)
    look(qtbot, workspace)
    row = titles(workspace).index("Traversals")
    workspace.list.setCurrentRow(row)
    with qtbot.waitSignal(workspace.found, timeout=20_000):
        workspace.again.click()
    assert workspace.list.currentRow() == row
    assert workspace.figure.grid.isVisible()


def test_tables_are_drawn_as_profiles(qtbot: QtBot, open_workspace: Open, table_run: Path) -> None:
    workspace = open_workspace(open_finished(table_run).subject)
    look(qtbot, workspace)
    workspace.select("traversals")
    assert workspace.figure.grid.isVisible()
    cell = workspace.figure.grid.cell_rect(0)
    assert cell.width() > cell.height() > 10


def test_data_that_has_gone_is_told_of(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    finished = open_finished(digits_run)

    def gone() -> None:
        raise DataError("there is nothing here.", subject="digits", next_step="Bring it back.")

    subject = Subject(name="run", model=finished.model, art=finished.art, read=gone)
    workspace = open_workspace(subject)
    with qtbot.waitSignal(workspace.failed, timeout=20_000):
        workspace.refresh()
    assert "there is nothing here" in workspace.hint
    assert not workspace.figure.isVisible()


def test_curves_have_a_legend_when_there_are_several(
    open_workspace: Open, digits_run: Path
) -> None:
    workspace = open_workspace(None)
    workspace.figure.setVisible(True)
    x = np.arange(5.0)
    figure = Lines(x=x, series={"a": x, "b": 2 * x}, across="place", up="value")
    workspace.figure.show_figure(figure, open_finished(digits_run).art)
    plot = workspace.figure.plot.getPlotItem()
    assert [item.name() for item in plot.listDataItems()] == ["a", "b"]
    assert len(plot.legend.items) == 2


def test_the_window_looks_into_the_run_on_display(
    qtbot: QtBot, full_window: MainWindow, digits_run: Path
) -> None:
    full_window.commands.action("show_insights").trigger()
    assert "Train a model" in full_window.insights.hint
    full_window.show_run(digits_run)
    qtbot.waitUntil(lambda: full_window.train.subject is not None, timeout=PATIENCE_MS)
    with qtbot.waitSignal(full_window.insights.found, timeout=PATIENCE_MS):
        full_window.commands.action("show_insights").trigger()
    assert full_window.insights.list.count() >= 3
