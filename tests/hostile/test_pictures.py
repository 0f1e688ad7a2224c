"""Rows of group A that no other test shows by itself; each test begins with the name of its row."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import picture, save_picture

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


def test_a02_nothing_one_byte_and_text_are_skipped(tmp_path: Path) -> None:
    save_picture(tmp_path / "whole.png")
    for name, content in {"none.png": b"", "one.png": b"\x89", "text.png": b"hello"}.items():
        (tmp_path / name).write_bytes(content)
    dataset = read(tmp_path)
    assert dataset.sample_names == ("whole.png",)
    assert "3 of 4 files were skipped" in dataset.findings[0].text


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a06_of_ten_thousand_frames_the_first_is_read_at_once(tmp_path: Path, form: str) -> None:
    # Two pictures in turn, because writers leave a frame out that is like the one before.
    frames = [Image.new("L", (4, 4), 255 * (index % 2)) for index in range(10_000)]
    content = io.BytesIO()
    frames[0].save(content, form, save_all=True, append_images=frames[1:])
    (tmp_path / "film").write_bytes(content.getvalue())
    save_picture(tmp_path / "still.png", "L", (4, 4))
    read(tmp_path)  # Once the decoder's code has been read from the disk, time is the film's own.
    started = time.monotonic()
    dataset = read(tmp_path)
    assert time.monotonic() - started < 5
    assert dataset.num_samples == 2
    assert dataset.x[0].max() == 0
    assert "several pictures" in str(dataset.findings)


@posix_only
@pytest.mark.starts_programs
def test_a08_no_other_program_is_started_for_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("gs", "gswin32c", "gswin64c", "pdftoppm", "inkscape", "convert", "magick"):
        program = programs / name
        program.write_text(f"#!/bin/sh\ntouch {canary}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    subprocess.run(["gs"], check=True)
    assert canary.exists(), "the trap does not work"
    canary.unlink()
    folder = tmp_path / "pictures"
    save_picture(folder / "whole.png")
    heads = {
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        "pdf": b"%PDF-1.4\n1 0 obj\n",
        "psd": b"8BPS\0\1" + bytes(60),
        "fits": b"SIMPLE  =                    T" + bytes(60),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    for name, head in heads.items():
        (folder / f"{name}.png").write_bytes(head)
    assert read(folder).sample_names == ("whole.png",)
    assert not canary.exists()


@pytest.mark.parametrize("dtype", ["u2", "f4", "f8"])
def test_a11_a_ramp_over_the_whole_range_is_not_clipped(tmp_path: Path, dtype: str) -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(dtype)
    tifffile.imwrite(tmp_path / "ramp.tif", ramp)
    colour = np.stack([ramp, ramp[::-1], ramp.T], axis=2)
    grey = read(tmp_path).x[0, 0]
    np.testing.assert_array_equal(grey, ramp.astype(grey.dtype))
    tifffile.imwrite(tmp_path / "ramp.tif", colour, photometric="rgb")
    kept = read(tmp_path).x[0]
    np.testing.assert_array_equal(kept, np.moveaxis(colour, 2, 0).astype(kept.dtype))


def test_a16_folders_without_anything_to_read_are_refused(tmp_path: Path) -> None:
    for name in ("", ".hidden.png", "__MACOSX/1.png"):
        folder = tmp_path / f"folder {len(name)}"
        folder.mkdir()
        if name:
            save_picture(folder / name)
        with pytest.raises(DataError, match="holds no files") as caught:
            read(folder)
        assert caught.value.next_step


def test_a17_one_picture_and_one_class_are_read(tmp_path: Path) -> None:
    for index in range(60):
        save_picture(tmp_path / "all" / "cats" / f"{index}.png")
    dataset = read(tmp_path / "all")
    # A class that all samples share says nothing.
    assert (dataset.num_samples, dataset.labels) == (60, None)
    save_picture(tmp_path / "one" / "1.png")
    assert "only one sample" in str(read(tmp_path / "one").findings)


@posix_only
def test_a18_links_pipes_and_devices_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    save_picture(folder / "whole.png")
    save_picture(tmp_path / "outside.png")
    (folder / "loop").symlink_to(folder)
    (folder / "out.png").symlink_to(tmp_path / "outside.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.png")
    started = time.monotonic()
    dataset = read(folder)
    assert time.monotonic() - started < 5
    assert dataset.sample_names == ("whole.png",)
    assert "3 links and 1 pipes or devices were not followed" in str(dataset.findings)
    with pytest.raises(DataError, match="pipe, a device"):
        read("/dev/zero")


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1)])
def test_a22_a_point_and_a_line_are_read_with_a_note(tmp_path: Path, size: tuple[int, int]) -> None:
    for index in range(60):
        picture("L", size).save(tmp_path / f"{index}.png")
    dataset = read(tmp_path)
    assert dataset.num_samples == 60
    assert np.isfinite(dataset.x).all()
    assert dataset.findings
