"""TIFF files of every number type, with many pages, and as an attacker would patch them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from aestudio.data.dataset import Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import is_picture_file, read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import DataError
from tests.data.making import zip_bytes

RNG = np.random.default_rng(0)
NUMBERS = ["f2", "f4", "f8", "i1", "i2", "i4", "u1", "u2", "u4", "u8", ">f4", ">f8", ">u2"]


def save(path: Path, values: np.ndarray[Any, Any], **how: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, values, **{"photometric": "minisblack", **how})
    return path


@pytest.mark.parametrize("dtype", NUMBERS)
def test_values_of_every_number_type_are_kept(tmp_path: Path, dtype: str) -> None:
    signed = np.dtype(dtype).kind in "if"
    values = (RNG.random((8, 9)) * 200 - 100 * signed).astype(dtype)
    save(tmp_path / "1.tif", values, byteorder=">" if dtype.startswith(">") else "<")
    dataset = read(tmp_path)
    np.testing.assert_array_equal(dataset.x[0, 0], values.astype(dataset.x.dtype))
    assert dataset.x.dtype in (np.uint8, np.uint16, np.float32)


@pytest.mark.parametrize("dtype", ["f4", "f8", "u2"])
def test_colour_of_any_number_type_is_kept(tmp_path: Path, dtype: str) -> None:
    values = (RNG.random((8, 9, 3)) * 100).astype(dtype)
    save(tmp_path / "1.tif", values, photometric="rgb")
    np.testing.assert_array_equal(read(tmp_path).x[0], np.moveaxis(values, 2, 0).astype("f4"))


@pytest.mark.parametrize(
    "how", [{"compression": "zlib"}, {"tile": (16, 16)}, {"bigtiff": True}, {"rowsperstrip": 3}]
)
def test_layouts_within_the_file_make_no_difference(tmp_path: Path, how: dict[str, Any]) -> None:
    values = RNG.random((20, 30))
    save(tmp_path / "1.tif", values, **how)
    np.testing.assert_array_equal(read(tmp_path).x[0, 0], values.astype("f4"))


def test_channels_that_no_picture_has_are_named(tmp_path: Path) -> None:
    save(tmp_path / "1.tif", RNG.random((8, 9, 7)), planarconfig="contig")
    with pytest.raises(DataError, match="it has 7 channels"):
        read(tmp_path)


# --- many pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4", "f8"])
def test_every_page_is_a_sample(tmp_path: Path, dtype: str) -> None:
    values = (RNG.random((60, 8, 9)) * 200).astype(dtype)
    dataset = read(save(tmp_path / "stack.tif", values))
    assert (dataset.kind, dataset.reader) == (Kind.IMAGES, "image-file")
    np.testing.assert_array_equal(dataset.x[:, 0], values.astype(dataset.x.dtype))
    assert dataset.sample_names[:2] == ("page 1", "page 2")
    assert dataset.findings == ()


def pages_of(mode: str) -> list[Image.Image]:
    colours = [Image.fromarray(RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)) for _ in range(3)]
    if mode == "I;16":
        return [
            Image.fromarray(RNG.integers(0, 60_000, (20, 30), dtype=np.uint16)) for _ in range(3)
        ]
    if mode == "P":
        return [colour.quantize(16) for colour in colours]
    return [colour.convert(mode) for colour in colours]


@pytest.mark.parametrize(
    ("mode", "packings"),
    [
        ("L", (None, "tiff_lzw", "packbits", "jpeg")),
        ("1", (None, "group4", "tiff_lzw")),
        ("RGB", (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg")),
        ("P", (None, "tiff_lzw")),
        ("CMYK", (None, "tiff_lzw")),
        ("I;16", (None, "tiff_lzw")),
        ("F", (None, "tiff_lzw")),
    ],
)
def test_pages_look_in_a_stack_as_they_do_alone(
    tmp_path: Path, mode: str, packings: tuple[str | None, ...]
) -> None:
    first, *others = pages = pages_of(mode)
    for packing in packings:
        for index, page in enumerate(pages):
            page.save(tmp_path / f"{index}.tif", compression=packing)
        alone = read("\n".join(str(tmp_path / f"{index}.tif") for index in range(3)))
        first.save(
            tmp_path / "stack.tiff", save_all=True, append_images=others, compression=packing
        )
        together = read(tmp_path / "stack.tiff")
        np.testing.assert_array_equal(together.x, alone.x)
        assert together.x.dtype == alone.x.dtype


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pages_are_turned_upright(tmp_path: Path, orientation: int) -> None:
    values = RNG.integers(0, 255, (3, 8, 12)).astype("u1")
    how = {"extratags": [(274, "H", 1, orientation, True)]}
    with tifffile.TiffWriter(tmp_path / "stack.tif") as writer:
        for page in values:
            writer.write(page, photometric="minisblack", **how)
    save(tmp_path / "alone" / "1.tif", values[0], **how)
    together, alone = read(tmp_path / "stack.tif"), read(tmp_path / "alone")
    np.testing.assert_array_equal(together.x[0], alone.x[0])


def test_large_pages_are_brought_to_the_usual_side_or_cut(tmp_path: Path) -> None:
    path = save(tmp_path / "stack.tif", RNG.integers(0, 255, (60, 80, 96)).astype("u1"))
    assert read(path).shape == (1, 64, 64)
    assert read(path, DataOptions(image_size=16)).shape == (1, 16, 16)
    assert read(path, DataOptions(patch_size=16)).num_samples == 60 * 5 * 6


def test_every_page_of_every_file_is_a_sample(tmp_path: Path) -> None:
    stacks = {
        name: RNG.integers(0, 60_000, (count, 8, 9)).astype("u2")
        for name, count in (("a/1.tif", 3), ("a/2.tiff", 1), ("b/3.tif", 2))
    }
    for name, values in stacks.items():
        save(tmp_path / name, values)
    (tmp_path / "notes.txt").write_text("no picture")
    dataset = read(tmp_path)
    np.testing.assert_array_equal(dataset.x[:, 0], np.concatenate(list(stacks.values())))
    assert dataset.x.dtype == np.uint16
    assert dataset.sample_names == (
        *(f"{Path('a/1.tif')} page {page}" for page in (1, 2, 3)),
        str(Path("a/2.tiff")),
        *(f"{Path('b/3.tif')} page {page}" for page in (1, 2)),
    )
    assert dataset.label_names == ("a", "b")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [0, 0, 0, 0, 1, 1]
    texts = [finding.text for finding in dataset.findings]
    assert any(text.startswith("Every page is a sample: 6 pages of 3 TIFF files") for text in texts)
    assert any("notes.txt" in text for text in texts)
    first = read(tmp_path, DataOptions(pages="first"))
    np.testing.assert_array_equal(first.x[:, 0], [values[0] for values in stacks.values()])
    together = "\n".join(str(tmp_path / name) for name in stacks)
    np.testing.assert_array_equal(read(together).x, dataset.x)


def test_pages_of_other_sizes_than_those_of_other_files_are_not_read(tmp_path: Path) -> None:
    for name, side in (("1.tif", 16), ("2.tif", 20)):
        save(tmp_path / name, RNG.integers(0, 255, (3, side, side)).astype("u1"))
    dataset = read(tmp_path)
    assert dataset.num_samples == 2
    assert any("2 files hold several pictures" in finding.text for finding in dataset.findings)


def test_large_pages_of_several_files_are_brought_to_the_usual_side(tmp_path: Path) -> None:
    for name in ("1.tif", "2.tif"):
        save(tmp_path / name, RNG.integers(0, 255, (2, 80, 96)).astype("u1"))
    dataset = read(tmp_path)
    assert (dataset.num_samples, dataset.shape) == (4, (1, 64, 64))
    assert sum("brought to 64 x 64" in finding.text for finding in dataset.findings) == 1
    assert read(tmp_path, DataOptions(image_size=16)).shape == (1, 16, 16)


def test_damaged_stacks_among_others_are_skipped_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    for name in ("1.tif", "2.tif", "3.tif"):
        save(folder / name, RNG.random((6, 32, 32)), compression="zlib")
    content = (folder / "2.tif").read_bytes()
    (folder / "2.tif").write_bytes(content[: len(content) // 2])
    archive = tmp_path / "stacks.zip"
    archive.write_bytes(zip_bytes({path.name: path.read_bytes() for path in folder.iterdir()}))
    for path in (folder, archive):
        dataset = read(path)
        assert dataset.num_samples == 12
        assert any("2.tif" in finding.text for finding in dataset.findings)


@pytest.mark.parametrize("options", [DataOptions(), DataOptions(patch_size=16)])
def test_pages_in_an_archive_are_read_as_those_in_the_folder(
    tmp_path: Path, options: DataOptions
) -> None:
    folder = tmp_path / "stacks"
    for name, count in (("train/a/1.tif", 3), ("train/b/2.tif", 1), ("test/a/3.tif", 2)):
        save(folder / name, RNG.integers(0, 255, (count, 80, 96)).astype("u1"))
    archive = tmp_path / "stacks.zip"
    files = [path for path in folder.rglob("*") if path.is_file()]
    archive.write_bytes(
        zip_bytes({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
    )
    unpacked, packed = read(folder, options), read(archive, options)
    assert unpacked.test is not None
    assert packed.test is not None
    for one, other in ((unpacked, packed), (unpacked.test, packed.test)):
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.labels, other.labels)
    assert packed.findings == unpacked.findings
    assert any("6 pages of 3 TIFF files" in finding.text for finding in packed.findings)


def test_patches_are_cut_out_of_every_page_of_every_file(tmp_path: Path) -> None:
    stacks = [RNG.integers(0, 60_000, (count, 80, 96)).astype("u2") for count in (3, 1)]
    for index, values in enumerate(stacks):
        save(tmp_path / f"{index}.tif", values)
    dataset = read(tmp_path, DataOptions(patch_size=32))
    assert (dataset.num_samples, dataset.x.dtype) == (4 * 2 * 3, np.uint16)
    np.testing.assert_array_equal(dataset.x[-1, 0], stacks[1][0, 32:64, 64:96])
    assert dataset.sample_names[6] == "0.tif page 2, row 0, column 0"
    assert any(
        finding.text.startswith("Patches are cut out of every page: 4 pages of 2 TIFF files")
        for finding in dataset.findings
    )
    first = read(tmp_path, DataOptions(patch_size=32, pages="first"))
    assert first.num_samples == 2 * 2 * 3
    smaller = read(tmp_path, DataOptions(patch_size=32, image_size=32))
    assert smaller.num_samples == 4


def test_pages_that_do_not_fit_the_memory_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1.tif", "2.tif"):
        save(tmp_path / name, RNG.integers(0, 255, (2, 32, 32)).astype("u1"))
    monkeypatch.setattr("aestudio.data.images.tiff_stack.memory_limit", lambda: 4_000)
    with pytest.raises(DataError, match="the pages of its 2 files do not fit the memory"):
        read(tmp_path)


def test_reading_many_stacks_can_be_cancelled(tmp_path: Path) -> None:
    for name in ("1.tif", "2.tif"):
        save(tmp_path / name, RNG.integers(0, 255, (2, 32, 32)).astype("u1"))
    steps: list[tuple[int, int]] = []
    with pytest.raises(ReadingCancelled):
        read(
            tmp_path,
            progress=lambda done, total: steps.append((done, total)),
            is_cancelled=lambda: (1, 2) in steps,
        )
    assert (2, 2) not in steps


def test_the_first_page_of_a_file_alone_is_a_picture(tmp_path: Path) -> None:
    path = save(tmp_path / "stack.tif", RNG.integers(0, 255, (3, 128, 128)).astype("u1"))
    dataset = read(path, DataOptions(pages="first"))
    assert dataset.patches is not None


def test_smaller_views_of_the_same_are_no_samples(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "views.tif") as writer:
        for side in (256, 128, 64):
            writer.write(RNG.integers(0, 255, (side, side)).astype("u1"))
    dataset = read(tmp_path / "views.tif")
    assert dataset.patches is not None
    assert dataset.num_samples == 16


def test_a_file_of_many_pages_is_no_single_picture(tmp_path: Path) -> None:
    stack = save(tmp_path / "stack.tif", RNG.integers(0, 255, (3, 64, 64)).astype("u1"))
    with tifffile.TiffWriter(tmp_path / "views.tif") as writer:
        for side in (64, 32):
            writer.write(RNG.integers(0, 255, (side, side)).astype("u1"))
    (tmp_path / "notes.txt").write_text("no picture")
    assert not is_picture_file(stack, DataOptions())
    assert is_picture_file(stack, DataOptions(pages="first"))
    assert is_picture_file(tmp_path / "views.tif", DataOptions())
    assert not is_picture_file(tmp_path / "notes.txt", DataOptions())


def test_a_list_of_pages_that_leads_in_a_circle_ends(tmp_path: Path) -> None:
    path = save(tmp_path / "stack.tif", RNG.integers(0, 255, (3, 64, 64)).astype("u1"))
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        first, last = file.pages[0].offset, file.pages[2].offset
    count = struct.unpack_from("<H", content, last)[0]
    # What follows the tags of the last page is where the next one lies.
    struct.pack_into("<I", content, last + 2 + 12 * count, first)
    path.write_bytes(content)
    assert read(path).num_samples == 3


def test_cut_stacks_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "stack.tif", RNG.random((6, 32, 32)), compression="zlib")
    content = path.read_bytes()
    for share in (0.2, 0.5, 0.9):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(DataError):
            read(path)


def test_a_page_of_impossible_size_is_refused_before_memory_is_reserved(tmp_path: Path) -> None:
    path = save(tmp_path / "1.tif", RNG.random((8, 9)))
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        tags = {
            name: file.pages.first.tags[name].valueoffset for name in ("ImageWidth", "ImageLength")
        }
    for offset in tags.values():
        struct.pack_into("<H", content, offset, 9000)
    path.write_bytes(content)
    with pytest.raises(DataError, match="it claims 81,000,000 pixels"):
        read(tmp_path)
