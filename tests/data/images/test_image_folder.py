"""Folders of pictures as people have them, and as people should not have them."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files import folder_listing
from aestudio.data.files.folder_listing import list_files
from aestudio.data.images import set_decoding
from aestudio.data.options import DataOptions
from aestudio.data.reading import ReadingCancelled, read
from aestudio.errors import DataError
from tests.data.making import may_read_everything, picture, pixel_bomb, png_chunk, save_picture

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


def said(dataset: Dataset, words: str) -> Finding:
    """The one finding that holds the words."""
    (finding,) = [finding for finding in dataset.findings if words in finding.text]
    return finding


def test_subfolders_are_classes_and_order_is_by_name(tmp_path: Path) -> None:
    for name in ("dogs/2.png", "cats/1.png", "dogs/1.png"):
        save_picture(tmp_path / "pets" / name, "RGB", (9, 7))
    dataset = read(tmp_path / "pets")
    assert dataset.name == "pets"
    assert dataset.kind is Kind.IMAGES
    assert dataset.reader == "image-folder"
    assert dataset.shape == (3, 7, 9)
    assert dataset.x.dtype == np.uint8
    assert dataset.label_names == ("cats", "dogs")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [0, 1, 1]
    assert dataset.sample_names == tuple(
        os.path.join(*name.split("/")) for name in ("cats/1.png", "dogs/1.png", "dogs/2.png")
    )
    np.testing.assert_array_equal(
        dataset.x[0], np.moveaxis(np.asarray(picture("RGB", (9, 7))), 2, 0)
    )


def test_damaged_files_are_skipped_counted_and_named(tmp_path: Path) -> None:
    for index in range(3):
        save_picture(tmp_path / f"{index}.png")
    whole = (tmp_path / "0.png").read_bytes()
    damaged = {
        "cut.png": whole[: len(whole) // 2],
        "empty.png": b"",
        "byte.jpg": b"\xff",
        "text.png": b"this is a text",
        "script.png": b"%!PS-Adobe-3.0\n(x) run",
        "bomb.png": pixel_bomb(),
        "chatter.png": whole[:33]
        + b"".join([png_chunk(b"zTXt", b"k\0\0" + _packed_text())] * 5)
        + whole[33:],
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("not a picture, and not called one")
    dataset = read(tmp_path)
    assert dataset.sample_names == ("0.png", "1.png", "2.png")
    skipped = said(dataset, "files were skipped")
    assert skipped.severity is Severity.WARNING
    assert "7 of 11 files were skipped" in skipped.text
    assert "bomb.png (it has more than 100,000,000 pixels" in skipped.text
    assert "and 2 more" in skipped.text
    assert "notes.txt" in said(dataset, "1 file is no picture").text


def _packed_text() -> bytes:
    import zlib

    return zlib.compress(bytes(10**7), 9)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_cut_anywhere_is_skipped(tmp_path: Path, form: str) -> None:
    save_picture(tmp_path / "whole.png", "RGB", (40, 30))
    stream = io.BytesIO()
    picture("RGB", (40, 30)).save(stream, form)
    content = stream.getvalue()
    for tenth in range(1, 10):
        (tmp_path / f"{tenth}.{form.lower()}").write_bytes(content[: len(content) * tenth // 10])
    dataset = read(tmp_path)
    assert "whole.png" in dataset.sample_names
    assert "files were skipped" in said(dataset, "skipped").text


def test_the_most_pixels_are_a_setting_that_the_message_names(tmp_path: Path) -> None:
    for name, size in (("small.png", (8, 8)), ("large.png", (9, 8))):
        save_picture(tmp_path / name, "L", size)
    dataset = read(tmp_path, DataOptions(max_pixels=64))
    assert dataset.sample_names == ("small.png",)
    assert "large.png (it has more than 64 pixels, the most that 'Most pixels' allows)" in str(
        dataset.findings
    )
    assert read(tmp_path, DataOptions(max_pixels=72)).num_samples == 2
    assert read(tmp_path, DataOptions(max_pixels=64, patch_size=4)).num_samples == 4


def test_content_decides_what_a_picture_is(tmp_path: Path) -> None:
    picture("RGB", (8, 8)).save(tmp_path / "really.jpg", "PNG")
    picture("RGB", (8, 8)).save(tmp_path / "no suffix", "PNG")
    assert read(tmp_path).num_samples == 2


def test_clutter_is_not_even_mentioned(tmp_path: Path) -> None:
    for name in (".hidden.png", "__MACOSX/1.png", ".git/1.png", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"clutter")
    with pytest.raises(DataError, match="holds no files") as caught:
        read(tmp_path)
    assert "Choose a folder" in caught.value.next_step
    save_picture(tmp_path / "a.png")
    assert all("clutter" not in finding.text for finding in read(tmp_path).findings)


def test_a_folder_without_pictures_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "table.xyz").write_text("1,2,3")
    with pytest.raises(DataError, match=r"none of the 1 files .* table.xyz"):
        read(tmp_path)


def test_one_picture_is_read_with_a_warning(tmp_path: Path) -> None:
    save_picture(tmp_path / "only" / "1.png")
    dataset = read(tmp_path)
    assert dataset.num_samples == 1
    assert said(dataset, "only one sample").severity is Severity.WARNING
    assert dataset.labels is None


# --- size and colour ------------------------------------------------------------------------------


def test_photographs_become_64_pixels_and_that_is_said(tmp_path: Path) -> None:
    for index in range(2):
        save_picture(tmp_path / f"{index}.jpg", "RGB", (640, 480))
    dataset = read(tmp_path)
    assert dataset.shape == (3, 64, 64)
    finding = said(dataset, "640 x 480")
    assert "64 x 64 (letterbox)" in finding.text
    assert "Image side" in finding.next_step


def test_small_pictures_of_one_size_keep_it(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", "L", (64, 20))
    dataset = read(tmp_path)
    assert dataset.shape == (1, 20, 64)
    assert not any("brought to" in finding.text for finding in dataset.findings)


def test_mixed_sizes_become_squares_of_the_usual_side(tmp_path: Path) -> None:
    for index, size in enumerate([(20, 10), (30, 12), (30, 30)]):
        save_picture(tmp_path / f"{index}.png", "L", size)
    dataset = read(tmp_path)
    assert dataset.shape == (1, 30, 30)
    assert "3 different sizes" in said(dataset, "different sizes").text


def test_the_person_chooses_size_fit_and_colour(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", "RGB", (40, 20))
    options = DataOptions(image_size=16, image_fit="crop", color="grey")
    dataset = read(tmp_path, options)
    assert dataset.shape == (1, 16, 16)
    assert read(tmp_path, DataOptions(color="rgba")).shape == (4, 20, 40)


def test_most_pictures_decide_and_the_mix_is_counted(tmp_path: Path) -> None:
    for index, mode in enumerate(["RGB", "L", "RGB", "RGBA"]):
        save_picture(tmp_path / f"{index}.png", mode)
    dataset = read(tmp_path)
    assert dataset.shape == (3, 8, 8)
    text = said(dataset, "mixed").text
    assert "2 colour" in text
    assert "1 grey" in text
    assert "1 colour with transparency" in text


def test_transparency_that_shows_nothing_is_left_out(tmp_path: Path) -> None:
    for index in range(2):
        save_picture(tmp_path / f"{index}.png", "RGB")
        picture("RGB", (8, 8)).convert("RGBA").save(tmp_path / f"{index}a.png")
        picture("RGB", (8, 8)).convert("RGBA").save(tmp_path / f"{index}b.png")
    dataset = read(tmp_path)
    assert dataset.shape == (3, 8, 8)
    assert said(dataset, "transparency was left out")
    assert read(tmp_path, DataOptions(color="rgba")).shape == (4, 8, 8)


def test_transparency_that_shows_something_is_kept(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", "RGBA")
    assert read(tmp_path).shape == (4, 8, 8)


def test_greys_stored_as_colours_are_pointed_out(tmp_path: Path) -> None:
    picture("L", (8, 8)).convert("RGB").save(tmp_path / "1.png")
    assert "grey" in said(read(tmp_path), "only greys").next_step


def test_deep_pictures_keep_their_depth(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    for index in range(2):
        Image.fromarray(ramp).save(tmp_path / f"{index}.png")
    save_picture(tmp_path / "shallow.png", "L")
    dataset = read(tmp_path)
    assert dataset.x.dtype == np.uint16
    np.testing.assert_array_equal(dataset.x[0, 0], ramp)
    assert said(dataset, "different depths").severity is Severity.WARNING


def test_films_and_lost_bits_are_pointed_out(tmp_path: Path) -> None:
    from tests.data.images.test_decoded_picture import png_of_16_bit_colour

    frames = [Image.new("RGB", (2, 1), color) for color in ("red", "green")]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "deep.png").write_bytes(png_of_16_bit_colour().getvalue())
    dataset = read(tmp_path)
    assert said(dataset, "1 files hold several pictures")
    assert said(dataset, "1 colour pictures of 16 bits")


def test_a_folder_can_be_read_as_a_table(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png", "L", (5, 4))
    dataset = read(tmp_path, DataOptions(kind="table"))
    assert dataset.kind is Kind.TABLE
    assert dataset.shape == (20,)
    with pytest.raises(DataError, match="cannot be read as sequences"):
        read(tmp_path, DataOptions(kind="sequences"))


# --- parts ----------------------------------------------------------------------------------------


def test_training_and_test_folders_are_kept_apart(tmp_path: Path) -> None:
    for index, name in enumerate(["train/cats", "train/dogs", "test/dogs"]):
        Image.new("L", (4, 4), index).save(_made(tmp_path / name) / "1.png")
    dataset = read(tmp_path)
    assert dataset.x[:, 0, 0, 0].tolist() == [0, 1]
    assert dataset.test is not None
    assert dataset.test.x[:, 0, 0, 0].tolist() == [2]
    assert dataset.test.label_names == dataset.label_names == ("cats", "dogs")
    assert dataset.test.labels is not None
    assert dataset.test.labels.tolist() == [1]
    assert dataset.test.sample_names == (os.path.join("test", "dogs", "1.png"),)
    assert dataset.test.fingerprint != dataset.fingerprint
    assert said(dataset, "1 pictures aside for testing")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


# --- hostile folders ------------------------------------------------------------------------------


@posix_only
def test_links_pipes_and_devices_are_counted_and_not_followed(tmp_path: Path) -> None:
    outside = save_picture(tmp_path / "outside" / "secret.png")
    inside = _made(tmp_path / "inside")
    save_picture(inside / "1.png")
    (inside / "secret.png").symlink_to(outside)
    (inside / "around").symlink_to(inside)
    (inside / "up").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe.png")
    dataset = read(inside)
    assert dataset.sample_names == ("1.png",)
    assert "3 links and 1 pipes" in said(dataset, "not followed").text


@pytest.mark.skipif(may_read_everything(), reason="root may read everything")
def test_unreadable_files_and_folders_are_named(tmp_path: Path) -> None:
    save_picture(tmp_path / "1.png")
    save_picture(tmp_path / "locked.png").chmod(0)
    _made(tmp_path / "shut").chmod(0)
    dataset = read(tmp_path)
    assert "locked.png (it is not readable" in said(dataset, "skipped").text
    assert "shut" in said(dataset, "subfolders are not readable").text


def test_a_subfolder_that_vanishes_or_shuts_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_picture(tmp_path / "1.png")
    save_picture(tmp_path / "shut" / "2.png")
    scan = os.scandir

    def scan_all_but_shut(path: object) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scan_all_but_shut)
    assert "shut" in said(read(tmp_path), "subfolders are not readable").text


def test_the_chosen_folder_itself_has_to_be_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", shut)
    with pytest.raises(DataError, match="not readable for you"):
        list_files(tmp_path)


def test_files_and_levels_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path.joinpath("deep", *["d"] * (folder_listing.MAX_DEPTH + 1))
    deep.mkdir(parents=True)
    with pytest.raises(DataError, match="nested more than 16 deep"):
        list_files(tmp_path / "deep")
    assert list_files(tmp_path / "deep" / "d").files == []
    for index in range(3):
        (tmp_path / "deep" / f"{index}").touch()
    shutil.rmtree(tmp_path / "deep" / "d")
    monkeypatch.setattr(folder_listing, "MAX_FILES", 3)
    assert len(list_files(tmp_path / "deep").files) == 3
    monkeypatch.setattr(folder_listing, "MAX_FILES", 2)
    with pytest.raises(DataError, match="more than 2 files"):
        list_files(tmp_path / "deep")


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_file_that_changes_between_the_two_looks_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    for index in range(3):
        save_picture(tmp_path / f"{index}.png")
    choose = set_decoding.choose_plan

    def choose_and_change(*arguments: object) -> object:
        if (tmp_path / "1.png").exists():
            change(tmp_path / "1.png")
        return choose(*arguments)

    monkeypatch.setattr(set_decoding, "choose_plan", choose_and_change)
    dataset = read(tmp_path)
    assert dataset.sample_names == ("0.png", "2.png")
    assert "1.png" in said(dataset, "1 of 3 files was skipped").text


def test_a_folder_that_vanishes_between_the_two_looks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_picture(tmp_path / "1.png")
    choose = set_decoding.choose_plan

    def choose_and_remove(*arguments: object) -> object:
        (tmp_path / "1.png").unlink()
        return choose(*arguments)

    monkeypatch.setattr(set_decoding, "choose_plan", choose_and_remove)
    with pytest.raises(DataError, match="none of the 1 files"):
        read(tmp_path)


# --- progress and cancelling ----------------------------------------------------------------------


def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    for index in range(5):
        save_picture(tmp_path / f"{index}.png")
    steps: list[tuple[int, int]] = []
    read(tmp_path, progress=lambda done, total: steps.append((done, total)))
    assert steps[0] == (5, 0)  # found, and nobody knows what is to come
    counted = [step for step in steps if step[1]]
    assert counted == [(done, 5) for done in range(1, 6)]
    assert steps[-5:] == counted


def test_reading_stops_when_asked(tmp_path: Path) -> None:
    for index in range(200):
        save_picture(tmp_path / f"{index}.png")
    done: list[int] = []
    with pytest.raises(ReadingCancelled):
        read(
            tmp_path,
            progress=lambda count, _: done.append(count),
            is_cancelled=lambda: len(done) > 0,
        )
    assert len(done) < 200


def test_an_error_in_the_progress_leaves_nothing_running(tmp_path: Path) -> None:
    for index in range(200):
        save_picture(tmp_path / f"{index}.png")

    def fail(done: int, total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read(tmp_path, progress=fail)
