"""The Insights workspace, looked at as a person does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError
from aestudio.gui.background import Background, TaskReport
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.results.check_up_page import CheckUpPage
from aestudio.gui.workspaces.insights import InsightsWorkspace
from aestudio.gui.workspaces.run_opening import Subject, open_finished
from aestudio.runs.folder import RunFolder
from aestudio.workflows.insights import registry
from aestudio.workflows.insights.figures import Lines
from aestudio.workflows.insights.registry import Finding, Insight, Material
from aestudio.workflows.runs.diagnosis import DoctorReport
from tests.gui.conftest import PATIENCE_MS
from tests.workflows.conftest import digits_run, table_run, train

__all__ = ["digits_run", "table_run"]

Open = Callable[[Subject | None], InsightsWorkspace]


@pytest.fixture
def open_workspace(qtbot: QtBot, theme: Theme, background: Background) -> Iterator[Open]:
    """Show the workspace for one subject."""
    opened = []

    def open_one(subject: Subject | None) -> InsightsWorkspace:
        workspace = InsightsWorkspace(theme, background, lambda: subject)
        qtbot.addWidget(workspace)
        workspace.resize(900, 600)
        workspace.show()
        opened.append(workspace)
        return workspace

    yield open_one
    for workspace in opened:
        workspace.stop()


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
    assert not workspace.insight.figure.isVisible()


def test_each_insight_of_a_run_is_one_click_away(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    workspace = open_workspace(open_finished(digits_run).subject)
    look(qtbot, workspace)
    assert titles(workspace)[:2] == ["Check-up", "Information per number"]
    workspace.list.setCurrentRow(1)
    assert workspace.insight.sentence.startswith("2 of 2 numbers")
    assert workspace.insight.figure.plot.isVisible()
    workspace.list.setCurrentRow(titles(workspace).index("Traversals"))
    assert workspace.insight.figure.grid.isVisible()
    assert not workspace.insight.figure.plot.isVisible()
    assert workspace.insight.sentence == "Both numbers of the code, each moved alone."
    # All samples fit into the grid, whatever its size.
    for size in ((900, 600), (500, 300)):
        workspace.resize(*size)
        qtbot.waitUntil(
            lambda: workspace.insight.figure.grid.rect().contains(
                workspace.insight.figure.grid.cell_rect(17)
            )
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
    assert workspace.insight.figure.grid.isVisible()


def test_tables_are_drawn_as_profiles(qtbot: QtBot, open_workspace: Open, table_run: Path) -> None:
    workspace = open_workspace(open_finished(table_run).subject)
    look(qtbot, workspace)
    workspace.select("traversals")
    assert workspace.insight.figure.grid.isVisible()
    grid = workspace.insight.figure.grid
    cell = grid.cell_rect(0)
    assert cell.width() > cell.height() > 10
    # Where there is room below them, they take it.
    workspace.resize(600, 900)
    qtbot.waitUntil(lambda: grid.cell_rect(0).height() == int(0.9 * grid.cell_rect(0).width()))


def test_pictures_can_be_painted_on_and_tables_cannot(
    qtbot: QtBot, open_workspace: Open, digits_run: Path, table_run: Path
) -> None:
    workspace = open_workspace(open_finished(digits_run).subject)
    look(qtbot, workspace)
    assert titles(workspace)[-1] == "Paint on a sample"
    with qtbot.waitSignal(workspace.painting.restored_shown):
        workspace.select("painting")
    assert workspace.painting.isVisible()
    # What is painted outlives another look at the same model.
    workspace.painting.bar.clear.click()
    canvas = workspace.painting.canvas
    with qtbot.waitSignal(workspace.found, timeout=20_000):
        workspace.again.click()
    assert workspace.painting.canvas is canvas
    assert workspace.painting.isVisible()
    workspace = open_workspace(open_finished(table_run).subject)
    look(qtbot, workspace)
    assert "Paint on a sample" not in titles(workspace)


def test_data_that_has_gone_is_told_of(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    finished = open_finished(digits_run)

    def gone(report: TaskReport) -> None:
        raise DataError("there is nothing here.", subject="digits", next_step="Bring it back.")

    subject = Subject(name="run", model=finished.model, art=finished.art, read=gone)
    workspace = open_workspace(subject)
    with qtbot.waitSignal(workspace.failed, timeout=20_000):
        workspace.refresh()
    assert "there is nothing here" in workspace.hint
    assert not workspace.insight.figure.isVisible()


def test_each_step_is_told_of_and_looking_can_be_stopped_at_once(
    qtbot: QtBot, open_workspace: Open, digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read, may_find = threading.Event(), threading.Event()
    subject = open_finished(digits_run).subject

    def read(report: TaskReport) -> object:
        report.progress(3, 7)
        assert may_read.wait(60)
        return subject.read(report)

    def find(material: Material) -> Finding:
        assert may_find.wait(60)
        raise DataError("nobody is told of this.")

    first = registry.insights_into(subject.model)[0]
    slow = Insight(
        name="slow",
        title="Something slow",
        explanation="",
        order=99,
        applies=registry.every_model,
        find=find,
    )
    monkeypatch.setattr(registry, "insights", lambda: (first, slow))
    workspace = open_workspace(replace(subject, read=read))
    waiting = workspace.waiting
    assert not waiting.isVisible()
    workspace.refresh()
    qtbot.waitUntil(waiting.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: (waiting.bar.value(), waiting.bar.maximum()) == (3, 7))
    assert waiting.words == "Reading the data…"
    qtbot.mouseClick(waiting.cancel, Qt.MouseButton.LeftButton)
    assert not waiting.isVisible()
    assert "Press Look again" in workspace.hint

    may_read.set()
    with qtbot.waitSignal(workspace.checked, timeout=PATIENCE_MS):
        workspace.again.click()
    qtbot.waitUntil(lambda: waiting.words == "Looking inside: Something slow…", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: (waiting.bar.value(), waiting.bar.maximum()) == (1, 2))
    with qtbot.assertNotEmitted(workspace.found, wait=100):
        qtbot.mouseClick(waiting.cancel, Qt.MouseButton.LeftButton)
        assert not waiting.isVisible()
        may_find.set()
    assert titles(workspace) == ["Check-up"], "what was found stays"
    assert workspace.check_up.isVisible()


def test_curves_have_a_legend_when_there_are_several(
    open_workspace: Open, digits_run: Path
) -> None:
    workspace = open_workspace(None)
    x = np.arange(5.0)
    figure = Lines(x=x, series={"a": x, "b": 2 * x}, across="place", up="value")
    workspace.insight.figure.show_figure(figure, open_finished(digits_run).art)
    plot = workspace.insight.figure.plot.getPlotItem()
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
    assert full_window.insights.list.count() >= 4


# --- the check-up ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crawling_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose learning rate is far too low."""
    out = tmp_path_factory.mktemp("runs") / "crawling"
    given = {"training__epochs": 5, "training__learning_rate": 1e-5, "training__batch_size": 64}
    return train("digits", out, **given)


def buttons(workspace: InsightsWorkspace) -> dict[str, QPushButton]:
    return {button.text(): button for button in workspace.check_up.findChildren(QPushButton)}


def test_a_run_that_crawls_is_told_what_to_try(
    qtbot: QtBot, open_workspace: Open, crawling_run: Path
) -> None:
    subject = open_finished(crawling_run).subject
    workspace = open_workspace(subject)
    with qtbot.waitSignal(workspace.checked, timeout=20_000):
        workspace.refresh()
    assert titles(workspace) == ["Check-up"], "it does not wait for the insights"
    assert workspace.check_up.isVisible()
    texts = workspace.check_up.texts
    assert "Learning rate too low" in texts
    assert "Try: Set 'Learning rate' to 0.0001, and train on." in texts
    place = texts.index("Learning rate")
    assert texts[place + 1 : place + 3] == [
        "1e-05",
        "How far each step goes, as the recipe has it.",
    ]
    with qtbot.waitSignal(workspace.found, timeout=20_000):
        pass
    with qtbot.waitSignal(workspace.setting_wanted) as wanted:
        buttons(workspace)["Set learning rate to 0.0001"].click()
    assert wanted.args == [subject, "training.learning_rate", 1e-4]


def test_gradients_on_record_are_read_again(
    qtbot: QtBot, open_workspace: Open, digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = RunFolder.open(digits_run).metrics()
    norms = np.ones(60)
    norms[40] = 5_000.0
    record = replace(
        metrics, gradient_steps=10 * np.arange(1, 61), gradients={"code": norms, "output": norms**0}
    )
    monkeypatch.setattr(RunFolder, "metrics", lambda run: record)
    workspace = open_workspace(open_finished(digits_run).subject)
    look(qtbot, workspace)
    said = "\n".join(workspace.check_up.texts)
    assert "At step 410 the gradient of layer code jumped to 5,000 times" in said
    assert "Try: Set 'Gradient clipping' to 1, divide 'Learning rate' by 10" in said
    assert "Set gradient clipping to 1" in buttons(workspace)
    place = workspace.check_up.texts.index("Largest jump of a gradient, times the usual")
    assert workspace.check_up.texts[place + 1] == "5000"


def test_a_healthy_run_is_said_to_be_healthy(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    page = CheckUpPage(theme)
    qtbot.addWidget(page)
    report = DoctorReport(tmp_path, (), ("overfitting", "dead_units"))
    page.show_report("run", report, {})
    assert "Nothing is wrong with this run." in page.texts
    assert "Looked for: overfitting, dead units." in page.texts


def test_without_a_run_folder_the_check_up_says_why_not(
    qtbot: QtBot, open_workspace: Open, digits_run: Path
) -> None:
    subject = replace(open_finished(digits_run).subject, run_path=None)
    workspace = open_workspace(subject)
    look(qtbot, workspace)
    assert any("has no run folder" in text for text in workspace.check_up.texts)
    assert len(titles(workspace)) >= 4, "the model can be looked into all the same"


def test_advice_that_is_taken_stands_in_the_recipe_of_that_run(
    qtbot: QtBot, full_window: MainWindow, crawling_run: Path
) -> None:
    window = full_window
    window.show_run(crawling_run)
    qtbot.waitUntil(lambda: window.train.subject is not None, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.insights.found, timeout=PATIENCE_MS):
        window.show_workspace("insights")
    # There is no recipe yet: that of the run is opened, with its data.
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        buttons(window.insights)["Set learning rate to 0.0001"].click()
    assert window.current_workspace == "train"
    assert window.recipe.experiment.training.learning_rate == 1e-4
    assert window.recipe.experiment.training.epochs == 5
    # Now there is one, and it only changes in this place.
    window.recipe.put({"training.learning_rate": 0.5, "training.epochs": 7})
    window.show_workspace("insights")
    buttons(window.insights)["Set learning rate to 0.0001"].click()
    assert window.current_workspace == "train"
    assert window.recipe.experiment.training.learning_rate == 1e-4
    assert window.recipe.experiment.training.epochs == 7
    assert "training.epochs" in window.recipe.changed_keys()
    window.close()
