"""All runs of a folder, newest first, without opening them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from aestudio.errors import OutputError, RunError
from aestudio.runs import location
from aestudio.runs.listing import list_runs
from aestudio.runs.location import claim_run_folder, default_runs_folder, slug
from tests.runs.hand_made import make_run, train


def test_the_default_folder_may_not_exist_yet() -> None:
    assert list_runs() == []


def test_a_named_folder_has_to_exist(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such folder"):
        list_runs(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be listed"):
        list_runs(tmp_path / "file")


def test_runs_are_listed_newest_first_and_other_things_are_not(tmp_path: Path) -> None:
    for number, name in enumerate(("b", "a", "c")):
        make_run(tmp_path / name)
        values = json.loads((tmp_path / name / "run.json").read_text())
        values["created_at"] = f"2026-01-0{number + 1}T00:00:00+00:00"
        (tmp_path / name / "run.json").write_text(json.dumps(values))
    (tmp_path / "no run").mkdir()
    (tmp_path / ".trash").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert [summary.name for summary in list_runs(tmp_path)] == ["c", "a", "b"]


def test_a_damaged_run_is_listed_with_its_problem(tmp_path: Path) -> None:
    train(tmp_path / "good", 1)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text("{")
    good, bad = list_runs(tmp_path)
    assert good.info is not None
    assert good.info.progress.epoch == 1
    assert good.status == "completed"
    assert good.problem == ""
    assert bad.info is None
    assert "damaged" in bad.problem


def test_the_default_folder_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, isolated_home: Path
) -> None:
    monkeypatch.setenv("AESTUDIO_RUNS", "~/here")
    assert default_runs_folder() == isolated_home / "here"
    monkeypatch.delenv("AESTUDIO_RUNS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert default_runs_folder() == tmp_path / "aestudio" / "runs"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("MNIST variational", "mnist-variational"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con"),
        ("Ärger\0\n", "rger"),
        ("数字", "run"),
        ("x" * 300, "x" * 48),
    ],
)
def test_a_title_becomes_a_name_for_every_file_system(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_names_that_are_taken_are_counted_on(tmp_path: Path) -> None:
    from datetime import datetime

    now = datetime(2026, 1, 2, 3, 4, 5)
    names = [claim_run_folder("a b", tmp_path, now).name for _ in range(3)]
    assert names == [
        "a-b-2026-01-02-030405",
        "a-b-2026-01-02-030405-2",
        "a-b-2026-01-02-030405-3",
    ]


def test_a_place_that_cannot_be_written_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        claim_run_folder("a", tmp_path / "file")
    made = location.atomic.make_folder

    def refuse(path: Path, **options: bool) -> None:
        if path != tmp_path:
            raise OutputError("writing here is not permitted.", subject=path)
        made(path, **options)

    monkeypatch.setattr(location.atomic, "make_folder", refuse)
    with pytest.raises(OutputError, match="not permitted"):
        claim_run_folder("a", tmp_path)
    monkeypatch.setattr(location.os.path, "lexists", lambda path: True)
    with pytest.raises(OutputError, match="a thousand runs"):
        claim_run_folder("a", tmp_path)
