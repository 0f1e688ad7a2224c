from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from aestudio.errors import OutputError
from aestudio.gui.background import Background
from aestudio.gui.plots.code_path import Anchor
from aestudio.gui.plots.decoding import Decoding
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.interpolation_panel import STRIP_STEPS, InterpolationPanel
from tests.gui.live.fakes import FakeModel, make_dataset


@pytest.fixture
def model() -> FakeModel:
    return FakeModel()


@pytest.fixture
def panel(
    qtbot: QtBot, theme: Theme, background: Background, model: FakeModel
) -> Iterator[InterpolationPanel]:
    decoding = Decoding()
    decoding.set_model(model)
    panel = InterpolationPanel(theme, decoding, background)
    qtbot.addWidget(panel)
    panel.resize(460, 260)
    panel.show()
    panel.set_no_decoding("")
    panel.set_art(SampleArt.of(make_dataset()))
    yield panel
    decoding.close()


def choose(panel: InterpolationPanel, a: int, b: int) -> None:
    for number in (a, b):
        panel.choose(Anchor(f"{number}", code=np.array([number, 0], np.float32)))


def grey_of(tile: object) -> int:
    assert isinstance(tile, QImage)
    return tile.pixelColor(0, 0).red()


def test_the_first_choice_is_a_the_second_b_the_third_a_again(panel: InterpolationPanel) -> None:
    assert panel.ends["A"].isChecked()
    choose(panel, 10, 200)
    assert panel.path.anchor("A").name == "10"
    assert panel.path.anchor("B").name == "200"
    panel.choose(Anchor("50", code=np.array([50, 0], np.float32)))
    assert panel.path.anchor("A").name == "50"
    assert panel.path.anchor("B").name == "200"


def test_pressing_an_end_makes_it_the_next_to_be_chosen(
    qtbot: QtBot, panel: InterpolationPanel
) -> None:
    qtbot.mouseClick(panel.ends["B"], Qt.MouseButton.LeftButton)
    assert panel.path.next_end == "B"
    assert panel.ends["B"].isChecked()
    assert not panel.ends["A"].isChecked()
    panel.choose(Anchor("7", code=np.array([7, 0], np.float32)))
    assert panel.path.anchor("B").name == "7"
    assert panel.path.anchor("A") is None


def test_the_slider_decodes_along_the_line(panel: InterpolationPanel) -> None:
    choose(panel, 100, 200)
    assert grey_of(panel.here.tile) == 150
    panel.slider.setValue(25)
    assert panel.path.position == 25
    assert grey_of(panel.here.tile) == 125
    panel.path.set_position(0)
    assert grey_of(panel.here.tile) == 100


def test_the_strip_is_unrolled_from_a_to_b_and_leads_the_slider(
    qtbot: QtBot, panel: InterpolationPanel
) -> None:
    choose(panel, 100, 180)
    greys = [grey_of(tile) for tile in panel.strip._tiles]
    assert greys == list(range(100, 181, 10))
    place = panel.strip.cell_rect(STRIP_STEPS - 1).center()
    qtbot.mouseClick(panel.strip, Qt.MouseButton.LeftButton, pos=place)
    assert panel.slider.value() == 100


def test_the_path_is_told_to_the_map(qtbot: QtBot, panel: InterpolationPanel) -> None:
    with qtbot.waitSignal(panel.path_changed, check_params_cb=lambda line, here: here is not None):
        choose(panel, 0, 10)
    with qtbot.waitSignal(panel.path_changed) as changed:
        panel.slider.setValue(100)
    line, here = changed.args
    assert line[0].tolist() == [0, 0]
    assert line[-1].tolist() == [10, 0]
    assert here.tolist() == [10, 0]


def test_an_end_that_is_a_sample_follows_the_encoder(
    panel: InterpolationPanel, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = np.full((1, 1, 4, 4), 40, np.uint8)
    panel.choose(Anchor("sample", sample=sample))
    panel.choose(Anchor("place", code=np.array([60, 0], np.float32)))
    assert grey_of(panel.strip._tiles[0]) == 40
    monkeypatch.setattr(model, "encode", lambda x: np.array([[20.0, 0.0]], np.float32))
    panel.refresh()
    assert grey_of(panel.strip._tiles[0]) == 20
    assert grey_of(panel.strip._tiles[-1]) == 60


def test_the_arc_is_for_variational_models_only(
    panel: InterpolationPanel, model: FakeModel
) -> None:
    assert panel.method.isEnabled()
    panel.choose(Anchor("a", code=np.array([100, 0], np.float32)))
    panel.choose(Anchor("b", code=np.array([0, 100], np.float32)))
    assert grey_of(panel.here.tile) == 50
    panel.method.setCurrentIndex(1)
    assert panel.path.method == "slerp"
    assert grey_of(panel.here.tile) == 71
    model.is_generative = False
    panel.refresh()
    assert not panel.method.isEnabled()
    assert panel.path.method == "linear"
    assert "variational" in panel.method.toolTip()


def test_nothing_to_decode_is_explained(panel: InterpolationPanel) -> None:
    choose(panel, 1, 2)
    panel.set_no_decoding("not kept")
    assert not panel.slider.isEnabled()
    assert panel.caption == "not kept"
    panel.set_no_decoding("")
    assert panel.slider.isEnabled()


def test_strip_and_film_are_saved(qtbot: QtBot, panel: InterpolationPanel, tmp_path: Path) -> None:
    choose(panel, 0, 255)
    with qtbot.waitSignal(panel.saved) as saved:
        panel.save_strip(tmp_path / "strip.png")
    assert saved.args == [tmp_path / "strip.png"]
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.width > 5 * strip.height
        assert strip.convert("L").getpixel((0, 0)) == 0
        assert strip.convert("L").getpixel((strip.width - 1, 0)) == 255
    with qtbot.waitSignal(panel.saved):
        panel.save_animation(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames > STRIP_STEPS


def test_a_place_that_cannot_be_written_is_told(
    qtbot: QtBot, panel: InterpolationPanel, tmp_path: Path
) -> None:
    choose(panel, 0, 255)
    with qtbot.waitSignal(panel.failed) as failed:
        panel.save_strip(tmp_path / "missing" / "strip.png")
    assert isinstance(failed.args[0], OutputError)
