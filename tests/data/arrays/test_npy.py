"""The .npy format: equal to numpy's own reader where that is safe, refused where it is not."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from aestudio.data.arrays.npy_format import read_npy
from aestudio.data.dataset import Kind
from aestudio.data.files import doors
from aestudio.data.files.doors import open_payload
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import npy_bytes, npy_with_header

NUMBERS = [
    f"{order}{code}"
    for code in ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8")
    for order in "<>"
]
NUMBERS += ["i1", "u1", "?"]


def stored(path: Path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    with open_payload(path) as payload:
        return read_npy(payload)


def reason(path: Path, content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        stored(path, content)
    return caught.value.reason


@given(
    st.sampled_from(NUMBERS).flatmap(
        lambda code: hnp.arrays(code, hnp.array_shapes(min_dims=0, max_dims=6, max_side=4))
    ),
    st.booleans(),
)
def test_numbers_are_read_as_numpy_reads_them(
    tmp_path_factory: pytest.TempPathFactory, x: np.ndarray, fortran: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.npy"
    found = stored(path, npy_bytes(np.asfortranarray(x) if fortran else x))
    assert found.dtype.isnative
    assert found.dtype == (np.uint8 if x.dtype == bool else x.dtype.newbyteorder("="))
    np.testing.assert_array_equal(found, x)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_of_the_format_is_read(tmp_path: Path, version: int) -> None:
    header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }"
    content = npy_with_header(header, b"\1\0\2\0", version)
    assert stored(tmp_path / "x.npy", content).tolist() == [1, 2]


@pytest.mark.parametrize(
    "header",
    [
        '{"shape": (2,), "fortran_order": False, "descr": "<i2"}',
        "{'descr':'<i2','fortran_order':False,'shape':(2L,)}   ",
        "{'shape': (2), 'descr': '<i2', 'fortran_order': False}",
    ],
)
def test_headers_of_other_writers_are_read(tmp_path: Path, header: str) -> None:
    content = npy_with_header(header, b"\1\0\2\0")
    assert stored(tmp_path / "x.npy", content).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("dtype", "what"),
    [
        ("O", "Python objects"),
        ("c8", "complex numbers"),
        ("c16", "complex numbers"),
        ("U5", "texts"),
        ("S5", "texts"),
        ("M8[s]", "dates"),
        ("m8[D]", "time spans"),
        ("V3", "records"),
        ([("a", "f4"), ("b", "O")], "records"),
        ([("a", "f4")], "records"),
    ],
)
def test_other_types_are_refused_by_name(tmp_path: Path, dtype: object, what: str) -> None:
    content = npy_bytes(np.zeros(3, dtype=dtype))
    assert what in reason(tmp_path / "x.npy", content)


def test_long_doubles_are_refused(tmp_path: Path) -> None:
    header = "{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }"
    assert "unusual length" in reason(tmp_path / "x.npy", npy_with_header(header, bytes(16)))


class Gadget:
    """Would leave a trace if anyone unpickled it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def test_a_pickled_array_is_never_opened(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    content = npy_bytes(np.array([Gadget(trace)], dtype=object))
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(DataError, match="could run code") as caught:
        read(tmp_path / "x.npy")
    assert "numpy.save" in caught.value.next_step
    assert not trace.exists()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{}",
        "{'descr': '<i2', 'fortran_order': False}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '<i2', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<i2', 'fortran_order': '(2,)', 'shape': (2,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': '(2,)'}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2 3,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2,)} + __import__('os')",
        "['descr', '<i2']",
        "(" * 5000,
        "{'descr': True, 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<b2', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f1', 'fortran_order': False, 'shape': (2,)}",
    ],
)
def test_damaged_headers_are_refused(tmp_path: Path, header: str) -> None:
    assert reason(tmp_path / "x.npy", npy_with_header(header, bytes(4)))


def test_a_forged_shape_is_refused_before_memory_is_reserved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise AssertionError("memory was reserved")

    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    content = npy_with_header(header, bytes(64))
    monkeypatch.setattr(np, "empty", no_memory)
    assert "claims 8,000,000,000," in reason(tmp_path / "x.npy", content)


def test_a_header_of_four_gigabytes_is_refused(tmp_path: Path) -> None:
    content = b"\x93NUMPY\2\0" + struct.pack("<I", 2**32 - 1) + b"{"
    assert "claims to be 4,294,967,295 bytes" in reason(tmp_path / "x.npy", content)


def test_unknown_versions_and_beginnings_are_refused(tmp_path: Path) -> None:
    assert "version 4.0" in reason(tmp_path / "x.npy", b"\x93NUMPY\4\0\0\0")
    assert "does not begin" in reason(tmp_path / "x.npy", b"\x93NUMPX\1\0\0\0")


def test_every_cut_and_any_addition_is_refused(tmp_path: Path) -> None:
    whole = npy_bytes(np.arange(3.0))
    for cut in range(len(whole)):
        assert reason(tmp_path / "x.npy", whole[:cut])
    assert "there are" in reason(tmp_path / "x.npy", whole + b"!")


def test_truth_values_of_any_byte_are_zero_or_one(tmp_path: Path) -> None:
    header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }"
    x = stored(tmp_path / "x.npy", npy_with_header(header, b"\0\1\xff"))
    assert x.tolist() == [0, 1, 1]


def test_a_large_table_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    x = np.arange(2000.0).reshape(-1, 4)
    np.save(tmp_path / "x.npy", x)
    dataset = read(tmp_path / "x.npy")
    assert isinstance(dataset.x, np.memmap)
    np.testing.assert_array_equal(dataset.x, x)


def test_large_images_and_fortran_arrays_are_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    x = np.arange(60 * 9 * 8 * 3, dtype=np.uint16).reshape(60, 9, 8, 3)
    np.save(tmp_path / "x.npy", np.asfortranarray(x))
    dataset = read(tmp_path / "x.npy")
    assert np.shares_memory(dataset.x, dataset.x.base)
    np.testing.assert_array_equal(dataset.x, np.moveaxis(x, 3, 1))


def test_a_packed_array_is_read(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "x.npy.gz").write_bytes(gzip.compress(npy_bytes(np.eye(60))))
    dataset = read(tmp_path / "x.npy.gz")
    assert dataset.kind is Kind.TABLE
    np.testing.assert_array_equal(dataset.x, np.eye(60))


@pytest.mark.parametrize(("shape", "words"), [((), "0 dimensions"), ((2, 2, 2, 2, 2, 2), "6 dim")])
def test_arrays_that_are_no_set_of_samples_are_refused(
    tmp_path: Path, shape: tuple[int, ...], words: str
) -> None:
    np.save(tmp_path / "x.npy", np.ones(shape))
    with pytest.raises(DataError, match=words):
        read(tmp_path / "x.npy")


@pytest.mark.parametrize("shape", [(0,), (0, 5), (5, 0), (0, 8, 8)])
def test_empty_arrays_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "x.npy", np.ones(shape))
    with pytest.raises(DataError, match="no values"):
        read(tmp_path / "x.npy")


def test_one_sample_is_read_with_a_warning(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((1, 5)))
    findings = read(tmp_path / "x.npy").findings
    assert any("only one sample" in finding.text for finding in findings)
