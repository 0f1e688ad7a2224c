"""What may be dropped, and what it is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from aestudio.data.reading import read
from aestudio.errors import DataError
from aestudio.gui.drops import OpenedAs, classify, read_drop


def dropped(*urls: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    return mime


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/data.npy",
        "http://example.org/data.npy",
        "ftp://example.org/x",
        "data:text/plain,hello",
        "file://server/share/data.npy",
    ],
)
def test_nothing_is_fetched_from_a_network(url: str) -> None:
    with pytest.raises(DataError, match="only files on this computer") as caught:
        read_drop(dropped(url))
    assert caught.value.next_step


def test_text_is_refused() -> None:
    mime = QMimeData()
    mime.setText("/etc/passwd")
    with pytest.raises(DataError, match="text cannot be opened"):
        read_drop(mime)


def test_several_files_are_opened_together(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.touch()
    opened = read_drop(dropped(*(QUrl.fromLocalFile(str(path)).toString() for path in paths)))
    assert (opened.kind, [opened.path, *opened.others]) == (OpenedAs.DATA, paths)


def test_a_run_among_several_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    (tmp_path / "a.npy").touch()
    urls = [QUrl.fromLocalFile(str(tmp_path / name)).toString() for name in ("a.npy", "run")]
    with pytest.raises(DataError, match="this is a run") as caught:
        read_drop(dropped(*urls))
    assert caught.value.next_step


def test_too_many_files_at_once_are_refused_with_a_way_out(tmp_path: Path) -> None:
    urls = [
        QUrl.fromLocalFile(str(tmp_path / f"{number}.png")).toString() for number in range(1001)
    ]
    with pytest.raises(DataError, match="1,001 things") as caught:
        read_drop(dropped(*urls))
    assert "folder" in caught.value.next_step


@pytest.mark.parametrize("name", ["model.pt", "model.PTH", "data.pkl", "data.dill"])
def test_formats_that_run_code_are_refused_before_they_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    with pytest.raises(DataError, match="run code") as caught:
        classify(path)
    assert ".npy" in caught.value.next_step


@pytest.mark.parametrize("name", ["net.keras", "net.onnx", "data.feather"])
def test_what_reading_would_refuse_is_refused_in_the_same_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"anything")
    with pytest.raises(DataError) as at_once:
        classify(path)
    with pytest.raises(DataError) as later:
        read(path)
    assert str(at_once.value) == str(later.value)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        classify(tmp_path / "nothing")


def test_a_path_is_taken_for_what_it_is(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    recipe = tmp_path / "experiment.toml"
    recipe.write_text("")
    folder = tmp_path / "pictures with spaces & ümlaut"
    folder.mkdir()
    assert classify(run).kind == OpenedAs.RUN
    assert classify(run / "run.json").path == run
    assert classify(recipe).kind == OpenedAs.EXPERIMENT
    opened = read_drop(dropped(QUrl.fromLocalFile(str(folder)).toString()))
    assert opened.kind == OpenedAs.DATA
    assert opened.path == folder
