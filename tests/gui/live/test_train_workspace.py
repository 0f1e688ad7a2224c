from __future__ import annotations

import logging
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset, Kind
from aestudio.errors import DataError
from aestudio.gui.bridge import RunState
from aestudio.gui.theme import Theme
from aestudio.gui.workspaces import train
from aestudio.gui.workspaces.train import TrainWorkspace
from aestudio.training.control import Control
from aestudio.training.events import FinishReason
from tests.gui.live.fakes import (
    NUM_SAMPLES,
    Script,
    epoch_done,
    finished,
    make_dataset,
    make_live_run,
    preview,
    started,
    steps,
)

Begin = Callable[..., Script]


def wait_for_epoch(qtbot: QtBot, workspace: TrainWorkspace, epoch: int) -> None:
    display = workspace.display
    qtbot.waitUntil(lambda: display.shown_epoch == epoch and not display._steps_timer.isActive())


def shown_grey(workspace: TrainWorkspace) -> int:
    """The grey of the reconstructions on display, which the fake run makes equal to the epoch."""
    tile = workspace.display.comparison._columns[1]._tiles[0]
    return tile.pixelColor(0, 0).red()


def map_height(workspace: TrainWorkspace) -> float:
    return float(workspace.display.map.points[-1, 1])


def test_a_whole_run_fills_all_four_views(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    assert workspace.is_training
    script.play(steps(1, 10), epoch_done(1), preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    display = workspace.display
    assert shown_grey(workspace) == 1
    assert len(display.map.points) == NUM_SAMPLES
    assert display.interpolation.here.tile is not None
    qtbot.waitUntil(lambda: display.curves.line("loss", "train") is not None)
    with qtbot.waitSignal(workspace.run_finished) as ended:
        script.play(finished())
    assert str(ended.args[0]) == "/runs/fake"
    assert not workspace.is_training
    assert workspace.transport.export_button.isEnabled()
    assert workspace.transport.state_text.startswith("Done")
    assert workspace.transport._epoch.text() == "epoch 1/5"


def test_nobody_is_asked_to_press_train_while_a_training_is_prepared(
    qtbot: QtBot, workspace: TrainWorkspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint = workspace.display.curves._hint
    assert hint.isVisible()
    scripts: list[Script] = []

    def open_new(experiment: object, data: Dataset, control: Control) -> object:
        live, script = make_live_run(control, data)
        scripts.append(script)
        return live

    monkeypatch.setattr(train, "open_new", open_new)
    with qtbot.waitSignal(workspace.bridge.opened):
        workspace.start(None, dataset)
    assert hint.isVisible()
    assert hint.text() == "The loss falls here once training has begun."
    with qtbot.waitSignal(workspace.run_finished):
        scripts[0].play(started(), finished())
    assert not hint.isVisible()


def test_the_curves_of_a_run_that_has_ended_reach_its_end(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    curves = workspace.display.curves
    # As after a redraw that was held up: what is drawn was not waited for.
    curves._rests_until_s = time.perf_counter() + 600.0
    with qtbot.waitSignal(workspace.run_finished):
        script.play(steps(1, 10), epoch_done(1), preview(1), finished())
    line = curves.line("loss", "train raw") or curves.line("loss", "train")
    assert line is not None
    assert line.x[-1] == 1.0
    assert not curves._timer.isActive()


def test_signals_tell_when_training_begins_and_ends(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    changes: list[bool] = []
    workspace.training_changed.connect(changes.append)
    script = begin(dataset)
    with qtbot.waitSignal(workspace.run_finished):
        script.play(finished(FinishReason.STOPPED))
    assert changes == [True, False]


def test_events_of_another_run_are_dropped(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    script.play(preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    workspace._on_preview(preview(7, run_id="stale"))
    workspace._on_epoch(epoch_done(7, run_id="stale"))
    workspace._on_steps(steps(61, 10, run_id="stale"))
    workspace._on_finished(finished(epoch=7, run_id="stale"))
    workspace._on_started(started(num_epochs=99, run_id="stale"))
    assert workspace.display.shown_epoch == 1
    assert workspace.display.scrubber.epoch == 1
    assert len(workspace.display.curves._validation) == 0
    assert "99" not in workspace.transport._epoch.text()
    assert workspace.transport.state_text == "Training"


def test_an_earlier_epoch_can_be_looked_at_while_training_goes_on(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    display = workspace.display
    for epoch in range(4):
        script.play(preview(epoch))
        wait_for_epoch(qtbot, workspace, epoch)
    newest = display.decoding.model
    display.scrubber.slider.setValue(1)
    assert display.shown_epoch == 1
    assert shown_grey(workspace) == 1
    assert map_height(workspace) == pytest.approx(1.0)
    # Its own decoder, not the newest one's.
    assert display.decoding.model is not newest
    assert display.decoding.model.updates[-1]["w"][0] == 1.0
    script.play(preview(4))
    qtbot.waitUntil(lambda: display.scrubber.slider.maximum() == 4)
    assert shown_grey(workspace) == 1
    display.scrubber.live_button.click()
    assert display.shown_epoch == 4
    assert shown_grey(workspace) == 4
    assert display.decoding.model is newest


def test_an_epoch_whose_decoder_was_not_kept_can_still_be_seen(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    for epoch in range(2):
        script.play(preview(epoch))
        wait_for_epoch(qtbot, workspace, epoch)
    display = workspace.display
    frames = display._frames
    frames._frames.clear()
    frames._weights.clear()
    display.scrubber.slider.setValue(0)
    assert shown_grey(workspace) == 0
    assert "not kept" in display.interpolation.caption
    display.scrubber.live_button.click()
    assert "not kept" not in display.interpolation.caption


def test_a_view_that_fails_does_not_end_the_run(
    qtbot: QtBot,
    workspace: TrainWorkspace,
    begin: Begin,
    dataset: Dataset,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(points: object) -> None:
        raise RuntimeError("cannot draw")

    monkeypatch.setattr(workspace.display.curves, "add_points", fail)
    script = begin(dataset)
    with caplog.at_level(logging.ERROR), qtbot.waitSignal(workspace.run_finished):
        script.play(steps(1, 5), preview(1), finished())
    assert "cannot draw" in caplog.text
    assert workspace.display.scrubber.epoch == 1


def test_pause_and_resume_from_the_buttons(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    begin(dataset)
    qtbot.waitUntil(workspace.transport.pause_button.isEnabled)
    workspace.transport.pause_button.click()
    assert workspace.bridge.state is RunState.PAUSED
    assert workspace.transport.state_text == "Paused"
    workspace.pause_or_resume()
    assert workspace.bridge.state is RunState.TRAINING


def test_closing_while_training_stops_and_joins(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    script.play(preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    assert workspace.stop_and_join()
    assert not workspace.is_training
    assert workspace.transport.state_text.startswith("Stopped")


def test_two_runs_follow_one_another(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    for code_size in (2, 8):
        script = begin(dataset, code_size=code_size)
        script.play(preview(1, code_size=code_size))
        wait_for_epoch(qtbot, workspace, 1)
        with qtbot.waitSignal(workspace.run_finished):
            script.play(finished())
    assert workspace.display.map.caption.startswith("PCA of 8 numbers")


def test_an_error_before_training_is_passed_on(
    qtbot: QtBot, workspace: TrainWorkspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(experiment: object, data: Dataset, control: object) -> object:
        raise DataError("is empty.", subject="x.npy")

    monkeypatch.setattr(train, "open_new", refuse)
    with qtbot.waitSignals([workspace.failed, workspace.bridge.ended]):
        workspace.start(None, dataset)
    assert workspace.transport.state_text == "Not trained"
    assert not workspace.transport.export_button.isEnabled()


def test_tables_are_watched_as_profiles(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin
) -> None:
    table = make_dataset(Kind.TABLE)
    script = begin(table)
    script.play(preview(1, shape=(8,)))
    wait_for_epoch(qtbot, workspace, 1)
    assert isinstance(workspace.display.comparison._columns[1]._tiles[0], np.ndarray)
    assert workspace.display.interpolation.here.tile is not None


def test_a_click_on_the_map_and_on_an_original_choose_the_ends(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    script.play(preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    display = workspace.display
    path = display.interpolation.path
    assert path.anchor("A").name == "even (row 0)"
    display.map.clicked.emit(9, np.zeros(2, np.float32))
    assert path.anchor("A").name == "odd"
    assert path.anchor("A").sample.flat[0] == 9
    display.comparison.sample_chosen.emit(4)
    assert path.anchor("B").name == "even (row 4)"
    assert display.map.plot._path.isVisible()
    display.map.clicked.emit(-1, np.ones(2, np.float32))
    assert path.anchor("A").code.tolist() == [1, 1]


def test_data_is_shown_before_training(workspace: TrainWorkspace, dataset: Dataset) -> None:
    workspace.set_dataset(dataset)
    assert len(workspace.display.comparison._columns[0]._tiles) == 16
    assert workspace.display.map._pages.currentIndex() == 1


def test_new_data_does_not_disturb_a_run(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    script.play(preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    workspace.set_dataset(make_dataset(Kind.TABLE))
    assert workspace.display.shown_epoch == 1
    assert len(workspace.display.map.points) == NUM_SAMPLES


def test_new_data_leaves_nothing_of_the_last_run(
    qtbot: QtBot, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    transport = workspace.transport
    workspace.set_train_enabled(True, "")
    workspace.set_estimate(90.0)
    words = [transport._epoch, transport._speed, transport._device]
    before = [transport.state_text, *(label.text() for label in words)]
    script = begin(dataset)
    script.play(steps(1, 10), preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    with qtbot.waitSignal(workspace.run_finished):
        script.play(finished())
    qtbot.waitUntil(lambda: "after" in transport.state_text)
    workspace.set_dataset(make_dataset(Kind.TABLE))
    assert [transport.state_text, *(label.text() for label in words)] == before
    assert transport._bar.value() == 0


def test_all_views_are_on_screen_at_once(workspace: TrainWorkspace) -> None:
    display = workspace.display
    for view in (display.curves, display.comparison, display.map, display.interpolation):
        assert not view.visibleRegion().isEmpty()
        assert view.width() > 300
        assert view.height() > 180


def test_every_control_has_a_name(
    workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    begin(dataset)
    unnamed = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in workspace.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QSlider | QComboBox)
        and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
    ]
    assert unnamed == []


def test_the_layout_comes_back(qtbot: QtBot, theme: Theme, workspace: TrainWorkspace) -> None:
    workspace._columns.setSizes([200, 500, 500])
    state = workspace.save_layout()
    sizes = workspace._columns.sizes()
    workspace.reset_layout()
    assert workspace._columns.sizes() != sizes
    assert workspace.restore_layout(state)
    assert workspace._columns.sizes() == sizes
    assert not workspace.restore_layout(type(state)(b"nonsense"))


def test_the_theme_changes_while_training(
    qtbot: QtBot, theme: Theme, workspace: TrainWorkspace, begin: Begin, dataset: Dataset
) -> None:
    script = begin(dataset)
    script.play(steps(1, 10), preview(1))
    wait_for_epoch(qtbot, workspace, 1)
    light = workspace.grab().toImage().pixelColor(workspace.width() // 2, 80)
    theme.set_mode("dark")
    dark = workspace.grab().toImage().pixelColor(workspace.width() // 2, 80)
    assert dark.lightness() < light.lightness()
    background = workspace.display.map.plot.backgroundBrush().color().name()
    assert background == theme.plot_background
