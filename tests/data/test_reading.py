"""Reading as a person meets it: what is found, what is refused, and what is said."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import subprocess
import sys
import tarfile
import wave
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io

from aestudio.data.dataset import Dataset, Kind, Severity
from aestudio.data.files.source_text import together
from aestudio.data.options import DataOptions
from aestudio.data.readers import registry
from aestudio.data.readers.registry import reader, readers
from aestudio.data.reading import ReadingCancelled, read
from aestudio.data.request import Request
from aestudio.errors import DataError, MemoryFullError, StudioError
from tests.data.making import idx_bytes, npy_bytes, pixel_bomb, save_picture, save_zarr, zip_bytes

TABLE = np.arange(300.0).reshape(60, 5)


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("a", "b"), *TABLE[:, :2].tolist()):
        book.active.append(row)
    book.save(path)


TABLES: dict[str, Callable[[Path], object]] = {
    "csv": lambda path: np.savetxt(path, TABLE, delimiter=",", header="a,b,c,d,e", comments=""),
    "parquet": lambda path: pq.write_table(pa.table({"a": TABLE[:, 0], "b": TABLE[:, 1]}), path),
    "arff": lambda path: path.write_text(
        "@relation x\n@attribute a numeric\n@attribute b numeric\n@data\n1,2\n3,4\n"
    ),
    "excel": _workbook,
}


def example(name: str, folder: Path) -> Path:
    """Something that the reader of this name can read."""
    folder.mkdir()
    images = np.arange(60 * 8 * 8, dtype=np.uint8).reshape(60, 8, 8)
    if name == "idx":
        (folder / "x-images-idx3-ubyte").write_bytes(idx_bytes(images))
        return folder
    if name == "npy":
        np.save(folder / "x.npy", images)
        return folder / "x.npy"
    if name == "npz":
        np.savez(folder / "x.npz", x=images)
        return folder / "x.npz"
    if name == "hdf5":
        with h5py.File(folder / "x.h5", "w") as file:
            file["x"] = images
        return folder / "x.h5"
    if name == "mat":
        scipy.io.savemat(folder / "x.mat", {"x": images})
        return folder / "x.mat"
    if name == "zarr":
        return save_zarr(folder, 3, images)
    if name in TABLES:
        path = folder / {"excel": "x.xlsx"}.get(name, f"x.{name}")
        TABLES[name](path)
        return path
    if name == "image-folder":
        save_picture(folder / "1.png")
        return folder
    if name == "data-folder":
        np.save(folder / "1.npy", images)
        np.save(folder / "2.npy", images)
        return folder
    if name == "several-files":
        paths = [save_picture(folder / f"{index}.png") for index in range(2)]
        return Path(together(paths))
    if name == "image-archive":
        save_picture(folder / "1.png")
        content = zip_bytes({"1.png": (folder / "1.png").read_bytes()})
        (folder / "x.zip").write_bytes(content)
        return folder / "x.zip"
    if name == "image-file":
        save_picture(folder / "1.png", size=(80, 64))
        return folder / "1.png"
    if name == "ts":
        (folder / "x.ts").write_text("@problemName x\n@data\n1,2,3\n4,5,6\n")
        return folder / "x.ts"
    if name == "wav":
        with wave.open(str(folder / "x.wav"), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(images.tobytes())
        return folder / "x.wav"
    if name == "text":
        (folder / "x.txt").write_text("anna\nbob\ncarla\n")
        return folder / "x.txt"
    raise AssertionError(f"the reader '{name}' has no example: add one here")


# --- every reader ---------------------------------------------------------------------------------


@pytest.mark.parametrize("known", readers(), ids=lambda known: known.name)
def test_a_reader_reads_what_it_recognises(known: registry.Reader, tmp_path: Path) -> None:
    source = example(known.name, tmp_path / "data")
    dataset = read(source)
    assert dataset.reader == known.name
    assert dataset.num_samples >= 1
    assert dataset.source == str(source)
    assert dataset.name
    assert len(dataset.fingerprint) == 64
    assert dataset.x.ndim == len(dataset.shape) + 1
    if dataset.kind is Kind.IMAGES:
        assert dataset.shape[0] in (1, 3, 4)
        assert dataset.x.dtype in (np.uint8, np.uint16, np.float32)
    assert known.title
    assert all(suffix for suffix in known.suffixes)
    assert all(finding.text.endswith(".") for finding in dataset.findings)


@pytest.mark.parametrize("known", readers(), ids=lambda known: known.name)
def test_a_reader_stops_when_asked(known: registry.Reader, tmp_path: Path) -> None:
    source = example(known.name, tmp_path / "data")
    asked: list[None] = []

    def is_cancelled() -> bool:
        asked.append(None)
        return len(asked) == 2

    with pytest.raises(ReadingCancelled):
        read(source, is_cancelled=is_cancelled)


def test_names_of_readers_are_unique_and_priorities_order_them() -> None:
    assert len({known.name for known in readers()}) == len(readers())
    assert [known.priority for known in readers()] == sorted(
        (known.priority for known in readers()), reverse=True
    )
    with pytest.raises(ValueError, match="two readers are called 'npy'"):

        @reader(name="npy", title="", suffixes=(), recognises=lambda glimpse: False)
        def second(request: Request) -> Dataset:
            raise AssertionError


def test_two_claims_of_equal_priority_are_no_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npy = registry._readers["npy"]
    twin = registry.Reader("twin", "twins", (), npy.priority, npy.recognises, npy.read)
    monkeypatch.setitem(registry._readers, "twin", twin)
    np.save(tmp_path / "x.npy", TABLE)
    with pytest.raises(DataError, match=r"as NumPy array.* and as twins"):
        read(tmp_path / "x.npy")


# --- paths and samples ----------------------------------------------------------------------------


def test_a_path_wins_over_a_samples_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read("digits").num_samples == 1797
    np.save(tmp_path / "x.npy", TABLE)
    (tmp_path / "x.npy").rename(tmp_path / "digits")
    assert read("digits").num_samples == 60


def test_a_misspelt_sample_is_suggested() -> None:
    with pytest.raises(DataError, match="no sample of that name") as caught:
        read("digts")
    assert "'digits'" in caught.value.next_step


def test_paths_of_any_kind_are_taken(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", TABLE)
    for source in (tmp_path / "x.npy", str(tmp_path / "x.npy")):
        assert read(source).num_samples == 60


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf8_can_be_read_and_written_about(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff\xfe")
    save_picture(folder / "1.png")
    np.save(folder / "x.npy", TABLE)
    np.save(folder / "bad.npy", np.ones(()))
    for source in (folder, folder / "x.npy"):
        dataset = read(source)
        dataset.name.encode("utf-8")
        for finding in dataset.findings:
            finding.text.encode("utf-8")
    for source in (folder / "x.np", folder / "bad.npy", folder / "none.pt"):
        with pytest.raises(DataError) as caught:
            read(source)
        str(caught.value).encode("utf-8")


def test_too_little_memory_is_said_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", TABLE)

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "empty", full)
    with pytest.raises(MemoryFullError, match="smaller image side"):
        read(tmp_path / "x.npy")


# --- what is refused ------------------------------------------------------------------------------


class Gadget:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this must never be seen",)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("suffix", [".npy", ".npz", ".gz", ".png", ".pt", ".pkl", ""])
def test_pickles_are_never_opened(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], protocol: int, suffix: str
) -> None:
    path = tmp_path / f"data{suffix}"
    content = pickle.dumps(Gadget(), protocol)
    path.write_bytes(gzip.compress(content) if suffix == ".gz" else content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.next_step
    assert "never be seen" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("model.pt", b"PK", "numpy.save"),
        ("model.ckpt", b"anything", "numpy.save"),
        ("data.joblib", b"anything", "numpy.save"),
        ("data.h5", b"\x89HDF\r\n\x1a\n", "again"),
        ("data.feather", b"FEA1", "Parquet"),
        ("renamed.dat", b"ARROW1\0\0", "Parquet"),
        ("net.onnx", b"\x08\x07", "run folder"),
        ("net.safetensors", b"\x08\0\0\0\0\0\0\0", "run folder"),
        ("data.mat", b"MATLAB 5.0 MAT-file", "again"),
        ("documents.zip", zip_bytes({"a.doc": b"1"}), "Unpack it"),
        ("one.png", b"\x89PNG\r\n\x1a\n", "into one folder"),
        ("text.odt", b"hello", "What can be read: "),
        ("empty.npy", b"", "again"),
    ],
)
def test_refusals_show_the_way_to_the_same_data(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(tmp_path / name)
    assert words in caught.value.next_step
    assert caught.value.subject == str(tmp_path / name)


def test_tar_archives_are_not_unpacked(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(link)
    for name, content in (
        ("x.tar", stream.getvalue()),
        ("x.tgz", gzip.compress(stream.getvalue())),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="archives of files are not unpacked"):
            read(tmp_path / name)


def test_what_can_be_read_names_every_format() -> None:
    said = registry.what_can_be_read()
    assert all(known.title in said for known in readers())


BAD = {
    "missing path": lambda folder: folder / "missing.npy",
    "empty folder": lambda folder: _made(folder / "empty"),
    "truncated gz": lambda folder: _saved(
        folder / "train-images-idx3-ubyte.gz", gzip.compress(idx_bytes(TABLE))[:40]
    ),
    "pickled npy": lambda folder: _saved(folder / "x.npy", npy_bytes(np.array([{}], dtype=object))),
    "image bomb": lambda folder: _saved(_made(folder / "b") / "bomb.png", pixel_bomb()).parent,
    "text named png": lambda folder: _saved(_made(folder / "t") / "a.png", b"text").parent,
    "single text": lambda folder: _saved(folder / "a.png", b"text"),
    "broken npz": lambda folder: _saved(folder / "x.npz", zip_bytes({"x.npy": b"1"})[:-9]),
}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_refused_with_file_reason_and_next_step(bad: str, tmp_path: Path) -> None:
    source = BAD[bad](tmp_path)
    with pytest.raises(StudioError) as caught:
        read(source)
    error = caught.value
    assert error.exit_code == 2
    assert error.subject == str(source)
    assert error.reason.endswith(".")
    assert error.next_step.endswith((".", "?"))
    assert str(error) == f"{error.subject}: {error.reason} {error.next_step}"


def test_checks_hold_without_assert_statements(tmp_path: Path) -> None:
    path = _saved(tmp_path / "x-idx3-ubyte", b"\0\0\x08\x03" + b"\xff" * 12)
    program = (
        "import sys; from aestudio.data.reading import read;"
        "from aestudio.errors import DataError\n"
        "try: read(sys.argv[1])\nexcept DataError: sys.exit(7)"
    )
    done = subprocess.run([sys.executable, "-O", "-c", program, str(path)], check=False)
    assert done.returncode == 7


# --- what is conspicuous --------------------------------------------------------------------------


def findings(tmp_path: Path, x: np.ndarray) -> list[tuple[Severity, str, str]]:
    np.save(tmp_path / "x.npy", x)
    dataset = read(tmp_path / "x.npy")
    return [(found.severity, found.text, found.next_step) for found in dataset.findings]


def test_sound_data_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, TABLE) == []


def test_missing_values_are_counted(tmp_path: Path) -> None:
    x = TABLE.copy()
    x[:4, 1] = np.nan
    x[0, 2] = -np.inf
    ((severity, text, next_step),) = findings(tmp_path, x)
    assert severity is Severity.WARNING
    assert "5 values are missing or not finite in 2 of 5 columns" in text
    assert "'Missing values'" in next_step


def test_missing_pixels_are_counted(tmp_path: Path) -> None:
    x = np.ones((60, 8, 8, 3), np.float32)
    x[0, 0, 0] = np.nan
    ((_, text, _),) = findings(tmp_path, x)
    assert "3 values are missing or not finite." in text


@pytest.mark.parametrize(("count", "words"), [(1, "only one sample"), (49, "only 49 samples")])
def test_few_samples_are_a_warning(tmp_path: Path, count: int, words: str) -> None:
    ((severity, text, _),) = findings(tmp_path, TABLE[:count])
    assert severity is Severity.WARNING
    assert words in text


def test_numbers_beyond_32_bits_in_images_become_missing(tmp_path: Path) -> None:
    x = np.ones((60, 8, 8, 1))
    x[0] = 1e300
    ((_, text, _),) = findings(tmp_path, x)
    assert "64 values are missing" in text


def test_half_precision_becomes_single(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", TABLE.astype(np.float16))
    assert read(tmp_path / "x.npy").x.dtype == np.float32


# --- size and colour of arrays --------------------------------------------------------------------

SMOOTH = np.add.outer(np.arange(60), np.add.outer(np.arange(16), np.arange(8))) * 2


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
@pytest.mark.parametrize("fit", ["letterbox", "crop", "stretch"])
def test_arrays_are_resized_without_leaving_their_range(
    tmp_path: Path, dtype: str, fit: str
) -> None:
    np.save(tmp_path / "x.npy", SMOOTH.astype(dtype))
    options = DataOptions(image_size=4, image_fit=fit, background="black")  # type: ignore[arg-type]
    steps: list[tuple[int, int]] = []
    dataset = read(tmp_path / "x.npy", options, progress=lambda *step: steps.append(step))
    assert dataset.shape == (1, 4, 4)
    assert dataset.x.dtype == dtype
    assert dataset.x.max() <= SMOOTH.max()
    assert (dataset.x[:, 0, :, 0] == 0).all() == (fit == "letterbox")
    assert steps[-1] == (60, 60)
    assert any(f"brought to 4 x 4 ({fit})" in finding.text for finding in dataset.findings)


def test_borders_follow_the_background(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", SMOOTH.astype(np.uint8))
    white = read(tmp_path / "x.npy", DataOptions(image_size=4))
    assert (white.x[:, 0, :, 0] == 255).all()
    np.save(tmp_path / "x.npy", (SMOOTH / SMOOTH.max()).astype(np.float32))
    white = read(tmp_path / "x.npy", DataOptions(image_size=4, kind="images"))
    assert (white.x[:, 0, :, 0] == 1).all()


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("color", "wanted"), [("grey", 1), ("rgb", 3), ("rgba", 4)])
def test_colour_of_arrays_is_changed_by_the_same_rules(
    tmp_path: Path, dtype: str, channels: int, color: str, wanted: int
) -> None:
    full = 1 if dtype == "f4" else np.iinfo(dtype).max
    x = np.full((60, 8, 8, channels), full, dtype)
    if channels == 4:
        x[..., :3] = 0
        x[..., 3] = 0  # nothing drawn: the white background shows through
    np.save(tmp_path / "x.npy", x)
    dataset = read(tmp_path / "x.npy", DataOptions(color=color))  # type: ignore[arg-type]
    assert dataset.shape == (wanted, 8, 8)
    assert dataset.x.dtype == dtype
    if not (channels == 4 and wanted == 4):
        assert (dataset.x == full).all()


def test_resizing_stops_when_asked(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((300, 8, 8), np.uint8))
    done: list[int] = []
    with pytest.raises(ReadingCancelled):
        read(
            tmp_path / "x.npy",
            DataOptions(image_size=4),
            progress=lambda count, total: done.append(count),
            is_cancelled=lambda: bool(done),
        )


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([0, 255], "u1"),
        ([0, 256], "u2"),
        ([0, 65536], "f4"),
        ([-1, 5], "f4"),
    ],
)
def test_whole_numbers_of_pictures_take_the_smallest_type(
    tmp_path: Path, values: list[int], dtype: str
) -> None:
    np.save(tmp_path / "x.npy", np.resize(values, (60, 8, 8, 1)).astype(np.int64))
    dataset = read(tmp_path / "x.npy")
    assert dataset.x.dtype == dtype
    assert sorted(np.unique(dataset.x)) == values


def test_pictures_that_cannot_be_converted_in_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", np.ones((60, 8, 8, 1)))
    monkeypatch.setattr("aestudio.data.images.numbers.memory_limit", lambda: 100)
    with pytest.raises(DataError, match="Save them as float32"):
        read(tmp_path / "x.npy")
