"""Rows of groups B and C that no other test shows by itself; each begins with its row's name."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aestudio.data.arrays.array_dataset import dataset_from_arrays
from aestudio.data.files.doors import Glimpse
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import Request
from aestudio.errors import DataError, StudioError
from aestudio.preprocess.model_scale import fit_to
from aestudio.preprocess.options import PreprocessOptions
from aestudio.runs.folder import RunFolder
from tests.data.making import idx_bytes, npy_bytes, save_zarr, zip_bytes

X = np.arange(240.0).reshape(60, 4)
IMAGES = np.arange(60 * 64, dtype=np.uint8).reshape(60, 8, 8)


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_b06_archives_within_archives_are_not_opened(tmp_path: Path) -> None:
    inner = zip_bytes({"x.npy": npy_bytes(X)})
    for name, members in {
        "a.npz": {"x.npy": inner},
        "b.npz": {"inner.npz": inner},
        "c.zip": {"d.zip": inner},
    }.items():
        with pytest.raises(DataError):
            read(saved(tmp_path / name, zip_bytes(members)))


#: Numbers at the edges of what 32 and 64 bits can hold.
EDGES = [
    0.0, -0.0, 5e-324, 1e-45, 1.2e-38, 1.7976931348623157e308, -1.7976931348623157e308, 3.4e38,
    np.nan, np.inf, -np.inf, 1.0,
]  # fmt: skip


@given(
    x=arrays.arrays(
        np.float64,
        st.tuples(st.integers(2, 12), st.integers(1, 4)),
        elements=st.sampled_from(EDGES),
    ),
    scaling=st.sampled_from(["standard", "minmax", "robust"]),
)
def test_b13_numbers_at_the_edges_are_counted_and_scaled_to_finite_ones(
    x: np.ndarray[Any, Any], scaling: str
) -> None:
    request = Request(Glimpse(Path("x"), False), DataOptions(), lambda *_: None, lambda: False)
    dataset = dataset_from_arrays(request, "test", x)
    # Giant numbers are what other programs write for missing ones.
    is_there = np.abs(x) < 1e30
    assert ("missing or not finite" in str(dataset.findings)) == (not is_there.all())
    options = PreprocessOptions(scaling=scaling)
    if not is_there.any():
        with pytest.raises(StudioError):
            fit_to(dataset, np.arange(len(x)), options)
        return
    fitted = fit_to(dataset, np.arange(len(x)), options)
    assert np.isfinite(fitted.offset).all()
    assert np.isfinite(fitted.scale).all()
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isfinite(fitted.forward(dataset.x)[is_there]).all()


def test_b15_a_gzip_of_several_members_is_one(tmp_path: Path) -> None:
    content = idx_bytes(IMAGES)
    several = gzip.compress(content[:1000]) + gzip.compress(content[1000:])
    dataset = read(saved(tmp_path / "x.gz", several))
    np.testing.assert_array_equal(dataset.x[:, 0], IMAGES)


def test_b16_no_kind_of_tar_is_unpacked(tmp_path: Path) -> None:
    kinds = {
        "link": tarfile.SYMTYPE,
        "hard": tarfile.LNKTYPE,
        "device": tarfile.CHRTYPE,
        "pipe": tarfile.FIFOTYPE,
        "file": tarfile.REGTYPE,
    }
    for name, kind in kinds.items():
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for entry in (name, name.upper()):
                info = tarfile.TarInfo(entry)
                info.type, info.linkname = kind, "/etc/passwd"
                archive.addfile(info)
        with pytest.raises(DataError, match="archives of files are not unpacked"):
            read(saved(tmp_path / f"{name}.tar", stream.getvalue()))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{k}.tar" for k in kinds)


JSON = {
    "not a number": b'{"zarr_format": 2, "shape": NaN, "dtype": "<f8", "chunks": [1]}',
    "nested 200,000 deep": b"[" * 200_000,
    "objects 200,000 deep": b'{"a":' * 200_000,
    "a number of 5,000 digits": b'{"zarr_format": 2, "shape": [' + b"9" * 5000 + b"]}",
    "the same key twice": b'{"shape": [60, 4], "shape": [1000000000, 1000000000]}',
    "no object": b"[]",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("odd", JSON)
def test_c17_odd_json_is_refused_wherever_it_is_read(tmp_path: Path, odd: str) -> None:
    store = save_zarr(tmp_path / "a.zarr", 2, X)
    (store / ".zarray").write_bytes(JSON[odd])
    with pytest.raises(DataError) as caught:
        read(store)
    assert caught.value.next_step
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_bytes(JSON[odd])
    with pytest.raises(StudioError):
        RunFolder.open(run)
    with pytest.raises(DataError):
        read(saved(tmp_path / "data.json", JSON[odd]))


def test_c17_the_last_of_two_keys_does_not_win(tmp_path: Path) -> None:
    store = save_zarr(tmp_path / "a.zarr", 2, X)
    said = json.loads((store / ".zarray").read_text())
    doubled = json.dumps(said)[:-1] + ', "shape": [30, 4]}'
    (store / ".zarray").write_text(doubled)
    with pytest.raises(DataError, match="twice"):
        read(store)
