"""Zarr stores as the library writes them, and as an attacker would describe them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_zarr

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3
IMAGES = np.arange(60 * 8 * 8, dtype=np.uint8).reshape(60, 8, 8)
DESCRIPTION = {2: ".zarray", 3: "zarr.json"}

either = pytest.mark.parametrize("version", [2, 3])


@either
def test_a_single_array(tmp_path: Path, version: Literal[2, 3]) -> None:
    dataset = read(save_zarr(tmp_path / "a.zarr", version, X))
    assert dataset.reader == "zarr"
    np.testing.assert_array_equal(dataset.x, X)


@either
def test_a_group_of_arrays(tmp_path: Path, version: Literal[2, 3]) -> None:
    path = save_zarr(tmp_path / "g.zarr", version, images=IMAGES, labels=Y, flag=Y == 1)
    dataset = read(path)
    np.testing.assert_array_equal(dataset.x[:, 0], IMAGES)
    assert dataset.label_names == ("0", "1", "2")
    assert read(path, DataOptions(label_field="flag")).label_names == ("0", "1")


@either
def test_an_array_in_another_byte_order(tmp_path: Path, version: Literal[2, 3]) -> None:
    path = save_zarr(tmp_path / "g.zarr", version, first=X.astype(">f4"))
    dataset = read(path)
    assert dataset.x.dtype == np.float32
    np.testing.assert_array_equal(dataset.x, X)


def _pickled(said: dict[str, Any]) -> None:
    if "codecs" in said:
        said["codecs"].insert(0, {"name": "numcodecs.pickle", "configuration": {}})
    else:
        said["filters"] = [{"id": "pickle"}]


def _huge(said: dict[str, Any]) -> None:
    said["shape"] = [10**9, 10**9]


def _huge_chunks(said: dict[str, Any]) -> None:
    grid = said["chunk_grid"]["configuration"] if "chunk_grid" in said else said
    grid["chunk_shape" if "chunk_shape" in grid else "chunks"] = [10**6, 10**6]


def _of_objects(said: dict[str, Any]) -> None:
    said["data_type" if "data_type" in said else "dtype"] = "|O"


@either
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_pickled, "pickle"),
        (_huge, "would unpack"),
        (_huge_chunks, "a single chunk"),
        (_of_objects, "no array of plain numbers"),
    ],
)
def test_dangerous_descriptions_are_refused(
    tmp_path: Path, version: Literal[2, 3], change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    path = save_zarr(tmp_path / "g.zarr", version, first=X)
    description = path / "first" / DESCRIPTION[version]
    said = json.loads(description.read_text())
    change(said)
    description.write_text(json.dumps(said))
    with pytest.raises(DataError, match=reason):
        read(path)


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff", b"[" * 100_000, b" " * 2**21])
def test_damaged_descriptions_are_refused(tmp_path: Path, content: bytes) -> None:
    path = save_zarr(tmp_path / "g.zarr", 3, first=X)
    (path / "first" / "zarr.json").write_bytes(content)
    with pytest.raises(DataError):
        read(path)


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = save_zarr(tmp_path / "g.zarr", 2, first=X)
    (path / "first" / "0.0").unlink()
    (path / "first" / "0.0").symlink_to("/etc/passwd")
    with pytest.raises(DataError, match="a link"):
        read(path)
