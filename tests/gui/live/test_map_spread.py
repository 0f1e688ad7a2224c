"""The clouds of codes on the latent map, and the button that shows them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from aestudio.data.splitting import evenly_spaced
from aestudio.gui.background import Background
from aestudio.gui.plots.figure_menu import figure_bytes, figure_image
from aestudio.gui.plots.latent_map import LatentMap, MapSamples
from aestudio.gui.plots.map_spread import MOST_ELLIPSES
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import Theme
from aestudio.gui.workspaces.run_display import RunDisplay
from tests.gui.live.fakes import NUM_SAMPLES, FakeFolder, FakeModel, make_dataset, preview


@pytest.fixture
def display(qtbot: QtBot, theme: Theme, background: Background) -> RunDisplay:
    """A run with three epochs in its folder, whose codes are clouds as wide as the epoch."""
    display = RunDisplay(theme, background)
    for view in (display.curve_pages, display.comparison, display.map, display.interpolation):
        qtbot.addWidget(view)
    qtbot.addWidget(display.scrubber)
    folder = FakeFolder()
    folder.previews = {epoch: preview(epoch, has_clouds=epoch > 0) for epoch in range(3)}
    dataset = make_dataset()
    display.begin(folder, SampleArt.of(dataset), FakeModel(), FakeModel())
    display.set_map_samples(samples())
    display.map.resize(480, 320)
    display.map.show()
    qtbot.waitExposed(display.map)
    return display


def samples() -> MapSamples:
    dataset = make_dataset()
    return MapSamples(
        rows=np.arange(NUM_SAMPLES),
        labels=dataset.labels,
        label_names=dataset.label_names,
        num_all=NUM_SAMPLES,
        sample=lambda place: dataset.x[place : place + 1],
    )


def drawn(latent_map: LatentMap) -> np.ndarray:
    """The outlines on display, (number, points, 2), in the order of their first points."""
    item = latent_map.spread.ellipses
    if not item.isVisible() or not item.lines:
        return np.empty((0, 33, 2))
    gapped = np.concatenate([np.stack([line.x, line.y], 1) for line in item.lines])
    outlines = gapped.reshape(-1, 34, 2)[:, :-1]
    return outlines[outlines[:, 0, 0].argsort()]


def test_off_by_default_and_drawn_when_asked_for(display: RunDisplay) -> None:
    display.set_epochs((0, 1, 2))
    latent_map = display.map
    assert latent_map.spread_toggle.isVisible()
    assert not latent_map.spread_toggle.isChecked()
    assert len(drawn(latent_map)) == 0
    latent_map.spread_toggle.click()
    outlines = drawn(latent_map)
    assert len(outlines) == NUM_SAMPLES
    # At epoch 2 clouds are 2 wide in the first number of the code, and 1 in the second.
    offsets = np.abs(outlines - latent_map.points[:, None])
    np.testing.assert_allclose(offsets.max(axis=1), [[2.0, 1.0]] * NUM_SAMPLES, rtol=1e-5)
    latent_map.spread_toggle.click()
    assert len(drawn(latent_map)) == 0


def test_the_scrubber_shows_the_clouds_of_its_epoch(display: RunDisplay) -> None:
    display.set_epochs((0, 1, 2))
    display.map.spread_toggle.click()
    display.scrubber.show_epoch(1)
    width = np.ptp(drawn(display.map)[0], axis=0)
    np.testing.assert_allclose(width, [2.0, 1.0], rtol=1e-5)


def test_there_is_no_button_where_codes_are_no_clouds(display: RunDisplay) -> None:
    display.set_epochs((0, 1, 2))
    display.map.spread_toggle.click()
    display.scrubber.show_epoch(0)
    assert not display.map.spread_toggle.isVisible()
    assert len(drawn(display.map)) == 0
    display.scrubber.show_epoch(1)
    assert len(drawn(display.map)) == NUM_SAMPLES


def test_the_view_makes_room_for_the_clouds(display: RunDisplay) -> None:
    latent_map = display.map
    codes = preview(1).codes
    latent_map.set_codes(codes, np.full_like(codes, 500.0))
    view = latent_map.plot.getViewBox()
    assert view.viewRect().width() < 500.0
    latent_map.spread_toggle.click()
    assert view.viewRect().width() > 1000.0
    latent_map.spread_toggle.click()
    assert view.viewRect().width() < 500.0


def test_hidden_classes_have_no_clouds(display: RunDisplay) -> None:
    display.set_epochs((1,))
    display.map.spread_toggle.click()
    display.map.legend.button("0").click()
    assert len(drawn(display.map)) == NUM_SAMPLES // 2


def test_the_point_under_the_mouse_has_its_cloud_among_very_many(display: RunDisplay) -> None:
    latent_map, count = display.map, 5 * MOST_ELLIPSES
    latent_map.set_samples(
        SampleArt.of(make_dataset()),
        MapSamples(np.arange(count), None, (), count, lambda place: None),
    )
    codes = np.random.default_rng(0).uniform(0, 100, (count, 2)).astype(np.float32)
    latent_map.set_codes(codes, np.ones_like(codes))
    latent_map.spread_toggle.click()
    assert len(drawn(latent_map)) == MOST_ELLIPSES
    place = 2
    assert place not in evenly_spaced(np.arange(count), MOST_ELLIPSES)
    scene = latent_map.plot.getViewBox().mapViewToScene(QPointF(*map(float, codes[place])))
    QTest.mouseMove(latent_map.plot.viewport(), latent_map.plot.mapFromScene(scene))
    (line,) = latent_map.spread.hovered_ellipse.lines
    assert latent_map.spread.hovered_ellipse.isVisible()
    near = codes[latent_map._hovered]
    np.testing.assert_allclose([np.nanmean(line.x[:-2]), np.nanmean(line.y[:-2])], near, rtol=1e-4)
    latent_map.plot.cursor_left.emit()
    assert not latent_map.spread.hovered_ellipse.isVisible()


def test_longer_codes_show_the_shadow_of_their_clouds(display: RunDisplay) -> None:
    latent_map = display.map
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(NUM_SAMPLES, 5)).astype(np.float32)
    # As wide in all directions, and so as wide in every plane.
    latent_map.set_codes(codes, np.full_like(codes, 0.25))
    latent_map.spread_toggle.click()
    lines = figure_bytes(latent_map, ".csv").decode().splitlines()
    assert lines[0].endswith("component 1,component 2,component 1 spread,component 2 spread")
    widths = [float(value) for value in lines[1].split(",")[-2:]]
    assert widths == pytest.approx([0.25, 0.25], rel=1e-5)


def test_the_figure_and_its_numbers_have_the_clouds_when_they_are_on(display: RunDisplay) -> None:
    display.set_epochs((2,))
    latent_map = display.map
    assert "spread" not in figure_bytes(latent_map, ".csv").decode().splitlines()[0]
    latent_map.spread_toggle.click()
    with_clouds = figure_image(latent_map)
    header, first, *_ = figure_bytes(latent_map, ".csv").decode().splitlines()
    assert header == "row,label,code 1,code 2,code 1 spread,code 2 spread"
    assert first.split(",")[-2:] == ["2.0", "1.0"]
    latent_map.spread.ellipses.setVisible(False)
    assert figure_image(latent_map) != with_clouds
