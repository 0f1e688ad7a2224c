"""A file appears whole or not at all, whatever the disk does."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aestudio.errors import OutputError, StorageError
from aestudio.runs import atomic, failpoints
from aestudio.runs.failpoints import Failpoint


def test_content_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    atomic.write_text(path, "new: ü\r\n")
    assert path.read_bytes() == "new: ü\r\n".encode()
    assert os.listdir(tmp_path) == ["file"]


def test_a_new_file_has_the_mode_that_the_person_asked_for(tmp_path: Path) -> None:
    atomic.write_bytes(tmp_path / "file", b"")
    (tmp_path / "plain").touch()
    mode = stat.S_IMODE((tmp_path / "file").stat().st_mode)
    assert mode == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_nobody_else_can_read_an_unfinished_file(tmp_path: Path) -> None:
    seen = []

    def chunks():  # type: ignore[no-untyped-def]  # a generator that looks at its own file
        yield b"half"
        (temporary,) = tmp_path.iterdir()
        seen.append(stat.S_IMODE(temporary.stat().st_mode))
        yield b"whole"

    atomic.write_chunks(tmp_path / "file", chunks())
    assert seen == [0o600]
    assert (tmp_path / "file").read_bytes() == b"halfwhole"


def test_a_place_is_tried_before_the_work_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    atomic.check_file(tmp_path / "file")
    atomic.check_file(tmp_path / "new")
    atomic.check_folder(tmp_path / "new" / "deep")
    assert os.listdir(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.parametrize(
    ("check", "name", "reason"),
    [
        (atomic.check_file, "folder", "there is a folder of this name"),
        (atomic.check_file, "absent/x", "the folder does not exist"),
        (atomic.check_file, "file/x", "a part of the path is a file"),
        (atomic.check_file, "x" * 300, "the name is too long"),
        (atomic.check_folder, "file", "it exists already"),
        (atomic.check_folder, "file/x/y", "a part of the path is a file"),
        (atomic.check_folder, "x" * 300, "the name is too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, check: Callable[[Path], None], name: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=reason) as caught:
        check(tmp_path / name)
    assert caught.value.subject == str(tmp_path / name)


@pytest.mark.parametrize("check", [atomic.check_file, atomic.check_folder])
def test_a_disk_that_refuses_is_told_before_the_work(
    tmp_path: Path, check: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_args: object) -> int:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(atomic.os, "open", read_only)
    with pytest.raises(OutputError, match="the disk is read-only"):
        check(tmp_path / "x")


def test_a_planted_link_is_refused_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic.secrets, "token_hex", lambda size: "0" * 2 * size)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f".file.{'0' * 12}.tmp").symlink_to(victim)
    with pytest.raises(OutputError, match="exists already"):
        atomic.write_bytes(tmp_path / "file", b"evil")
    assert victim.read_text() == "precious"


def test_a_link_at_the_final_name_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "file").symlink_to(victim)
    atomic.write_bytes(tmp_path / "file", b"new")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "file").is_symlink()


def test_growing_files_are_not_opened_through_links(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "log").symlink_to(tmp_path / "victim")
    with pytest.raises(OutputError, match="symbolic link"):
        atomic.open_in_place(tmp_path / "log")


@pytest.mark.parametrize("is_durable", [True, False])
def test_durable_means_that_file_and_folder_are_forced_to_the_disk(
    tmp_path: Path, is_durable: bool
) -> None:
    spy = Failpoint("raise", "any", 10**6)
    failpoints.plan(spy)
    atomic.write_bytes(tmp_path / "file", b"x", durable=is_durable)
    durable = ["open", "write", "fsync", "rename", "open", "fsync"]
    assert spy.reached == (durable if is_durable else ["open", "write", "rename"])


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(atomic.os, "write", lambda file, rest: write(file, bytes(rest)[:3]))
    atomic.write_bytes(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_write_that_takes_nothing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic.os, "write", lambda file, rest: 0)
    with pytest.raises(StorageError, match="disk reported an error"):
        atomic.write_bytes(tmp_path / "file", b"x")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("is_lasting", [False, True])
def test_when_the_nth_call_fails_the_old_file_stays_whole(tmp_path: Path, is_lasting: bool) -> None:
    path = tmp_path / "file"
    outcomes = []
    for nth in range(1, 20):
        path.write_bytes(b"old")
        spy = Failpoint("raise", "any", nth, is_lasting)
        failpoints.plan(spy)
        error = _error_of_writing(path)
        assert error is None or (error.subject == str(path) and error.next_step)
        failpoints.plan(None)
        assert path.read_bytes() in (b"old", b"new")
        assert os.listdir(tmp_path) == ["file"], "no temporary file is left"
        outcomes.append(len(spy.reached) >= nth)
        if not outcomes[-1]:
            break
    assert outcomes.count(True) == 6, "open, write, fsync, rename, and open and fsync of the folder"
    assert path.read_bytes() == b"new"


def _error_of_writing(path: Path) -> StorageError | None:
    try:
        atomic.write_bytes(path, b"new")
    except StorageError as error:
        return error
    return None


def test_a_failed_fsync_is_not_tried_again(tmp_path: Path) -> None:
    spy = Failpoint("raise", "fsync", 1)
    failpoints.plan(spy)
    with pytest.raises(StorageError):
        atomic.write_bytes(tmp_path / "file", b"x")
    assert spy.reached == ["fsync"]


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, StorageError, "disk is full"),
        (errno.EDQUOT, StorageError, "quota"),
        (errno.EFBIG, StorageError, "allowed size"),
        (errno.EROFS, OutputError, "read-only"),
        (errno.EACCES, OutputError, "not permitted"),
        (errno.ENODEV, StorageError, "disk refused"),
        (None, StorageError, "disk refused"),
    ],
)
def test_the_reason_is_given_in_words(
    tmp_path: Path, number: int | None, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught, atomic.explained(tmp_path / "file"):
        raise OSError(number, "reason") if number else OSError("12 requested and 3 written")
    assert str(tmp_path / "file") in str(caught.value)


def test_errors_that_are_not_the_disks_pass_unchanged(tmp_path: Path) -> None:
    def chunks():  # type: ignore[no-untyped-def]  # a source that fails
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        atomic.write_chunks(tmp_path / "file", chunks())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["missing/file", "file/inside", "x" * 300, "nul\0byte", "lone\ud800surrogate", "..", ""]
)
def test_a_place_that_cannot_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError) as caught:
        atomic.write_bytes(tmp_path / name, b"x")
    assert caught.value.next_step
    assert str(caught.value).encode()


def test_a_file_over_the_size_limit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    (tmp_path / "file").write_text("old")
    # Python ignores the signal that would come with the error.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StorageError, match="allowed size"):
            atomic.write_bytes(tmp_path / "file", b"x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "file").read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_folders_are_made_once(tmp_path: Path) -> None:
    atomic.make_folder(tmp_path / "a" / "b", parents=True)
    assert (tmp_path / "a" / "b").is_dir()
    with pytest.raises(OutputError, match="exists already"):
        atomic.make_folder(tmp_path / "a")
    atomic.make_folder(tmp_path / "a", exist_ok=True)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="exists already"):
        atomic.make_folder(tmp_path / "file", exist_ok=True)
    with pytest.raises(OutputError, match="does not exist"):
        atomic.make_folder(tmp_path / "c" / "d")


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    atomic.remove_file(tmp_path / "file")
    atomic.remove_file(tmp_path / "file")
    assert os.listdir(tmp_path) == []


def test_only_leftovers_are_cleared_away(tmp_path: Path) -> None:
    for name in (".a.0123.tmp", "b.tmp", ".c"):
        (tmp_path / name).touch()
    (tmp_path / ".folder.tmp").mkdir()
    atomic.remove_leftovers(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".c", ".folder.tmp", "b.tmp"]


def test_moving_forces_both_folders_to_the_disk(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "file").touch()
    spy = Failpoint("raise", "any", 10**6)
    failpoints.plan(spy)
    atomic.move(tmp_path / "a/file", tmp_path / "b/file")
    assert spy.reached == ["rename", "open", "fsync", "open", "fsync"]
    atomic.move(tmp_path / "b/file", tmp_path / "b/other")
    assert spy.reached[5:] == ["rename", "open", "fsync"]
    assert (tmp_path / "b/other").exists()


def test_a_failed_append_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    descriptor = atomic.open_in_place(path)
    atomic.append(path, descriptor, b"one\n", start=0)
    # Half of the next line arrives before the disk is full.
    monkeypatch.setattr(atomic.os, "write", _then_full(os.write))
    with pytest.raises(StorageError, match="disk is full"):
        atomic.append(path, descriptor, b"two two\n", start=4)
    os.close(descriptor)
    assert path.read_bytes() == b"one\n"


def _then_full(write):  # type: ignore[no-untyped-def]  # wraps os.write
    calls = []

    def fake(descriptor: int, content: memoryview) -> int:
        calls.append(content)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "full")
        return int(write(descriptor, bytes(content)[:3]))

    return fake


def test_systems_without_folder_syncing_or_modes_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "_CAN_SYNC_FOLDERS", False)
    monkeypatch.delattr(atomic.os, "fchmod")
    atomic.write_bytes(tmp_path / "file", b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("text", ["kill", "kill@rename", "kill@rename:0", "burn@rename:1", "x@y:1"])
def test_a_misspelt_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="AESTUDIO_FAILPOINT"):
        Failpoint.parse(text)


def test_a_fault_is_planned_by_the_environment(tmp_path: Path) -> None:
    code = "import sys, pathlib; from aestudio.runs import atomic; "
    code += "atomic.write_bytes(pathlib.Path(sys.argv[1]), b'new')"
    path = tmp_path / "file"
    path.write_bytes(b"old")
    for plan, expected in (("kill@rename:1", -9), ("raise@fsync:2+", 1), ("", 0)):
        environment = {**os.environ, "AESTUDIO_FAILPOINT": plan}
        command = [sys.executable, "-c", code, str(path)]
        result = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert result.returncode == expected
        assert path.read_bytes() == (b"old" if plan.startswith("kill") else b"new")
