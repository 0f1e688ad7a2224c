"""Painting on a sample, as hand and keyboard do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset
from aestudio.data.reading import read
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.results.paint_page import PaintPage
from aestudio.gui.workspaces.looking import Look
from aestudio.gui.workspaces.run_opening import open_finished
from aestudio.workflows.models.painting import repair, samples_to_paint
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_accessibility import cut_buttons, cut_labels, unnamed
from tests.workflows.conftest import digits_run, train

__all__ = ["digits_run"]

Open = Callable[[Path], PaintPage]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def denoising_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train("digits", tmp_path_factory.mktemp("runs") / "denoising", "denoising")


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return read("digits")


@pytest.fixture
def open_page(qtbot: QtBot, theme: Theme, digits: Dataset) -> Iterator[Open]:
    """Show the page for a run on the digits, once the first sample is restored."""
    pages = []

    def open_one(run: Path) -> PaintPage:
        page = PaintPage(theme)
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(920, 560)
        offer(page, run, digits)
        assert page.sentence == ""
        with qtbot.waitSignal(page.restored_shown):
            page.show()
        return page

    yield open_one
    for page in pages:
        page.stop()


def offer(page: PaintPage, run: Path, dataset: Dataset) -> None:
    subject = open_finished(run).subject
    samples = samples_to_paint(subject.model, dataset)
    assert samples is not None
    look = Look(subject=subject, findings=(), paintable=samples)
    page.show_samples(subject, samples, look.paintable_names)


def on_widget(page: PaintPage, x: float, y: float) -> QPoint:
    """Where a place on the sample is on the canvas."""
    place = page.painted.picture_rect()
    scale = place.width() / 8
    return QPoint(round(place.left() + x * scale), round(place.top() + y * scale))


def paint(page: PaintPage, *places: tuple[float, float]) -> None:
    """One stroke of the mouse through these places."""
    canvas = page.painted
    QTest.mousePress(canvas, LEFT, pos=on_widget(page, *places[0]))
    for place in places[1:]:
        QTest.mouseMove(canvas, on_widget(page, *place))
    QTest.mouseRelease(canvas, LEFT, pos=on_widget(page, *places[-1]))


def grey(view: QWidget) -> np.ndarray:
    """What is shown of a sample, (H, W) from 0 to 255."""
    image = view.tile
    assert isinstance(image, QImage)
    return np.array(
        [[image.pixelColor(x, y).red() for x in range(8)] for y in range(8)], dtype=float
    )


def painted(page: PaintPage) -> np.ndarray:
    assert page.canvas is not None
    return page.canvas.painted


def clean(page: PaintPage) -> np.ndarray:
    assert page.canvas is not None
    return page.canvas.clean


def test_it_begins_with_the_clean_sample(open_page: Open, denoising_run: Path) -> None:
    page = open_page(denoising_run)
    np.testing.assert_array_equal(grey(page.clean), grey(page.painted))
    np.testing.assert_allclose(grey(page.clean), clean(page)[0], atol=0.5)
    assert page.sentence.startswith("Nothing is painted yet.")
    assert not page.bar.undo.isEnabled()
    assert not page.bar.clear.isEnabled()


def test_a_stroke_is_restored_with_the_errors_beside_it(
    qtbot: QtBot, open_page: Open, denoising_run: Path
) -> None:
    page = open_page(denoising_run)
    page.bar.choose("light")
    page.bar.size_edit.setValue(1)
    with qtbot.waitSignal(page.restored_shown):
        paint(page, (1.5, 2.5), (6.5, 2.5))
    expected = clean(page).copy()
    expected[0, 2, 1:7] = 255
    np.testing.assert_allclose(painted(page), expected, rtol=1e-6)
    assert (grey(page.painted)[2, 1:7] == 255).all()
    result = repair(open_finished(denoising_run).model, clean(page), painted(page))
    qtbot.waitUntil(lambda: page.sentence == result.sentence)
    shown = np.clip(result.restored[0], 0, 255)
    np.testing.assert_allclose(grey(page.restored), shown, atol=0.51)


def test_it_is_restored_while_the_brush_is_still_down(
    qtbot: QtBot, open_page: Open, denoising_run: Path
) -> None:
    page = open_page(denoising_run)
    page.bar.choose("light")
    with qtbot.waitSignal(page.restored_shown):
        QTest.mousePress(page.painted, LEFT, pos=on_widget(page, 3.5, 0.5))
    first = page.sentence
    with qtbot.waitSignal(page.restored_shown):
        QTest.mouseMove(page.painted, on_widget(page, 3.5, 7.5))
    assert page.sentence not in ("", first)
    QTest.mouseRelease(page.painted, LEFT, pos=on_widget(page, 3.5, 7.5))
    # The mouse goes on without a button: nothing is painted.
    before = painted(page)
    QTest.mouseMove(page.painted, on_widget(page, 0.5, 0.5))
    np.testing.assert_array_equal(painted(page), before)


def test_strokes_are_taken_back_one_by_one_or_all_at_once(
    open_page: Open, denoising_run: Path
) -> None:
    page = open_page(denoising_run)
    page.bar.choose("noise")
    paint(page, (1.5, 1.5), (6.5, 1.5))
    first = painted(page)
    paint(page, (1.5, 5.5), (6.5, 5.5))
    assert page.bar.undo.isEnabled()
    page.bar.undo.click()
    np.testing.assert_array_equal(painted(page), first)
    page.bar.clear.click()
    np.testing.assert_array_equal(painted(page), clean(page))
    assert not page.bar.clear.isEnabled()
    page.activateWindow()
    page.painted.setFocus()
    QTest.keyClick(page.painted, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_array_equal(painted(page), first)


def test_the_keyboard_paints_too(qtbot: QtBot, open_page: Open, denoising_run: Path) -> None:
    page = open_page(denoising_run)
    page.bar.choose("light")
    page.bar.size_edit.setValue(1)
    canvas = page.painted
    page.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    assert canvas.brush == (4.5, 4.5)
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.brush == (0.5, 3.5), "it stays on the picture"
    np.testing.assert_array_equal(painted(page), clean(page))
    # Space held down draws a line, and let go ends it.
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    expected = clean(page).copy()
    expected[0, 3, 0:4] = 255
    np.testing.assert_allclose(painted(page), expected, rtol=1e-6)
    page.bar.undo.click()
    np.testing.assert_array_equal(painted(page), clean(page))


def test_another_sample_is_one_click_away(
    qtbot: QtBot, open_page: Open, denoising_run: Path, digits: Dataset
) -> None:
    page = open_page(denoising_run)
    samples = samples_to_paint(open_finished(denoising_run).model, digits)
    assert samples is not None
    chooser = page.chooser
    assert not chooser.previous.isEnabled()
    assert chooser.previous.toolTip() == "This is the first."
    with qtbot.waitSignal(page.restored_shown):
        chooser.next.click()
    np.testing.assert_array_equal(clean(page), samples.x[1])
    paint(page, (1.5, 1.5), (6.5, 6.5))
    last = len(samples.rows) - 1
    with qtbot.waitSignal(page.restored_shown):
        QTest.mouseClick(chooser.strip, LEFT, pos=chooser.strip.cell_rect(last).center())
    np.testing.assert_array_equal(painted(page), samples.x[last])
    assert chooser.place == last
    assert not chooser.next.isEnabled()
    with qtbot.waitSignal(page.restored_shown):
        chooser.previous.click()
    np.testing.assert_array_equal(painted(page), samples.x[last - 1])


def test_what_was_asked_for_another_sample_is_not_shown(
    qtbot: QtBot, open_page: Open, denoising_run: Path
) -> None:
    page = open_page(denoising_run)
    page.bar.choose("light")
    with qtbot.waitSignal(page.restored_shown):
        paint(page, (0.5, 0.5), (7.5, 7.5))
        page.chooser.next.click()
        assert page.sentence == ""
        assert page.restored.tile is None
    assert page.sentence.startswith("Nothing is painted yet.")


def test_the_damage_of_the_training_is_one_click_away(open_page: Open, denoising_run: Path) -> None:
    page = open_page(denoising_run)
    assert "Gaussian noise, strength 0.5" in page.bar.damage.toolTip()
    paint(page, (1.5, 1.5), (6.5, 1.5))
    page.bar.damage.click()
    first = painted(page)
    assert (first != clean(page)).all(), "noise is everywhere"
    page.bar.damage.click()
    assert (painted(page) != first).all(), "and another one each time"
    page.bar.undo.click()
    np.testing.assert_array_equal(painted(page), first)


def test_a_model_of_another_type_can_be_painted_on_but_knows_no_damage(
    open_page: Open, digits_run: Path
) -> None:
    page = open_page(digits_run)
    assert not page.bar.damage.isEnabled()
    assert "denoising" in page.bar.damage.toolTip()
    paint(page, (1.5, 1.5), (6.5, 6.5))
    assert (painted(page) != clean(page)).any()


def test_only_noise_has_a_strength(open_page: Open, denoising_run: Path) -> None:
    page = open_page(denoising_run)
    assert not page.bar.strength.isEnabled()
    page.bar.choose("noise")
    page.bar.strength.setValue(10)
    assert page.bar.strength.isEnabled()
    assert (page.bar.brush.name, page.bar.brush.strength) == ("noise", 0.1)
    assert page.bar.size_edit.maximum() == 8, "no wider than the picture"


def test_what_is_painted_stays_until_there_are_other_samples(
    open_page: Open, denoising_run: Path, digits_run: Path, digits: Dataset
) -> None:
    page = open_page(denoising_run)
    paint(page, (1.5, 1.5), (6.5, 6.5))
    before = painted(page)
    offer(page, denoising_run, digits)
    np.testing.assert_array_equal(painted(page), before)
    offer(page, digits_run, digits)
    np.testing.assert_array_equal(painted(page), clean(page))


def test_every_control_has_a_name(open_page: Open, denoising_run: Path) -> None:
    page = open_page(denoising_run)
    assert unnamed(page) == []
    assert "Space paints" in page.painted.accessibleDescription()


def test_the_brush_is_seen_in_both_themes(
    open_page: Open, denoising_run: Path, theme: Theme
) -> None:
    page = open_page(denoising_run)
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        without = page.painted.grab().toImage()
        QTest.mouseMove(page.painted, on_widget(page, 4.5, 4.5))
        assert page.painted.grab().toImage() != without
        QTest.mouseMove(page.painted, on_widget(page, 0.5, 0.5))


def test_nothing_is_cut_in_the_window(
    qtbot: QtBot, full_window: MainWindow, denoising_run: Path
) -> None:
    window = full_window
    window.resize(1280, 720)
    window.show_run(denoising_run)
    qtbot.waitUntil(lambda: window.train.subject is not None, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.insights.found, timeout=PATIENCE_MS):
        window.show_workspace("insights")
    with qtbot.waitSignal(window.insights.painting.restored_shown):
        window.insights.select("painting")
    assert window.insights.painting.isVisible()
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    assert cut_buttons(window) == []
    assert cut_labels(window) == []
    window.close()
