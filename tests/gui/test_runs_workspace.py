"""The list of runs and what can be done with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from aestudio.errors import StorageError
from aestudio.gui.background import Background, TaskReport
from aestudio.gui.theme import Theme
from aestudio.gui.workspaces.run_sheet import read_run_sheet
from aestudio.gui.workspaces.run_table import Column, RunTable
from aestudio.gui.workspaces.runs import RunsWorkspace
from aestudio.runs.folder import RunFolder
from aestudio.runs.location import default_runs_folder
from aestudio.runs.record import record
from aestudio.runs.schema import Problem, RunStatus
from tests.runs.hand_made import a_dataset, events, make_run


def finished_run(name: str) -> RunFolder:
    run = make_run(default_runs_folder() / name)
    for _ in record(run, events(2), samples=a_dataset()):
        pass
    return run


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme, background: Background) -> RunsWorkspace:
    workspace = RunsWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1200, 660)
    workspace.show()
    return workspace


def refresh(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    with qtbot.waitSignal(workspace.runs_changed):
        workspace.refresh()


def text(workspace: RunsWorkspace, row: int, column: Column) -> str:
    return str(workspace.view.model().index(row, column).data())


def test_without_runs_there_is_a_word_and_nothing_to_press(
    qtbot: QtBot, workspace: RunsWorkspace
) -> None:
    refresh(qtbot, workspace)
    assert workspace.selected is None
    for button in workspace._buttons.values():
        assert not button.isEnabled()
        assert button.toolTip()


def test_a_run_is_one_line(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    finished_run("one")
    refresh(qtbot, workspace)
    assert text(workspace, 0, Column.NAME) == "one"
    assert text(workspace, 0, Column.DATA) == "dots"
    assert text(workspace, 0, Column.STATUS) == "finished"
    assert text(workspace, 0, Column.EPOCHS).startswith("2 / ")
    assert workspace.selected is not None
    assert {name for name, one in workspace._buttons.items() if not one.isEnabled()} == {"compare"}


def test_the_selected_run_is_shown_at_a_glance(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    finished_run("one")
    refresh(qtbot, workspace)
    qtbot.waitUntil(lambda: workspace.details.name == "one")
    facts = workspace.details.facts
    assert facts["Data"] == "dots"
    assert facts["Samples"] == "12 images of 2 \N{MULTIPLICATION SIGN} 3 pixels"
    assert facts["Best epoch"].endswith("of 2")
    assert float(facts["loss"]) > 0
    assert workspace.details._pairs.num_tiles == 4
    with qtbot.waitSignal(workspace.runs_changed):
        workspace.trash_selected()
    assert workspace.details.name == ""


@pytest.mark.parametrize(
    ("kind", "shape", "words"),
    [
        ("table", [7], "12 rows of 7 columns"),
        ("sequences", [50, 1], "12 of 50 steps with 1 value"),
        ("tokens", [1], "12 of up to 1 symbol"),
        ("images", [4], "12 of 4"),
    ],
)
def test_samples_are_told_by_their_kind(
    tmp_path: Path, kind: str, shape: list[int], words: str
) -> None:
    run = make_run(tmp_path / "run")
    info = json.loads((run.path / "run.json").read_text())
    info["data"] |= {"kind": kind, "shape": shape}
    (run.path / "run.json").write_text(json.dumps(info))
    sheet = read_run_sheet(run.path)(TaskReport(lambda done, total: None))
    assert dict(sheet.facts)["Samples"] == words


def test_a_failed_run_says_why(tmp_path: Path) -> None:
    run = make_run(tmp_path / "failed")
    error = StorageError("the disk is full.", subject="x", next_step="Make room.")
    run.update(status=RunStatus.FAILED, problem=Problem.of(error))
    sheet = read_run_sheet(run.path)(TaskReport(lambda done, total: None))
    assert sheet.problem == "the disk is full. Make room."
    assert sheet.pictures is None
    assert sheet.profiles is None


def test_the_selected_run_is_opened_and_exported(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    run = finished_run("one")
    refresh(qtbot, workspace)
    with qtbot.waitSignal(workspace.open_requested) as wanted:
        workspace._buttons["open"].click()
    assert wanted.args == [run.path]
    with qtbot.waitSignal(workspace.export_requested) as wanted:
        workspace._buttons["export"].click()
    assert wanted.args == [run.path]


def test_a_run_that_is_not_done_goes_on_at_once(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    run = finished_run("one")
    refresh(qtbot, workspace)
    with qtbot.waitSignal(workspace.resume_requested) as wanted:
        workspace._buttons["resume"].click()
    assert wanted.args == [run.path, 0]


def test_a_run_that_is_done_is_asked_how_far_it_should_go(
    qtbot: QtBot, workspace: RunsWorkspace
) -> None:
    run = finished_run("one")
    run.replace_experiment(run.experiment.with_values({"training.epochs": 2}))
    refresh(qtbot, workspace)
    workspace._buttons["resume"].click()
    dialog = workspace.findChild(QInputDialog)
    assert dialog is not None
    assert dialog.intMinimum() == 3
    dialog.setIntValue(5)
    with qtbot.waitSignal(workspace.resume_requested) as wanted:
        dialog.accept()
    assert wanted.args == [run.path, 5]


def test_a_run_is_renamed_on_the_disk(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    run = finished_run("one")
    refresh(qtbot, workspace)
    index = workspace.view.model().index(0, Column.NAME)
    with qtbot.waitSignal(workspace.runs_changed):
        workspace.view.model().setData(index, "  my best <b>run</b> ")
    assert run.refresh().name == "my best <b>run</b>"
    assert text(workspace, 0, Column.NAME) == "my best <b>run</b>"


def test_a_name_that_cannot_be_is_said(qtbot: QtBot, workspace: RunsWorkspace) -> None:
    finished_run("one")
    refresh(qtbot, workspace)
    index = workspace.view.model().index(0, Column.NAME)
    with qtbot.waitSignal(workspace.failed):
        workspace.view.model().setData(index, "x" * 500)


def test_a_run_goes_to_the_trash_and_not_away(
    qtbot: QtBot, workspace: RunsWorkspace, isolated_home: Path
) -> None:
    run = finished_run("one")
    refresh(qtbot, workspace)
    with qtbot.waitSignal(workspace.runs_changed):
        workspace.trash_selected()
    assert not run.path.exists()
    assert list(isolated_home.rglob("run.json"))
    assert workspace.selected is None


def test_a_damaged_run_is_listed_with_its_problem_and_can_be_thrown_away(
    qtbot: QtBot, workspace: RunsWorkspace
) -> None:
    run = finished_run("broken")
    (run.path / "run.json").write_text("{ not json")
    refresh(qtbot, workspace)
    assert text(workspace, 0, Column.STATUS) == "damaged"
    assert not workspace._buttons["open"].isEnabled()
    assert workspace._buttons["open"].toolTip()
    with qtbot.waitSignal(workspace.runs_changed):
        workspace.trash_selected()
    assert not run.path.exists()


def test_runs_are_sorted_by_number_and_found_by_name(
    qtbot: QtBot, workspace: RunsWorkspace
) -> None:
    for name in ("beta", "alpha", "gamma"):
        finished_run(name)
    refresh(qtbot, workspace)
    workspace.view.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
    assert [text(workspace, row, Column.NAME) for row in range(3)] == ["alpha", "beta", "gamma"]
    workspace.select(default_runs_folder() / "gamma")
    assert workspace.selected is not None
    assert workspace.selected.name == "gamma"
    workspace._search.setText("ALP")
    assert workspace.view.model().rowCount() == 1


def test_the_table_model_keeps_the_rules_of_qt(
    qtbot: QtBot, theme: Theme, workspace: RunsWorkspace, qtmodeltester: object
) -> None:
    finished_run("one")
    finished_run("two")
    refresh(qtbot, workspace)
    table: RunTable = workspace.table
    qtmodeltester.check(table)  # type: ignore[attr-defined]  # pytest-qt has no type for it
    assert a_dataset().name == text(workspace, 1, Column.DATA)
