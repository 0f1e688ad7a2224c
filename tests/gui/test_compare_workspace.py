"""The Compare workspace, used as a person does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from aestudio.data.reading import read
from aestudio.gui.background import Background
from aestudio.gui.main_window import MainWindow
from aestudio.gui.plots.brush_map import BrushMap
from aestudio.gui.plots.figure_menu import figure_bytes
from aestudio.gui.plots.run_colors import run_color
from aestudio.gui.series_times import SeriesClock
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.seeds_dialog import SeedsDialog
from aestudio.gui.widgets.dialogs.types_dialog import TypesDialog
from aestudio.gui.workspaces.compare import CompareWorkspace
from aestudio.gui.workspaces.compare_work import TypesBasis
from aestudio.runs.listing import list_runs
from aestudio.workflows.planning.recommendation import recommend
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_accessibility import cut_buttons, cut_labels, unnamed
from tests.runs.hand_made import make_run
from tests.workflows.conftest import QUICK, train

Checked, Unchecked = Qt.CheckState.Checked, Qt.CheckState.Unchecked


@pytest.fixture(scope="module")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three trained runs on the digits, one on a table, and one that was never begun."""
    folder = tmp_path_factory.mktemp("runs")
    train("digits", folder / "narrow", network__code_size=2)
    train("digits", folder / "wide", network__code_size=12)
    train("digits", folder / "map", "variational", network__code_size=2)
    train("breast-cancer", folder / "table")
    make_run(folder / "untrained")
    return folder


@pytest.fixture
def use_runs(runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AESTUDIO_RUNS", str(runs_folder))
    return runs_folder


Show = Callable[..., CompareWorkspace]


@pytest.fixture
def show(qtbot: QtBot, theme: Theme, background: Background) -> Show:
    """Show the workspace with its list of runs; ``basis`` is what types can be trained on."""

    def show_one(basis: TypesBasis | str = "no data") -> CompareWorkspace:
        workspace = CompareWorkspace(theme, background, lambda: basis)
        qtbot.addWidget(workspace)
        workspace.resize(1200, 640)
        with qtbot.waitExposed(workspace):
            workspace.show()
        workspace.refresh()
        qtbot.waitUntil(lambda: workspace.views.hint != "")
        return workspace

    return show_one


def tick(workspace: CompareWorkspace, name: str, state: Qt.CheckState = Checked) -> None:
    for row in range(workspace.chooser.count()):
        item = workspace.chooser.item(row)
        if item.text().startswith(f"{name}\n"):
            item.setCheckState(state)
            return
    raise AssertionError(f"{name} is not listed")


def compare(qtbot: QtBot, workspace: CompareWorkspace, *names: str) -> CompareWorkspace:
    for name in names:
        tick(workspace, name)
    with qtbot.waitSignal(workspace.compared, timeout=PATIENCE_MS):
        workspace.compare.click()
    return workspace


def cell(workspace: CompareWorkspace, title: str, column: int) -> str:
    table = workspace.views.sheet.table
    for row in range(table.rowCount()):
        if table.item(row, 0).text() == title:
            return table.item(row, column).text()
    raise AssertionError(f"no row {title}")


def where(plot: BrushMap, point: np.ndarray) -> QPoint:
    """The place in the widget where a point of the map is drawn."""
    scene = plot.getViewBox().mapViewToScene(QPointF(float(point[0]), float(point[1])))
    return plot.mapFromScene(scene)


# --- choosing ---------------------------------------------------------------------------------------


def test_without_runs_it_says_what_to_do(show: Show) -> None:
    workspace = show()
    assert "not two trained runs" in workspace.views.hint
    assert not workspace.compare.isEnabled()
    assert not workspace.every_type.isEnabled()
    assert workspace.every_type.toolTip() == "no data"


def test_two_runs_are_needed_and_what_cannot_be_chosen_says_why(use_runs: Path, show: Show) -> None:
    workspace = show()
    tick(workspace, "narrow")
    assert not workspace.compare.isEnabled()
    assert "2 to 6" in workspace.compare.toolTip()
    tick(workspace, "map")
    assert workspace.compare.isEnabled()
    assert [path.name for path in workspace.chooser.chosen] == ["narrow", "map"]
    tick(workspace, "narrow", Unchecked)
    assert [path.name for path in workspace.chooser.chosen] == ["map"]
    chooser = workspace.chooser
    (untrained,) = (
        chooser.item(row)
        for row in range(chooser.count())
        if chooser.item(row).text().startswith("untrained")
    )
    assert "no epoch is done" in untrained.text()
    assert not untrained.flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_seventh_run_cannot_be_ticked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, show: Show
) -> None:
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path))
    for number in range(7):
        run = make_run(tmp_path / f"run{number}")
        run.update(progress=run.info.progress.model_copy(update={"epoch": 1}))
    workspace = show()
    chooser = workspace.chooser
    for row in range(7):
        chooser.item(row).setCheckState(Checked)
    assert len(chooser.chosen) == 6
    (left,) = (chooser.item(row) for row in range(7) if chooser.item(row).checkState() != Checked)
    assert not left.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "6 runs" in left.toolTip()


# --- what is shown ----------------------------------------------------------------------------------


def test_the_table_has_results_differences_and_the_best(
    qtbot: QtBot, use_runs: Path, show: Show
) -> None:
    workspace = compare(qtbot, show(), "narrow", "wide")
    assert cell(workspace, "Code size", 1) == "2"
    assert cell(workspace, "Code size", 2) == "12"
    errors = [cell(workspace, "Squared error", column) for column in (1, 2)]
    values = [float(text.split()[0]) for text in errors]
    assert ["★" in text for text in errors] == [value == min(values) for value in values]
    heads = [workspace.views.sheet.table.horizontalHeaderItem(place).text() for place in (1, 2)]
    assert heads == ["narrow", "wide"]
    assert "held back" in workspace.views.sheet.remarks.text()


def test_curves_have_a_colour_a_run_and_can_be_hidden_and_logarithmic(
    qtbot: QtBot, use_runs: Path, show: Show, theme: Theme
) -> None:
    workspace = compare(qtbot, show(), "narrow", "map")
    curves = workspace.views.curves
    lines = curves.lines.lines
    assert len(lines) == 4
    assert {line.color.name() for line in lines} == {
        run_color(place, theme.colors) for place in (0, 1)
    }
    assert sum(line.is_dashed for line in lines) == 2
    curves.legend.button("0").click()
    assert {line.color.name() for line in curves.lines.lines} == {run_color(1, theme.colors)}
    curves.term.setCurrentText("kl")
    assert len(curves.lines.lines) == 2
    curves.log_y.click()
    values = np.concatenate([line.y for line in curves.lines.lines])
    low, high = curves.plot.getViewBox().viewRange()[1]
    assert low < np.log10(values.min()) < np.log10(values.max()) < high
    assert high - low < 1.2 * np.log10(values.max() / values.min())
    rows = figure_bytes(curves, ".csv").decode().splitlines()
    assert rows[0] == "run,epoch,kl train,kl validation"
    assert len(rows) == 1 + 3 + 3


def test_pictures_are_the_same_samples_for_every_run(
    qtbot: QtBot, use_runs: Path, show: Show
) -> None:
    workspace = compare(qtbot, show(), "narrow", "wide", "map")
    workspace.views.tabs.setCurrentWidget(workspace.views.pictures)
    grids = workspace.views.pictures.grids
    assert len(grids) == 4
    assert len({grid._count for grid in grids}) == 1
    assert grids[0]._count >= 6
    for grid in grids:
        qtbot.waitUntil(lambda grid=grid: grid.width() > 400)
        assert grid.rect().contains(grid.cell_rect(grid._count - 1))
    assert "squared error" in grids[1]._names[0]
    rows = figure_bytes(workspace.views.pictures, ".csv").decode().splitlines()
    assert rows[0] == "row,narrow,wide,map"
    assert figure_bytes(workspace.views.pictures, ".png").startswith(b"\x89PNG")


def test_what_is_marked_on_one_map_is_marked_on_all(
    qtbot: QtBot, use_runs: Path, show: Show
) -> None:
    workspace = compare(qtbot, show(), "narrow", "map")
    maps = workspace.views.maps
    workspace.views.tabs.setCurrentWidget(maps)
    first, second = (one.plot for one in maps.maps)
    qtbot.waitUntil(lambda: first.isVisible() and first.width() > 100)
    viewport = first.viewport()
    corner = viewport.rect().center() - QPoint(40, 40)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=corner)
    QTest.mouseMove(viewport, corner + QPoint(80, 80))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=corner + QPoint(80, 80))
    drawn = QRect(corner, corner + QPoint(80, 80))
    inside = [
        place for place, p in enumerate(first.points.points) if drawn.contains(where(first, p))
    ]
    assert 0 < len(inside) < len(first.points.points)
    # Points on the very edge may fall to either side of a pixel.
    assert len(set(inside) ^ set(maps.chosen.tolist())) <= 0.05 * len(inside) + 2
    for plot in (first, second):
        shown = plot._chosen.getData()
        np.testing.assert_allclose(np.stack(shown, 1), plot.points.points[maps.chosen], atol=1e-6)
    place = int(maps.chosen[0])
    for plot, point in ((first, None), (second, second.points.points[place])):
        spot = QPoint(1, 1) if point is None else where(plot, point)
        QTest.mouseMove(plot.viewport(), spot)
    qtbot.waitUntil(lambda: maps.hovered >= 0)
    hovered = maps.hovered
    gap = where(second, second.points.points[hovered]) - where(second, second.points.points[place])
    assert gap.manhattanLength() <= 2
    assert maps.sample.tile is not None
    for plot in (first, second):
        ring = np.ravel(np.stack(plot._hovered.getData(), 1))
        np.testing.assert_allclose(ring, plot.points.points[hovered], atol=1e-6)
    maps.clear.click()
    assert len(maps.chosen) == 0
    assert not second._chosen.isVisible()
    assert figure_bytes(maps, ".svg").startswith(b"<?xml")


def test_runs_of_other_data_have_a_table_and_no_pictures(
    qtbot: QtBot, use_runs: Path, show: Show
) -> None:
    workspace = compare(qtbot, show(), "narrow", "table")
    assert "different data" in workspace.views.pictures._hint.text()
    assert "different data" in workspace.views.maps._hint.text()
    assert workspace.views.maps.caption == ""
    assert workspace.views.maps.maps == []
    assert len(workspace.views.curves.lines.lines) == 4
    # And pictures come back with runs of the same data.
    tick(workspace, "table", Unchecked)
    compare(qtbot, workspace, "wide")
    assert workspace.views.pictures._hint.text() == ""
    assert len(workspace.views.maps.maps) == 2


def test_comparing_can_be_cancelled(qtbot: QtBot, use_runs: Path, show: Show) -> None:
    workspace = show()
    for name in ("narrow", "wide"):
        tick(workspace, name)
    workspace.compare.click()
    assert not workspace.compare.isEnabled()
    assert workspace.cancel.isVisible()
    with qtbot.waitSignal(workspace.message) as said:
        workspace.cancel.click()
    assert "cancelled" in said.args[0]
    assert workspace.compare.isEnabled()
    assert not workspace.cancel.isVisible()


def test_the_theme_can_change_meanwhile(
    qtbot: QtBot, use_runs: Path, show: Show, theme: Theme
) -> None:
    workspace = compare(qtbot, show(), "narrow", "wide")
    theme.set_mode("dark")
    colors = {line.color.name() for line in workspace.views.curves.lines.lines}
    assert colors == {run_color(place, theme.colors) for place in (0, 1)}
    assert workspace.grab().toImage().isNull() is False


# --- same data, every type --------------------------------------------------------------------------


def basis() -> TypesBasis:
    return TypesBasis(
        dataset=read("digits"),
        titles={"undercomplete": "Undercomplete", "variational": "Variational", "sparse": "Sparse"},
        experiment=recommend(read("digits"), given={**QUICK, "network.code_size": 2}),
        given={key: value for key, value in QUICK.items() if key != "training.epochs"},
    )


def test_every_type_is_trained_and_compared(qtbot: QtBot, show: Show) -> None:
    workspace = show(basis())
    workspace.every_type.click()
    (dialog,) = (one for one in workspace.findChildren(QDialog) if one.isVisible())
    assert isinstance(dialog, TypesDialog)
    assert unnamed(dialog) + cut_buttons(dialog) + cut_labels(dialog) == []
    assert dialog.chosen == ("undercomplete", "variational", "sparse")
    qtbot.waitUntil(lambda: dialog.estimate.text().startswith("About"), timeout=PATIENCE_MS)
    expected = dialog.expected_s()
    assert set(expected) == set(dialog.chosen)
    assert all(seconds > 0 for seconds in expected.values())
    dialog.epochs.setValue(2 * dialog.epochs.value())
    for name, seconds in dialog.expected_s().items():
        assert seconds == pytest.approx(2 * expected[name])
    assert dialog.types.item(2).text().startswith("Sparse, ")
    for row in range(3):
        dialog.types.item(row).setCheckState(Unchecked)
    assert not dialog.train.isEnabled()
    for row in range(2):
        dialog.types.item(row).setCheckState(Checked)
    dialog.epochs.setValue(1)
    with qtbot.waitSignal(workspace.compared, timeout=PATIENCE_MS):
        dialog.train.click()
        assert workspace.is_training
        assert not workspace.every_type.isEnabled()
    assert not workspace.is_training
    runs = list_runs()
    assert {run.info.recipe.autoencoder for run in runs} == {"undercomplete", "variational"}
    assert {run.info.recipe.epochs for run in runs} == {1}
    assert cell(workspace, "Epochs done", 1) == "1"


def test_a_stop_keeps_what_is_trained(qtbot: QtBot, show: Show) -> None:
    workspace = show(basis())
    with qtbot.waitSignal(workspace.training_changed, timeout=PATIENCE_MS):
        workspace.train_types(("undercomplete", "variational"), 100_000, 2)
    qtbot.waitUntil(lambda: workspace.progress.maximum() > 0, timeout=PATIENCE_MS)
    with qtbot.waitSignal(workspace.training_changed, timeout=PATIENCE_MS) as changed:
        workspace.cancel.click()
    assert changed.args == [False]
    assert len(list_runs()) == 1


def test_a_dialog_that_is_closed_measures_no_more(
    qtbot: QtBot, show: Show, background: Background
) -> None:
    workspace = show(basis())
    workspace.every_type.click()
    (dialog,) = (one for one in workspace.findChildren(QDialog) if one.isVisible())
    assert isinstance(dialog, TypesDialog)
    assert dialog.estimate.text().startswith("Measuring")
    dialog.reject()
    assert background.stop_and_join(), "what was under way ends soon"


def test_the_time_left_follows_what_each_part_was_measured_to_take() -> None:
    clock = SeriesClock(("a", "b", "c"), {"a": 10.0, "b": 30.0, "c": 60.0})
    assert clock.left_s(0, 0.0, elapsed_s=1.0) == 99.0
    # A tenth of the work took 20 s, so that this computer is twice as slow as measured.
    assert clock.left_s(1, 0.0, elapsed_s=20.0) == pytest.approx(180.0)
    assert clock.left_s(2, 0.5, elapsed_s=70.0) == pytest.approx(30.0)
    unknown = SeriesClock(("a", "b"), {})
    assert unknown.left_s(0, 0.0, elapsed_s=5.0) is None
    assert unknown.left_s(0, 0.5, elapsed_s=5.0) == pytest.approx(15.0)


# --- same recipe, several seeds ---------------------------------------------------------------------


def test_a_recipe_is_trained_with_several_seeds_and_its_spread_shown(
    qtbot: QtBot, show: Show
) -> None:
    workspace = show(basis())
    workspace.several_seeds.click()
    (dialog,) = (one for one in workspace.findChildren(QDialog) if one.isVisible())
    assert isinstance(dialog, SeedsDialog)
    assert unnamed(dialog) + cut_buttons(dialog) + cut_labels(dialog) == []
    qtbot.waitUntil(lambda: dialog.estimate.text().startswith("About"), timeout=PATIENCE_MS)
    dialog.count.setValue(3)
    dialog.first.setValue(7)
    with qtbot.waitSignal(workspace.compared, timeout=PATIENCE_MS):
        dialog.train.click()
        assert workspace.is_training
        assert not workspace.several_seeds.isEnabled()
    runs = list_runs()
    assert sorted(run.name[-6:] for run in runs) == ["seed 7", "seed 8", "seed 9"]
    assert workspace.views.tabs.currentWidget() is workspace.views.spread
    table = workspace.views.spread.table
    heads = [table.horizontalHeaderItem(place).text() for place in range(table.columnCount())]
    assert heads == ["", "mean", "spread", "seed 7", "seed 8", "seed 9"]
    (row,) = (
        row for row in range(table.rowCount()) if table.item(row, 0).text() == "Squared error"
    )
    errors = [float(table.item(row, place).text()) for place in (3, 4, 5)]
    assert len(set(errors)) == 3
    assert float(table.item(row, 1).text()) == pytest.approx(np.mean(errors), rel=1e-4)
    spread = float(table.item(row, 2).text().removeprefix("± "))
    assert spread == pytest.approx(np.std(errors, ddof=1), rel=0.1)
    assert cut_labels(workspace) == []


def test_the_spread_belongs_to_its_own_runs_only(
    qtbot: QtBot, use_runs: Path, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = compare(qtbot, show(basis()), "narrow", "wide")
    place = workspace.views.tabs.indexOf(workspace.views.spread)
    assert not workspace.views.tabs.isTabVisible(place)
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path / "seeds"))
    with qtbot.waitSignal(workspace.compared, timeout=PATIENCE_MS):
        workspace.train_seeds(2, 0)
    assert workspace.views.tabs.isTabVisible(place)
    monkeypatch.setenv("AESTUDIO_RUNS", str(use_runs))
    workspace.refresh()
    qtbot.waitUntil(lambda: len(workspace.chooser.chosen) == 0)
    compare(qtbot, workspace, "narrow", "wide")
    assert not workspace.views.tabs.isTabVisible(place)


def test_seeds_can_be_stopped(qtbot: QtBot, show: Show) -> None:
    long = basis()
    long = replace(long, experiment=long.experiment.with_values({"training.epochs": 100_000}))
    workspace = show(long)
    workspace.train_seeds(3, 0)
    qtbot.waitUntil(lambda: workspace.progress.maximum() > 0, timeout=PATIENCE_MS)
    with qtbot.waitSignal(workspace.message, timeout=PATIENCE_MS) as said:
        workspace.cancel.click()
    assert "Stopped" in said.args[0]
    assert not workspace.is_training
    assert len(list_runs()) == 1


# --- in the window ----------------------------------------------------------------------------------


def test_runs_opens_the_comparison(qtbot: QtBot, use_runs: Path, full_window: MainWindow) -> None:
    window = full_window
    window.show_workspace("runs")
    assert window.runs is not None
    with qtbot.waitSignal(window.runs.runs_changed):
        window.runs.refresh()
    button = window.runs._buttons["compare"]
    assert not button.isEnabled()
    assert "2 to 6" in button.toolTip()
    window.runs.view.selectAll()
    assert button.isEnabled()
    assert not window.runs._buttons["open"].isEnabled()
    assert window.runs.details.name == "5 runs are selected"
    compare_page = window.page("compare")
    assert isinstance(compare_page, CompareWorkspace)
    with qtbot.waitSignal(compare_page.compared, timeout=PATIENCE_MS):
        button.click()
    assert window.current_workspace == "compare"
    # The one that was never trained is left out.
    assert len(compare_page.chooser.chosen) == 4


def test_types_can_be_trained_once_there_is_data(qtbot: QtBot, full_window: MainWindow) -> None:
    window = full_window
    page = window.page("compare")
    assert isinstance(page, CompareWorkspace)
    window.show_workspace("compare")
    assert "Choose data" in page.every_type.toolTip()
    assert window.setup is not None
    with qtbot.waitSignal(window.setup.prepared, timeout=PATIENCE_MS):
        window.opener.open_data("digits")
    assert page.every_type.isEnabled()
    with qtbot.waitSignal(page.training_changed, timeout=PATIENCE_MS):
        page.train_types(("undercomplete",), 100_000, 2)
    qtbot.waitUntil(lambda: page.progress.maximum() > 0, timeout=PATIENCE_MS)
    assert not window.commands.action("train").isEnabled()
    assert window.train is not None
    assert not window.train.transport.train_button.isEnabled()
    assert "Compare" in window.setup.why_not
    window.close()
    assert [run.status.value for run in list_runs() if run.status] == ["stopped"]
