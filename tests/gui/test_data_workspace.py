"""Reading data, and the sheet that shows what it was taken for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.options import DataOptions
from aestudio.gui.background import Background
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.findings_list import FindingsList
from aestudio.gui.widgets.data.label_counts import LabelCounts
from aestudio.gui.workspaces.data import DataWorkspace
from aestudio.gui.workspaces.sample_drawing import profiles_of
from aestudio.gui.workspaces.sample_tiles import SampleTiles
from aestudio.gui.workspaces.sheet_content import SheetContent, describe
from tests.gui.conftest import PATIENCE_MS


def images(num: int = 10, channels: int = 1, dtype: str = "uint8") -> Dataset:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 255, (num, channels, 6, 4)).astype(dtype)
    return Dataset(
        name="tiny",
        kind=Kind.IMAGES,
        x=x,
        source="/tiny",
        labels=np.arange(num) % 3 - 1,
        label_names=("a", "b"),
        findings=(Finding(Severity.WARNING, "Something odd.", "Look again."),),
    )


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_pictures_are_ready_to_draw(channels: int, dtype: str) -> None:
    content = describe(images(channels=channels, dtype=dtype))
    assert isinstance(content.samples, SampleTiles)
    pictures = content.samples.pictures(range(10), 72)
    assert pictures.shape == (10, 6, 4, 3)
    assert pictures.dtype == np.uint8
    # Large pictures are thinned out to what can be seen.
    assert content.samples.pictures([3], 3).shape == (1, 3, 2, 3)


def test_images_are_described_in_words() -> None:
    content = describe(images(channels=3), "NumPy array")
    assert content.taken_for == "10 images of 4 \N{MULTIPLICATION SIGN} 6 pixels, colour"
    assert dict(content.facts)["Format"] == "NumPy array"
    assert dict(content.facts)["Stored as"] == "8-bit whole numbers"
    assert content.label_counts == (("a", 3), ("b", 3), ("no label", 4))
    assert isinstance(content.samples, SampleTiles)
    assert [content.samples.caption(row) for row in range(3)] == ["no label", "a", "b"]


def test_a_series_of_many_values_says_how_many_are_drawn() -> None:
    x = np.zeros((3, 20, 6))
    content = describe(Dataset(name="s", kind=Kind.SEQUENCES, x=x, source="/s"))
    assert dict(content.facts)["Small pictures"] == "the first 3 of 6 values"
    content = describe(Dataset(name="s", kind=Kind.SEQUENCES, x=x[..., :3], source="/s"))
    assert "Small pictures" not in dict(content.facts)


def test_captions_leave_out_what_all_names_begin_with() -> None:
    x = np.zeros((3, 1, 4, 4), np.uint8)
    names = ("cell_0007.jpg", "cell_0012.jpg", "cell_0130.jpg")
    named = Dataset(name="n", kind=Kind.IMAGES, x=x, source="/n", sample_names=names)
    tiles = describe(named).samples
    assert isinstance(tiles, SampleTiles)
    assert [tiles.caption(row) for row in range(3)] == ["007", "012", "130"]


def test_a_table_with_gaps_and_constants_is_drawn_as_lines() -> None:
    x = np.array([[1.0, 5.0, np.nan], [3.0, 5.0, np.inf], [2.0, 5.0, 1.0]])
    table = Dataset(name="t", kind=Kind.TABLE, x=x, source="/t")
    content = describe(table)
    assert content.taken_for == "A table of 3 rows with 3 numbers each"
    lines = profiles_of(table, np.arange(3))
    np.testing.assert_allclose(lines[:, 0], [0, 1, 0.5])
    np.testing.assert_allclose(lines[:, 1], 0)
    assert np.isnan(lines[0, 2])


def test_images_without_one_finite_number_are_survived() -> None:
    x = np.full((2, 1, 4, 4), np.nan, np.float32)
    content = describe(Dataset(name="n", kind=Kind.IMAGES, x=x, source="/n"))
    assert isinstance(content.samples, SampleTiles)
    assert content.samples.pictures([0, 1], 72).shape == (2, 4, 4, 3)


def test_labels_are_written_in_full_where_there_is_room(qtbot: QtBot, theme: Theme) -> None:
    def first_name(*names: str) -> QImage:
        counts = LabelCounts(theme)
        qtbot.addWidget(counts)
        counts.resize(300, 60)
        counts.set_counts(tuple((name, 30) for name in names))
        return counts.grab(QRect(0, 0, 72, 20)).toImage()

    # Beside a longer name there is room to spare.
    assert first_name("Wednesday") == first_name("Wednesday", "Wednesdays, and more")


def test_findings_are_said_one_by_one(qtbot: QtBot, theme: Theme) -> None:
    found = FindingsList(theme)
    qtbot.addWidget(found)
    found.set_findings(())
    assert found.texts == ["Nothing odd was found."]
    found.set_findings(images().findings)
    assert found.texts[-2:] == ["Something odd.", "Look again."]


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme, background: Background) -> DataWorkspace:
    workspace = DataWorkspace(theme, background)
    qtbot.addWidget(workspace)
    workspace.resize(1200, 660)
    workspace.show()
    return workspace


def test_data_is_read_behind_the_window_and_its_sheet_shown(
    qtbot: QtBot, workspace: DataWorkspace, tmp_path: Path
) -> None:
    path = tmp_path / "faces.npy"
    np.save(path, images().x)
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000) as ready:
        workspace.open_source(str(path))
        assert workspace.is_reading
    content, options = ready.args
    assert content.dataset.num_samples == 10
    assert options.source == str(path)
    assert not workspace.is_reading
    assert workspace.shows_sheet
    assert workspace.sheet.taken_for == f"{content.taken_for}."


def test_the_guess_can_be_corrected(qtbot: QtBot, workspace: DataWorkspace, tmp_path: Path) -> None:
    path = tmp_path / "faces.npy"
    np.save(path, images().x)
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000):
        workspace.open_source(str(path))
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000) as ready:
        workspace.sheet.read_requested.emit(DataOptions(source=str(path), image_size=8))
    content, options = ready.args
    assert content.dataset.shape == (1, 8, 8)
    assert options.image_size == 8
    assert workspace.sheet.form.row("data.image_size").editor.value() == 8


def test_what_cannot_be_read_is_said_and_the_window_stays(
    qtbot: QtBot, workspace: DataWorkspace, tmp_path: Path
) -> None:
    path = tmp_path / "broken.npy"
    path.write_bytes(b"\x93NUMPY but not really")
    with qtbot.waitSignal(workspace.failed, timeout=20_000) as failed:
        workspace.open_source(str(path))
    (error,) = failed.args
    assert "broken.npy" in error.subject
    assert error.next_step
    assert not workspace.is_reading
    assert not workspace.shows_sheet


def test_reading_can_be_cancelled(qtbot: QtBot, workspace: DataWorkspace) -> None:
    with qtbot.assertNotEmitted(workspace.data_ready, wait=300):
        workspace.open_source("digits")
        with qtbot.waitSignal(workspace.reading_changed) as changed:
            workspace.cancel()
        assert changed.args == [False]


def test_the_samples_appear_as_cards(qtbot: QtBot, workspace: DataWorkspace) -> None:
    with qtbot.waitSignal(workspace.samples_shown, timeout=30_000):
        workspace.load_samples()
    cards = workspace.start_page.samples.cards
    assert list(cards) == ["digits", "patches", "shapes", "breast-cancer", "number-words"]
    assert all(card.thumbnails.num_tiles == 16 for card in cards.values())
    with qtbot.waitSignal(workspace.learn_requested) as learn:
        cards["digits"].learn.click()
    assert learn.args == ["digits"]
    workspace.start_page.samples.set_learn_enabled(False, "still loading")
    assert not cards["digits"].learn.isEnabled()
    assert cards["digits"].learn.toolTip() == "still loading"


def test_recent_entries_open_again(qtbot: QtBot, workspace: DataWorkspace) -> None:
    recent = workspace.start_page.recent_data
    recent.set_entries([(f"/data/{n}", f"R&D {n}") for n in range(9)])
    assert len(recent.buttons) == 4
    assert recent.buttons[0].text() == "R&&D 0"
    with qtbot.waitSignal(workspace.source_chosen) as chosen:
        recent.buttons[2].click()
    assert chosen.args == ["/data/2"]


def test_what_a_finding_proposes_is_one_click(
    qtbot: QtBot, workspace: DataWorkspace, tmp_path: Path
) -> None:
    path = tmp_path / "twice.csv"
    x = np.random.default_rng(3).normal(size=(80, 3))
    x[41, 1] = 900
    np.savetxt(path, np.concatenate([x, x[:8]]), delimiter=",", header="a,b,c", comments="")
    with qtbot.waitSignal(workspace.data_ready, timeout=20_000):
        workspace.open_source(str(path))

    def shown(title: str) -> list[QPushButton]:
        buttons = workspace.sheet.findings.findChildren(QPushButton)
        return [one for one in buttons if one.isVisible() and one.text() == title]

    def choose(title: str) -> tuple[SheetContent, DataOptions]:
        # A new button is drawn once the window has had time for it.
        qtbot.waitUntil(lambda: len(shown(title)) == 1)
        (button,) = shown(title)
        with qtbot.waitSignal(workspace.data_ready, timeout=20_000) as ready:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        content, options = ready.args
        return content, options

    content, options = choose("Take each once")
    assert options.duplicates == "drop"
    assert content.dataset.num_samples == 80
    content, options = choose("Leave the row out")
    assert (options.duplicates, options.exclude) == ("drop", "41")
    assert content.dataset.num_samples == 79
    # The setting is there to be taken back.
    assert not workspace.sheet.form.row("data.exclude").isHidden()


@pytest.mark.parametrize("count", [1, 3])
def test_files_are_chosen_in_a_dialog(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    paths = [tmp_path / f"{index}.npy" for index in range(count)]
    for path in paths:
        np.save(path, np.zeros((60, 5, 6), np.uint8))
    chosen = [str(path) for path in paths]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        window.commands.action("open_file").trigger()
    assert read.args is not None
    content, options = read.args
    assert content.dataset.num_samples == 60 * count
    assert options.source == "\n".join(chosen)
