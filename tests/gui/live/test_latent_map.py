from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aestudio.gui.plots.class_colors import class_styles
from aestudio.gui.plots.decoding import Decoding
from aestudio.gui.plots.figure_menu import figure_bytes
from aestudio.gui.plots.latent_map import LatentMap, MapSamples
from aestudio.gui.plots.map_points import MOST_MARKS
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.labels import ElidedLabel
from tests.gui.live.fakes import NUM_SAMPLES, FakeModel, make_dataset, preview


@pytest.fixture
def decoding(qtbot: QtBot) -> Iterator[Decoding]:
    decoding = Decoding()
    yield decoding
    decoding.close()


@pytest.fixture
def latent_map(qtbot: QtBot, theme: Theme, decoding: Decoding) -> LatentMap:
    latent_map = LatentMap(theme, decoding)
    qtbot.addWidget(latent_map)
    latent_map.resize(480, 320)
    latent_map.show()
    qtbot.waitExposed(latent_map)
    dataset = make_dataset()
    latent_map.set_samples(
        SampleArt.of(dataset),
        MapSamples(
            rows=np.arange(NUM_SAMPLES),
            labels=dataset.labels,
            label_names=dataset.label_names,
            num_all=100,
            sample=lambda place: dataset.x[place : place + 1],
        ),
    )
    decoding.set_model(FakeModel())
    # The legend takes its room a little later and moves the plane.
    qtbot.waitUntil(lambda: latent_map.legend.height() > 10)
    return latent_map


def place_of(latent_map: LatentMap, point: int) -> QPoint:
    """Where a point of the map is on the screen."""
    plot = latent_map.plot
    x, y = (float(value) for value in latent_map.points[point])
    scene = plot.getViewBox().mapViewToScene(QPointF(x, y))
    return plot.mapFromScene(scene)


def move_to(latent_map: LatentMap, place: QPoint) -> None:
    QTest.mouseMove(latent_map.plot.viewport(), place)


def grey_of(image: object) -> int:
    assert isinstance(image, QImage)
    return image.pixelColor(0, 0).red()


def test_hovering_shows_the_sample_and_decodes_the_point(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    move_to(latent_map, place_of(latent_map, 30))
    # The fake model decodes a code as a picture of its first number, which is the sample's.
    assert grey_of(latent_map.decoded.tile) == 30
    assert grey_of(latent_map.sample.tile) == 30
    assert latent_map._sample_name.text() == "even"
    assert latent_map.plot._hovered.isVisible()


def test_away_from_points_there_is_no_sample_but_still_a_decode(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    move_to(latent_map, place_of(latent_map, 30) - QPoint(0, 60))
    assert latent_map.sample.tile is None
    assert latent_map.decoded.tile is not None
    assert not latent_map.plot._hovered.isVisible()


def test_leaving_the_map_clears_both(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    move_to(latent_map, place_of(latent_map, 3))
    latent_map.plot.cursor_left.emit()
    assert latent_map.decoded.tile is None
    assert latent_map.sample.tile is None


def test_a_click_on_a_point_means_that_sample(qtbot: QtBot, latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    with qtbot.waitSignal(latent_map.clicked) as clicked:
        QTest.mouseClick(
            latent_map.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(latent_map, 7)
        )
    place, code = clicked.args
    assert place == 7
    assert code == pytest.approx(preview(10).codes[7])


def test_a_click_elsewhere_means_the_code_there(qtbot: QtBot, latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    with qtbot.waitSignal(latent_map.clicked) as clicked:
        QTest.mouseClick(
            latent_map.plot.viewport(),
            Qt.MouseButton.LeftButton,
            pos=place_of(latent_map, 20) - QPoint(0, 60),
        )
    place, code = clicked.args
    assert place == -1
    assert code[1] > preview(10).codes[20, 1]


def test_the_keyboard_decodes_and_clicks_too(qtbot: QtBot, latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    plot = latent_map.plot
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert latent_map.decoded.tile is not None
    with qtbot.waitSignal(latent_map.clicked):
        QTest.keyClick(plot, Qt.Key.Key_Return)


def test_codes_of_two_numbers_are_drawn_as_they_are(latent_map: LatentMap) -> None:
    codes = preview(4).codes
    latent_map.set_codes(codes)
    assert np.array_equal(latent_map.points, codes)
    assert latent_map.caption == "code 1 / code 2 · 40 of 100"


def test_longer_codes_are_projected_and_the_map_says_so(latent_map: LatentMap) -> None:
    latent_map._decoding.set_model(FakeModel(code_size=8))
    latent_map.set_codes(preview(4, code_size=8).codes)
    assert latent_map.points.shape == (NUM_SAMPLES, 2)
    assert latent_map.caption.startswith("PCA of 8 numbers")
    move_to(latent_map, place_of(latent_map, 5))
    assert latent_map.decoded.tile is not None


def test_why_nothing_can_be_decoded_is_said(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(4).codes)
    latent_map.set_no_decoding("not kept")
    move_to(latent_map, place_of(latent_map, 5))
    assert latent_map.decoded.tile is None
    assert latent_map.decoded._hint == "not kept"
    assert latent_map.sample.tile is not None


def num_drawn(latent_map: LatentMap) -> int:
    (marks,) = (
        item
        for item in latent_map.plot.getPlotItem().items
        if isinstance(item, pg.ScatterPlotItem) and len(item.data) > 1
    )
    return int(marks.data["visible"].sum())


def test_hiding_a_class_hides_its_points_and_they_cannot_be_hovered(
    latent_map: LatentMap,
) -> None:
    latent_map.set_codes(preview(10).codes)
    assert num_drawn(latent_map) == NUM_SAMPLES
    latent_map.legend.button("0").click()
    assert num_drawn(latent_map) == NUM_SAMPLES // 2
    move_to(latent_map, place_of(latent_map, 30))
    # The neighbours of the hidden point are near enough to be meant instead.
    assert latent_map._sample_name.text() == "odd"
    latent_map.legend.button("0").click()
    assert num_drawn(latent_map) == NUM_SAMPLES


def test_points_that_are_not_numbers_are_left_out(latent_map: LatentMap) -> None:
    codes = preview(10).codes.copy()
    codes[0] = np.nan
    latent_map.set_codes(codes)
    assert num_drawn(latent_map) == NUM_SAMPLES - 1


def test_very_many_points_become_a_picture_of_their_density(
    qtbot: QtBot, latent_map: LatentMap, theme: Theme
) -> None:
    count = MOST_MARKS + 1
    latent_map.set_samples(
        SampleArt.of(make_dataset()),
        MapSamples(
            rows=np.arange(count),
            labels=np.zeros(count, np.int64),
            label_names=("only",),
            num_all=count,
            sample=lambda place: None,
        ),
    )
    codes = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    latent_map.set_codes(codes)
    points = latent_map.plot.points
    assert points.is_density
    assert points._density.isVisible()
    image = latent_map.plot.grab().toImage()
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.name() != theme.plot_background
    latent_map.set_codes(codes[:50])
    assert latent_map.caption


def test_the_view_follows_points_until_moved_by_hand(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(10).codes)
    view = latent_map.plot.getViewBox()
    before = view.viewRange()
    latent_map.set_codes(preview(10).codes * 5)
    assert view.viewRange() != before
    view.sigRangeChangedManually.emit([True, True])
    kept = view.viewRange()
    latent_map.set_codes(preview(10).codes * 50)
    assert view.viewRange() == kept
    latent_map.plot.reset_view()
    assert view.viewRange() != kept


def test_small_moves_do_not_move_the_axes(latent_map: LatentMap) -> None:
    codes = preview(10).codes
    latent_map.set_codes(codes)
    before = latent_map.plot.getViewBox().viewRange()
    latent_map.set_codes(codes * 1.01)
    assert latent_map.plot.getViewBox().viewRange() == before


def test_numbers_of_the_figure(latent_map: LatentMap) -> None:
    latent_map.set_codes(preview(2).codes)
    lines = figure_bytes(latent_map, ".csv").decode().splitlines()
    assert lines[0] == "row,label,code 1,code 2"
    assert lines[2].startswith("1,odd,1.0,")
    assert len(lines) == NUM_SAMPLES + 1


@pytest.mark.parametrize("count", [1, 8, 10, 24, 60])
def test_no_two_classes_look_alike(theme: Theme, count: int) -> None:
    styles = class_styles(count, theme.series)
    assert len(set(styles[:48])) == min(count, 48)


def test_slow_decoders_work_behind_the_window(qtbot: QtBot, decoding: Decoding) -> None:
    model = FakeModel()
    decoding.set_model(model)
    decoding._seconds_per_code = 1.0
    answers: list[float] = []
    code = np.array([[5.0, 0.0]], np.float32)
    decoding.request("cursor", code, lambda samples: answers.append(float(samples.flat[0])))
    assert answers == []
    qtbot.waitUntil(lambda: answers == [5.0])


def test_an_answer_of_a_former_model_is_dropped(qtbot: QtBot, decoding: Decoding) -> None:
    decoding.set_model(FakeModel())
    decoding._seconds_per_code = 1.0
    answers: list[object] = []
    decoding.request("cursor", np.zeros((1, 2), np.float32), answers.append)
    decoding.set_model(FakeModel())
    with qtbot.waitSignal(decoding._worker.done, timeout=500, raising=False):
        pass
    assert answers == []


def test_a_label_that_is_a_formula_or_no_text_leaves_as_harmless_text(
    latent_map: LatentMap,
) -> None:
    samples = MapSamples(
        rows=np.arange(NUM_SAMPLES),
        labels=np.arange(NUM_SAMPLES) % 2,
        label_names=(" =1+1", "\udcff"),
        num_all=NUM_SAMPLES,
        sample=lambda place: np.zeros((1, 1, 2, 2)),
    )
    latent_map.replace_samples(samples)
    latent_map.set_codes(preview(10).codes)
    lines = figure_bytes(latent_map, ".csv").decode().splitlines()
    assert lines[1].startswith("0,' =1+1,")
    assert lines[2].startswith("1,\\udcff,")


def test_samples_are_called_what_their_data_calls_them(latent_map: LatentMap) -> None:
    samples = latent_map._samples
    assert samples is not None
    long = "of_the_first_plate_in_the_afternoon.png"
    named = replace(samples, name=lambda place: f"cell_{place:03}_{long}")
    width = latent_map.plot.width()
    latent_map.replace_samples(named)
    latent_map.set_codes(preview(10).codes)
    # Elsewhere first: a mouse that has stood there since the test before does not move.
    move_to(latent_map, place_of(latent_map, 5))
    move_to(latent_map, place_of(latent_map, 16))
    assert latent_map._sample_name.text() == "even"
    assert latent_map._own_name.text() == f"cell_016_{long}"
    QApplication.processEvents()
    assert latent_map.plot.width() == width, "the map does not jump under the mouse"
    assert f"cell_016_{long}" in latent_map._own_name.toolTip()
    latent_map.plot.cursor_left.emit()
    assert latent_map._own_name.text() == ""
    latent_map.replace_samples(replace(named, labels=None))
    move_to(latent_map, place_of(latent_map, 20))
    assert latent_map._sample_name.text() == f"cell_020_{long}"
    assert latent_map._own_name.text() == ""
    latent_map.replace_samples(replace(samples, labels=None))
    move_to(latent_map, place_of(latent_map, 30))
    assert latent_map._sample_name.text() == "row 30"


def caption_labels(latent_map: LatentMap) -> list[ElidedLabel]:
    labels = latent_map.findChildren(ElidedLabel)
    return [one for one in labels if one.text() == latent_map.caption and one.isVisible()]


@pytest.mark.parametrize("width", [360, 443, 640, 900])
def test_the_caption_is_read_whole_at_every_width(
    qtbot: QtBot, latent_map: LatentMap, width: int
) -> None:
    """At 1280 pixels a quarter of the window is 443 wide, which is too narrow for one line."""
    codes = np.random.default_rng(0).normal(size=(NUM_SAMPLES, 16)).astype(np.float32)
    latent_map.resize(width, 280)
    latent_map.set_codes(codes, np.full_like(codes, 0.1))
    assert latent_map.caption.startswith("PCA of 16 numbers, ")
    qtbot.waitUntil(lambda: len(caption_labels(latent_map)) == 1)
    (label,) = caption_labels(latent_map)
    qtbot.waitUntil(lambda: label.width() >= label.sizeHint().width())
    assert not label.toolTip()
    title = latent_map._title
    is_beside = abs(label.geometry().center().y() - title.geometry().center().y()) < 8
    assert is_beside is (width >= 640)
    # Fewer buttons leave more room.
    latent_map.set_codes(codes)
    latent_map.resize(900, 280)
    qtbot.waitUntil(lambda: caption_labels(latent_map) == [latent_map._caption])
