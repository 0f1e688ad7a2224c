"""What is thrown away can be brought back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aestudio.errors import RunError
from aestudio.runs import trash
from aestudio.runs.folder import RunFolder
from aestudio.runs.trash import move_to_trash
from tests.runs.hand_made import make_run

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="freedesktop.org trash")


@pytest.fixture
def data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@linux
def test_a_run_goes_to_the_trash_of_the_desktop(tmp_path: Path, data_home: Path) -> None:
    run = make_run(tmp_path / "my run ü")
    place = run.move_to_trash()
    assert place == data_home / "Trash/files/my run ü"
    assert not run.path.exists()
    assert RunFolder.open(place).info == run.info
    head, path, date = (data_home / "Trash/info/my run ü.trashinfo").read_text().splitlines()
    assert head == "[Trash Info]"
    assert path == f"Path={tmp_path}/my%20run%20%C3%BC"
    assert date.startswith("DeletionDate=20")
    with pytest.raises(RunError):
        RunFolder.open(run.path)


@linux
def test_equal_names_do_not_collide(tmp_path: Path, data_home: Path) -> None:
    places = []
    for _ in range(3):
        (tmp_path / "run").mkdir()
        places.append(move_to_trash(tmp_path / "run").name)
    assert places == ["run", "run.2", "run.3"]
    assert sorted(os.listdir(data_home / "Trash/info")) == [
        "run.2.trashinfo",
        "run.3.trashinfo",
        "run.trashinfo",
    ]


@linux
def test_another_file_system_has_a_trash_of_its_own(
    tmp_path: Path, data_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_home.mkdir()
    (data_home / "Trash").symlink_to(tmp_path)
    monkeypatch.setattr(trash, "_top_folder", lambda path: tmp_path)
    (tmp_path / "folder" / "run").mkdir(parents=True)
    place = move_to_trash(tmp_path / "folder" / "run")
    top = tmp_path / f".Trash-{os.getuid()}"
    assert place == top / "files/run"
    assert "Path=folder/run\n" in (top / "info/run.trashinfo").read_text()


@linux
def test_a_move_that_fails_leaves_no_note_behind(
    tmp_path: Path, data_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "_top_folder", lambda path: tmp_path)
    (tmp_path / "run").mkdir()
    rename = os.rename

    def refuse(source: Path, target: Path) -> None:
        if target.parent.name == "files":
            raise OSError(18, "Invalid cross-device link")
        rename(source, target)

    monkeypatch.setattr(trash.atomic.os, "rename", refuse)
    assert move_to_trash(tmp_path / "run") == tmp_path / ".trash/run"
    assert os.listdir(data_home / "Trash/info") == []


def test_elsewhere_a_folder_beside_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash.sys, "platform", "win32")
    for expected in ("run", "run.2"):
        (tmp_path / "run").mkdir()
        assert move_to_trash(tmp_path / "run") == tmp_path / ".trash" / expected


@linux
def test_the_top_of_the_file_system_is_found() -> None:
    top = trash._top_folder(Path("/proc/self"))
    assert top == Path("/proc")
