"""Arrays come back to the last bit, and nothing but arrays is read."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest

from aestudio.errors import RunError
from aestudio.runs.npz import pack_npz, unpack_npz
from aestudio.runs.previews import Previews


def an_archive(member: bytes, name: str = "a.npy", method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, member)
    return buffer.getvalue()


def a_member(array: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.array(3.5),
        np.arange(6, dtype=np.uint8).reshape(2, 3).T,
        np.empty((0, 4), np.float16),
        np.array(["ä", "longer"]),
        np.array([True, False]),
        np.array([1, 2], dtype=">i4"),
    ],
)
def test_arrays_come_back_and_numpy_reads_them_too(array: np.ndarray) -> None:
    content = pack_npz({"a": array, "b": array})
    assert content == pack_npz({"a": array, "b": array}), "equal arrays give equal bytes"
    for found in (unpack_npz(content, ("a",), "x")["a"], np.load(io.BytesIO(content))["a"]):
        assert found.dtype == array.dtype
        assert found.shape == array.shape
        assert (found == array).all()


def test_objects_are_not_written() -> None:
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        pack_npz({"a": np.array([{}], dtype=object)})


HEADER = "{{'descr': '{0}', 'fortran_order': False, 'shape': {1}, }}"


def forged(descr: str, shape: str) -> bytes:
    text = HEADER.format(descr, shape).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"x" * 8


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        pickle.dumps(print),
        an_archive(b""),
        an_archive(pickle.dumps(print)),
        an_archive(a_member(np.array([{}], dtype=object))),
        an_archive(a_member(np.zeros(1000)), method=zipfile.ZIP_DEFLATED),
        an_archive(a_member(np.zeros(4)), name="b.npy"),
        an_archive(a_member(np.zeros(4)) + b"trailing"),
        an_archive(a_member(np.zeros(4))[:-1]),
        an_archive(a_member(np.zeros(4), version=(3, 0))),
        an_archive(a_member(np.zeros((1,) * 9))),
        an_archive(a_member(np.zeros(2, dtype=[("x", "f8")]))),
        an_archive(forged("<f8", "(1000000000000,)")),
        an_archive(forged("<f8", "(-1, -1)")),
        # Eight times the letter x, which is two letters far beyond the last.
        an_archive(forged("<U2", "(1,)")),
        an_archive(forged("<f8", "(2, 2**62)")),
        an_archive(forged("|O", "(1,)")),
        an_archive(forged("<f8", "__import__('os')")),
        # A bracket that is never closed, over which numpy asks Python's tokenizer.
        an_archive(forged("<f8", "((8,)")),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(RunError, match="damaged") as caught:
        unpack_npz(content, ("a",), "file.npz")
    assert caught.value.subject == "file.npz"


def test_version_two_headers_are_read() -> None:
    content = an_archive(a_member(np.arange(3), version=(2, 0)))
    assert unpack_npz(content, ("a",), "x")["a"].tolist() == [0, 1, 2]


def test_a_changed_byte_is_noticed() -> None:
    content = pack_npz({"a": np.arange(50)})
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        try:
            found = unpack_npz(bytes(changed), ("a",), "x")
        except RunError:
            continue
        # Dates and attributes of the archive may change without harm.
        assert found["a"].tolist() == list(range(50))


def test_arrays_of_the_wrong_form_are_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "preview").mkdir()
    previews = Previews(tmp_path)
    wrong = {"reconstructions": np.array(["text"]), "codes": np.zeros((2, 2))}
    (tmp_path / "preview/epoch-000001.npz").write_bytes(pack_npz(wrong))
    with pytest.raises(RunError, match="wrong form"):
        previews.load(1)
    names = ("picture_samples", "picture_rows", "picture_labels", "map_rows", "map_labels")
    (tmp_path / "preview/samples.npz").write_bytes(pack_npz({name: np.zeros(2) for name in names}))
    with pytest.raises(RunError, match="no whole numbers"):
        previews.samples()
