"""Folders that hold several unrelated data sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import DataError, SeveralDatasetsError
from aestudio.workflows.datasets import inspection
from aestudio.workflows.datasets.collection import Collection, survey
from aestudio.workflows.datasets.inspection import DataReport
from tests.data.making import npy_bytes, save_picture

X = np.random.default_rng(0).normal(size=(60, 4))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four data sets, one of them damaged, and a file that is none."""
    with_gap = X.copy()
    with_gap[3, 2] = np.nan
    np.savez(tmp_path / "a.npz", X=with_gap, y=np.arange(60) % 3)
    (tmp_path / "b.npy").write_bytes((content := npy_bytes(X[:, :2]))[: len(content) // 2])
    (tmp_path / "c").mkdir()
    np.save(tmp_path / "c" / "d.npy", X[:, :3])
    (tmp_path / "names.txt").write_text("\n".join(f"name {row}" for row in range(60)))
    (tmp_path / "notes.json").write_text("{}")
    return tmp_path


def collection_of(folder: Path) -> Collection:
    found = survey(folder)
    assert isinstance(found, Collection)
    return found


def test_each_data_set_is_told_of(folder: Path) -> None:
    found = collection_of(folder)
    a, b, d, names = found.entries
    assert (a.name, a.kind, a.shape, a.num_samples) == ("a.npz", "table", (4,), 60)
    assert a.labels == ("0", "1", "2")
    assert a.missing_share == pytest.approx(1 / 240)
    assert b.problem is not None
    assert (d.name, d.shape) == (str(Path("c", "d.npy")), (3,))
    assert (names.kind, names.num_samples) == ("tokens", 60)
    (note,) = found.findings
    assert "notes.json" in note.text


def test_the_same_is_printed_for_programs_and_people(folder: Path) -> None:
    found = collection_of(folder)
    values = found.to_json()
    assert (values["kind"], values["num_entries"]) == ("collection", 4)
    a, b, *_ = values["entries"]
    assert (a["shape"], a["num_samples"], a["labels"]) == ([4], 60, ["0", "1", "2"])
    assert a["num_findings"] == len(a["findings"]) > 0
    assert a["error"] is None
    assert b["error"]["reason"]
    assert b["error"]["next_step"]
    heading, first, second, *_ = found.lines()
    assert "4 data sets" in heading
    assert "table, 60 samples of 4, 3 labels, 0.417 % missing" in first
    assert "cannot be read" in second


def test_an_entry_says_what_its_file_alone_does(folder: Path) -> None:
    entry = collection_of(folder).entries[0]
    alone = inspection.inspect(entry.source).to_json()
    values = entry.to_json()
    for key in ("kind", "shape", "num_samples", "labels", "missing_share", "findings"):
        assert values[key] == alone[key], key


def test_what_is_one_data_set_is_reported_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[object] = []
    read_once = inspection.read
    monkeypatch.setattr(
        inspection, "read", lambda *given, **how: (reads.append(given), read_once(*given, **how))[1]
    )
    for index in range(3):
        save_picture(tmp_path / f"{index}.png")
    assert isinstance(survey(tmp_path), DataReport)
    assert len(reads) == 1


@pytest.mark.parametrize("make", ["nothing", "damaged", "missing"])
def test_what_holds_no_data_set_is_refused_as_before(tmp_path: Path, make: str) -> None:
    source = tmp_path / "sets"
    if make != "missing":
        source.mkdir()
    if make == "damaged":
        for name in ("a.npy", "b.npy"):
            (source / name).write_bytes(npy_bytes(X)[:300])
    with pytest.raises(DataError) as plain:
        read(source)
    with pytest.raises(DataError) as surveyed:
        survey(source)
    assert str(surveyed.value) == str(plain.value)


def test_a_part_for_testing_is_no_entry_of_its_own(tmp_path: Path) -> None:
    head = "@problemName walks\n@classLabel true up down\n@data\n"
    for part, length in (("TRAIN", 4), ("TEST", 5)):
        values = ",".join("1" * length)
        rows = "\n".join(f"{values}:{'up' if row % 2 else 'down'}" for row in range(60))
        (tmp_path / f"walks_{part}.ts").write_text(head + rows)
    np.save(tmp_path / "x.npy", X)
    walks, _ = collection_of(tmp_path).entries
    assert (walks.name, walks.num_samples, walks.num_test_samples) == ("walks_TRAIN.ts", 60, 60)
    with pytest.raises(SeveralDatasetsError) as refused:
        read(tmp_path)
    assert [Path(path).name for path in refused.value.choices] == ["walks_TRAIN.ts", "x.npy"]


def test_progress_is_told_and_a_cancel_is_heard(folder: Path) -> None:
    steps: list[tuple[int, int]] = []
    survey(folder, progress=lambda done, total: steps.append((done, total)))
    assert steps[-4:] == [(1, 4), (2, 4), (3, 4), (4, 4)]

    def after(number: int) -> Callable[[], bool]:
        asked = iter(range(10**9))
        return lambda: next(asked) >= number

    for number in (0, 8, 12, 16):
        with pytest.raises(ReadingCancelled):
            survey(folder, is_cancelled=after(number))


def test_options_hold_for_every_entry(folder: Path) -> None:
    found = survey(folder, DataOptions(source=str(folder), kind="sequences"))
    assert isinstance(found, Collection)
    assert found.entries[0].kind == found.entries[2].kind == "sequences"


def test_the_rest_of_a_folder_is_not_read_once_two_files_differ(tmp_path: Path) -> None:
    for name, width in (("a", 4), ("b", 3)):
        np.save(tmp_path / f"{name}.npy", X[:, :width])
    (tmp_path / "c.npy").write_bytes(npy_bytes(X)[:300])
    with pytest.raises(
        SeveralDatasetsError, match=r"a\.npy \(table, 60 of 4\), b\.npy \(.*\) and 1 more"
    ) as refused:
        read(tmp_path)
    assert "a.npy, b.npy, c.npy" in refused.value.next_step
