"""Names stay inside the run folder, and only plain files are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aestudio.errors import RunError
from aestudio.runs.reading import inside, read_file


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "", "a\\b", "nul\0", "..", "a/.."]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="does not stay inside"):
        inside(tmp_path, name)
    with pytest.raises(RunError, match="does not stay inside"):
        read_file(tmp_path, name, most_bytes=10)


def test_a_linked_folder_on_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(RunError, match="symbolic link"):
        read_file(tmp_path, "link/file", most_bytes=10)
    assert read_file(tmp_path, "real/file", most_bytes=10) == b"x"


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(RunError, match="not a plain file"):
        read_file(tmp_path, "file", most_bytes=10)


def test_the_largest_size_is_a_limit_to_both_sides(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    assert read_file(tmp_path, "file", most_bytes=4) == b"1234"
    with pytest.raises(RunError, match="larger"):
        read_file(tmp_path, "file", most_bytes=3)


def test_what_the_system_refuses_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"1234")

    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", refuse)
        with pytest.raises(RunError, match="cannot be read: Permission denied"):
            read_file(tmp_path, "file", most_bytes=10)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises(RunError, match="cannot be opened: Permission denied"):
            read_file(tmp_path, "file", most_bytes=10)


def test_a_file_that_is_cut_while_it_is_read_ends_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    read = os.read
    parts = iter([2, 1])
    monkeypatch.setattr(os, "read", lambda file, length: read(file, next(parts, 0)))
    assert read_file(tmp_path, "file", most_bytes=10) == b"123"
