from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from aestudio.errors import OutputError
from aestudio.gui.plots import live_curves
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.figure_menu import FigureMenu, figure_bytes, figure_image, save_figure
from aestudio.gui.plots.loss_curves import LossCurves
from aestudio.gui.theme import Theme

TERMS = ("loss", "kl")


@pytest.fixture
def curves(qtbot: QtBot, theme: Theme) -> LossCurves:
    curves = LossCurves(theme)
    qtbot.addWidget(curves)
    curves.resize(460, 280)
    curves.show()
    curves.start(TERMS, steps_per_epoch=10)
    return curves


def feed(curves: LossCurves, count: int) -> None:
    points = CurvePoints(2_000_000)
    steps = np.arange(1, count + 1)
    points.append(steps, {"loss": 100.0 / steps, "kl": np.linspace(0, 5, count)})
    curves.add_points(points)


def drawn(curves: LossCurves, name: str, part: str = "train") -> tuple[np.ndarray, np.ndarray]:
    line = curves.line(name, part)
    assert line is not None
    return line.x, line.y


def test_points_are_drawn_over_epochs_after_a_short_pause(qtbot: QtBot, curves: LossCurves) -> None:
    feed(curves, 40)
    qtbot.waitUntil(lambda: curves.line("loss", "train") is not None)
    x, y = drawn(curves, "loss raw")
    assert x[-1] == pytest.approx(4.0)
    assert y[0] == pytest.approx(100.0)


def test_one_slow_redraw_does_not_hold_up_the_curves(
    qtbot: QtBot, curves: LossCurves, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = itertools.count(0.0, 30.0)
    monkeypatch.setattr(live_curves.time, "perf_counter", lambda: next(seconds))
    curves.redraw()
    monkeypatch.undo()
    feed(curves, 40)
    qtbot.waitUntil(lambda: curves.line("loss", "train") is not None, timeout=4_000)


def test_a_million_points_are_drawn_with_few(curves: LossCurves) -> None:
    feed(curves, 1_000_000)
    curves.redraw()
    for name in ("loss", "loss raw"):
        x, _ = drawn(curves, name)
        assert 100 < len(x) < 1000
    assert drawn(curves, "loss")[0][-1] == pytest.approx(100_000.0)


def test_validation_has_its_own_curve(curves: LossCurves) -> None:
    curves.add_validation([10, 20], {"loss": [3.0, 2.0]})
    curves.redraw()
    x, y = drawn(curves, "loss", "validation")
    assert x.tolist() == [1.0, 2.0]
    assert y.tolist() == [3.0, 2.0]


def test_legend_hides_a_term_and_a_part(curves: LossCurves) -> None:
    feed(curves, 20)
    curves.add_validation([10, 20], {"loss": [3.0, 2.0]})
    curves.legend.button("kl").click()
    assert curves.line("kl", "train") is None
    assert curves.line("kl raw", "train") is None
    assert curves.line("loss", "train") is not None
    curves.legend.button("train").click()
    assert curves.line("loss", "train") is None
    assert curves.line("loss", "validation") is not None
    curves.legend.button("train").click()
    assert curves.line("loss", "train") is not None


def test_hidden_terms_stay_hidden_when_the_theme_changes(curves: LossCurves, theme: Theme) -> None:
    feed(curves, 20)
    curves.legend.button("kl").click()
    theme.set_mode("dark")
    assert not curves.legend.button("kl").isChecked()
    curves.redraw()
    assert curves.line("kl", "train") is None
    assert curves.line("loss", "train").color == QColor(theme.series[0])
    assert curves.lines.lines[-1].color == QColor(theme.series[0])


def test_log_axes_and_the_way_back(curves: LossCurves) -> None:
    feed(curves, 1000)
    curves.log_x.click()
    curves.log_y.click()
    (left, right), (_bottom, top) = curves.plot.getViewBox().viewRange()
    assert left == pytest.approx(np.log10(0.1))
    assert right == pytest.approx(2.0)
    assert top < 3
    curves.log_x.click()
    curves.log_y.click()
    (left, right), _ = curves.plot.getViewBox().viewRange()
    assert (left, right) == (0.0, 100.0)


def test_zooming_by_hand_stays_until_reset(curves: LossCurves) -> None:
    feed(curves, 100)
    curves.redraw()
    view = curves.plot.getViewBox()
    view.setRange(xRange=(1, 2), yRange=(0, 1), padding=0)
    view.sigRangeChangedManually.emit([True, True])
    curves.redraw()
    assert view.viewRange()[0] == [1, 2]
    curves.reset_view()
    assert view.viewRange()[0] == [0, 10]


def test_epoch_on_display_is_marked(curves: LossCurves) -> None:
    curves.mark_epoch(3)
    assert curves._marker.isVisible()
    assert curves._marker.value() == 3
    curves.mark_epoch(None)
    assert not curves._marker.isVisible()


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")]
)
def test_figure_is_saved_in_light_colours(
    curves: LossCurves, theme: Theme, suffix: str, start: bytes, tmp_path: Path
) -> None:
    feed(curves, 100)
    theme.set_mode("dark")
    path = save_figure(curves, tmp_path / f"loss{suffix}")
    assert path.read_bytes().startswith(start)
    assert figure_image(curves, 1.0).pixelColor(2, 2) == QColor("#ffffff")
    # And the window is dark as before.
    assert curves.plot.backgroundBrush().color() == QColor(theme.plot_background)


def test_numbers_of_the_figure(curves: LossCurves) -> None:
    feed(curves, 3)
    curves.add_validation([10], {"loss": [7.0], "kl": [1.0]})
    lines = figure_bytes(curves, ".csv").decode().splitlines()
    assert lines[0] == "part,step,epoch,loss,kl"
    assert lines[1].startswith("train,1,0.1,100.0,")
    assert lines[-1] == "validation,10,1.0,7.0,1.0"


def test_a_place_that_cannot_be_written_is_an_error_not_a_crash(
    qtbot: QtBot, curves: LossCurves, tmp_path: Path
) -> None:
    menu = curves.findChild(FigureMenu)
    with qtbot.waitSignal(menu.failed) as failed:
        menu.save(tmp_path / "missing" / "loss.png")
    assert isinstance(failed.args[0], OutputError)


def test_a_figure_without_suffix_becomes_a_png(curves: LossCurves, tmp_path: Path) -> None:
    assert save_figure(curves, tmp_path / "loss").name == "loss.png"


def test_copy_puts_a_picture_on_the_clipboard(qapp: object, curves: LossCurves) -> None:
    feed(curves, 10)
    menu = curves.findChild(FigureMenu)
    menu.copy()
    image = qapp.clipboard().image()
    assert image.width() == 2 * curves.plot.width()
