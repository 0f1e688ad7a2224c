"""The doors: what may be opened, and what is said about what may not."""

from __future__ import annotations

import gzip
import io
import os
import socket
import stat
import sys
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from aestudio.data.files import doors
from aestudio.errors import DataError
from tests.data.making import idx_bytes, may_read_everything, npy_bytes, zip_bytes

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
not_as_root = pytest.mark.skipif(may_read_everything(), reason="root may read everything")


class InterruptedByPersonError(Exception):
    """Stands for whatever a caller raises to stop the reading."""


def refused(source: str | Path) -> DataError:
    with pytest.raises(DataError) as caught:
        doors.local_path(str(source))
    assert caught.value.subject
    assert caught.value.next_step
    return caught.value


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["https://example.org/x.npy", "file:///etc/passwd", "data:text/plain,1", r"\\server\share\x"],
)
def test_addresses_are_refused(address: str) -> None:
    assert "only files on this computer" in refused(address).reason


def test_a_missing_path_names_the_nearest_neighbour(tmp_path: Path) -> None:
    (tmp_path / "digits.npy").touch()
    assert "'digits.npy'" in refused(tmp_path / "digit.npy").next_step


def test_a_missing_path_without_neighbours_asks_for_the_spelling(tmp_path: Path) -> None:
    assert "spelling" in refused(tmp_path / "nothing" / "here.npy").next_step
    assert "spelling" in refused(tmp_path / "zzz").next_step


def test_a_path_below_a_file_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "no such file" in refused(tmp_path / "file" / "below").reason


def test_nul_and_endless_names_are_refused(tmp_path: Path) -> None:
    assert "NUL" in refused("a\0b").reason
    assert "too long" in refused(tmp_path / ("x" * 300)).reason
    assert not doors.exists("a\0b")


@posix_only
def test_links_of_the_persons_own_choice_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert doors.local_path(str(tmp_path / "link")) == Path(os.path.realpath(tmp_path / "real"))


@posix_only
def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "leads back to itself" in refused(tmp_path / "loop").reason
    assert doors.exists(str(tmp_path / "loop"))


@posix_only
def test_pipes_devices_and_sockets_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    os.mkfifo("pipe")
    server = socket.socket(socket.AF_UNIX)
    with server:
        os.chdir(tmp_path)
        server.bind("socket")
        for source in (tmp_path / "pipe", tmp_path / "socket", "/dev/zero"):
            assert "pipe, a device or a socket" in refused(source).reason


@posix_only
def test_opening_a_pipe_or_a_link_does_not_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="not a regular file"):
        doors.open_file(tmp_path / "pipe")
    (tmp_path / "real").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(DataError, match="links inside a folder are not followed"):
        doors.open_file(tmp_path / "link")
    with pytest.raises(DataError, match="not a regular file"):
        doors.open_file(tmp_path)


@not_as_root
def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(DataError, match="not readable"):
        doors.open_file(path)


def test_what_the_system_says_is_put_in_plain_words(tmp_path: Path) -> None:
    with (
        mock.patch("os.open", side_effect=PermissionError(13, "Permission denied")),
        pytest.raises(DataError, match="not readable for you"),
    ):
        doors.open_file(tmp_path / "x")
    with (
        mock.patch("os.open", side_effect=OSError(5, "Input/output error")),
        pytest.raises(DataError, match="Input/output error"),
    ):
        doors.open_file(tmp_path / "x")


@posix_only
def test_names_that_are_not_utf8_can_be_shown(tmp_path: Path) -> None:
    subject = refused(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).subject
    assert subject.encode("utf-8").endswith(b"\xef\xbf\xbd\xef\xbf\xbd")


# --- the first look -------------------------------------------------------------------------------


def test_a_look_undoes_gzip(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"hello"))
    glimpse = doors.look(path)
    assert glimpse.head == b"hello"
    assert glimpse.is_gzip


def test_a_look_lists_folders_and_archives(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    (tmp_path / "a.npz").write_bytes(zip_bytes({"y.npy": b"1", "x.npy": b"2"}))
    assert doors.look(tmp_path).names == ("a.npz", "b")
    assert doors.look(tmp_path / "a.npz").names == ("x.npy", "y.npy")


def test_a_look_at_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"hello")[:12])
    with pytest.raises(DataError, match="damaged or cut off"):
        doors.look(path)


# --- arrays ---------------------------------------------------------------------------------------


def payload_of(path: Path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    with doors.open_payload(path) as payload:
        payload.read(2)
        return payload.array(np.dtype("u1"), (3, 2))


def test_plain_and_packed_bytes_become_the_same_array(tmp_path: Path) -> None:
    content = b"hd" + bytes(range(6))
    plain = payload_of(tmp_path / "x", content)
    packed = payload_of(tmp_path / "x.gz", gzip.compress(content))
    several = payload_of(tmp_path / "y.gz", gzip.compress(content[:3]) + gzip.compress(content[3:]))
    for x in (plain, packed, several):
        assert x.tolist() == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize("cut", [1, 4, 7])
def test_a_plain_file_of_another_size_is_refused(tmp_path: Path, cut: int) -> None:
    content = b"hd" + bytes(range(6))
    with pytest.raises(DataError, match=r"claims 8 bytes|middle of its header"):
        payload_of(tmp_path / "x", content[:-cut])
    with pytest.raises(DataError, match="claims 8 bytes but there are 9"):
        payload_of(tmp_path / "x", content + b"!")


def test_a_packed_file_of_another_size_is_refused(tmp_path: Path) -> None:
    content = b"hd" + bytes(range(6))
    with pytest.raises(DataError, match="ends before its last value"):
        payload_of(tmp_path / "x.gz", gzip.compress(content[:-1]))
    with pytest.raises(DataError, match="more bytes than its header claims"):
        payload_of(tmp_path / "x.gz", gzip.compress(content + b"!"))


def test_every_cut_and_every_flipped_byte_of_a_gzip_is_refused_or_harmless(tmp_path: Path) -> None:
    whole = gzip.compress(b"hd" + bytes(range(6)), mtime=0)
    for cut in range(len(whole)):
        with pytest.raises(DataError):
            payload_of(tmp_path / "x.gz", whole[:cut])
    for index in range(10, len(whole)):
        flipped = bytearray(whole)
        flipped[index] ^= 0x41
        with pytest.raises(DataError):
            payload_of(tmp_path / "x.gz", bytes(flipped))


def test_junk_behind_a_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="damaged"):
        payload_of(tmp_path / "x.gz", gzip.compress(b"hd" + bytes(range(6))) + b"junk")


def test_a_claim_beyond_what_gzip_can_hold_is_refused_before_memory_is_reserved(
    tmp_path: Path,
) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"hd"))
    with (
        mock.patch("numpy.empty", side_effect=AssertionError("memory was reserved")),
        doors.open_payload(tmp_path / "x.gz") as payload,
        pytest.raises(DataError, match="would unpack to"),
    ):
        payload.array(np.dtype("f8"), (2**40,))


def test_packed_data_beyond_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "memory_limit", lambda: 5)
    with pytest.raises(DataError, match="do not fit the memory"):
        payload_of(tmp_path / "x.gz", gzip.compress(b"hd" + bytes(range(6))))


def test_large_plain_arrays_are_mapped_and_the_file_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 6)
    x = payload_of(tmp_path / "x", b"hd" + bytes(range(6)))
    assert isinstance(x, np.memmap)
    x[:] = 0
    assert (tmp_path / "x").read_bytes() == b"hd" + bytes(range(6))
    packed = payload_of(tmp_path / "x.gz", gzip.compress(b"hd" + bytes(range(6))))
    assert not isinstance(packed, np.memmap)


def test_what_fits_the_memory_is_read_so_that_no_change_of_the_file_can_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"hd" + bytes(range(6))
    monkeypatch.setattr(doors, "memory_limit", lambda: 14)
    x = payload_of(tmp_path / "x", content)
    (tmp_path / "x").write_bytes(b"")
    np.testing.assert_array_equal(x, np.arange(6).reshape(x.shape))
    monkeypatch.setattr(doors, "memory_limit", lambda: 12)
    assert isinstance(payload_of(tmp_path / "x", content), np.memmap)


def test_shapes_without_values_or_with_too_many_sizes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hd")
    with doors.open_payload(tmp_path / "x") as payload:
        with pytest.raises(DataError, match="no values"):
            payload.array(np.dtype("u1"), (0, 3))
        with pytest.raises(DataError, match="33 dimensions"):
            payload.array(np.dtype("u1"), (1,) * 33)


def test_fortran_order_is_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(6)))
    with doors.open_payload(tmp_path / "x") as payload:
        x = payload.array(np.dtype("u1"), (3, 2), "F")
    assert x.tolist() == [[0, 3], [1, 4], [2, 5]]


def test_a_disk_that_fails_while_reading_is_reported(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hd" + bytes(6))
    with doors.open_payload(tmp_path / "x") as payload:
        payload._stream = mock.Mock(read=mock.Mock(side_effect=OSError(5, "Input/output error")))
        with pytest.raises(DataError, match=r"reading failed \(Input/output error\)"):
            payload.read(2)


def test_reading_stops_when_asked(tmp_path: Path) -> None:
    def stop() -> None:
        raise InterruptedByPersonError

    (tmp_path / "x").write_bytes(bytes(6))
    with (
        doors.open_payload(tmp_path / "x", stop) as payload,
        pytest.raises(InterruptedByPersonError),
    ):
        payload.array(np.dtype("u1"), (6,))


def test_the_memory_limit_is_known_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doors.memory_limit() > 2**26
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert doors.memory_limit() == 8 * 2**30


# --- archives -------------------------------------------------------------------------------------


def archive_error(path: Path, content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_member(path, content, 100)
    return caught.value.reason


def read_member(path: Path, content: bytes, num_bytes: int) -> bytes:
    path.write_bytes(content)
    with doors.open_archive(path) as archive, archive.payload(archive.names[0]) as payload:
        return payload.array(np.dtype("u1"), (num_bytes,)).tobytes()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read(tmp_path: Path, compression: int) -> None:
    content = bytes(range(100))
    packed = zip_bytes({"x.npy": content}, compression)
    assert read_member(tmp_path / "x.zip", packed, 100) == content


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", r"..\x", "C:x", "a/..", "a\\b"]
)
def test_unsafe_member_names_are_refused(tmp_path: Path, name: str) -> None:
    assert "unsafe name" in archive_error(tmp_path / "x", zip_bytes({name: b"1"}))


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    content = zip_bytes({"aXb.npy": b"1"}).replace(b"aXb.npy", b"a\0b.npy")
    assert "unsafe name" in archive_error(tmp_path / "x", content)


def test_duplicate_members_are_refused(tmp_path: Path) -> None:
    content = zip_bytes({"a.npy": b"1", "b.npy": b"2"}).replace(b"b.npy", b"a.npy")
    assert "same name" in archive_error(tmp_path / "x", content)


def test_encrypted_and_unusual_members_are_refused(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"a.npy": b"1"}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert "encrypted" in archive_error(tmp_path / "x", bytes(content))
    unusual = zip_bytes({"a.npy": b"1"}, zipfile.ZIP_LZMA)
    assert "unusual compression" in archive_error(tmp_path / "x", unusual)


def test_too_many_members_are_refused_before_the_directory_is_read(tmp_path: Path) -> None:
    content = zip_bytes({f"{index}.npy": b"" for index in range(doors.MAX_ARCHIVE_MEMBERS + 1)})
    with mock.patch("zipfile.ZipFile", side_effect=AssertionError("the directory was read")):
        assert "too many members" in archive_error(tmp_path / "x", content)


def test_as_many_members_as_allowed_are_read(tmp_path: Path) -> None:
    names = [f"{index}.npy" for index in range(doors.MAX_ARCHIVE_MEMBERS)]
    (tmp_path / "x").write_bytes(zip_bytes(dict.fromkeys(names, b"1")))
    with doors.open_archive(tmp_path / "x") as archive:
        assert archive.names == names


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "FREE_EXPANSION_BYTES", 1000)
    with pytest.raises(DataError, match="would unpack to 1,000,000"):
        read_member(tmp_path / "x", zip_bytes({"x.npy": bytes(10**6)}), 10**6)


def test_a_member_cannot_claim_to_be_larger_than_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "FREE_EXPANSION_BYTES", 1000)
    content = bytearray(zip_bytes({"x.npy": bytes(10**6)}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 20 : directory + 24] = (10**6).to_bytes(4, "little")
    # Later versions of Python notice that its bytes would reach into the directory.
    with pytest.raises(DataError, match=r"would unpack to|Overlapped entries"):
        read_member(tmp_path / "x", bytes(content), 10**6)


def test_a_changed_byte_is_found_by_the_checksum(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"x.npy": bytes(100)}, zipfile.ZIP_STORED))
    content[60] ^= 1
    assert "damaged" in archive_error(tmp_path / "x", bytes(content))


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    content = zip_bytes({"ö.npy": bytes(100)}).replace("ö".encode(), b"\xff\xff")
    assert "damaged" in archive_error(tmp_path / "x", content)


def test_a_local_name_that_differs_is_refused(tmp_path: Path) -> None:
    content = zip_bytes({"x.npy": bytes(100)}).replace(b"x.npy", b"y.npy", 1)
    assert "damaged" in archive_error(tmp_path / "x", content)


def test_every_cut_of_an_archive_is_refused(tmp_path: Path) -> None:
    whole = zip_bytes({"x.npy": npy_bytes(np.arange(5))})
    for cut in range(len(whole)):
        (tmp_path / "x").write_bytes(whole[:cut])
        with pytest.raises(DataError), doors.open_archive(tmp_path / "x"):
            pass


def test_an_error_of_the_caller_is_not_taken_for_damage(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(zip_bytes({"x.npy": b"1"}))
    with pytest.raises(EOFError), doors.open_archive(tmp_path / "x"):
        raise EOFError
    with (
        doors.open_archive(tmp_path / "x") as archive,
        pytest.raises(EOFError),
        archive.payload("x.npy"),
    ):
        raise EOFError


def test_files_are_opened_for_reading_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(idx_bytes(np.zeros((2, 2), np.uint8)))
    before = path.stat()
    with doors.open_file(path) as stream:
        assert stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
        with pytest.raises(io.UnsupportedOperation):
            stream.write(b"!")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
