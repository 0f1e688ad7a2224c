"""Pictures and moving pictures from 8-bit RGB arrays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from aestudio.analysis.pictures import Pictures, magnify_rgb8, strip_rgb8
from aestudio.errors import OutputError
from aestudio.runs import atomic

#: Small samples are magnified by whole pixels until the shorter side has about this many.
_SHORT_SIDE = 128
#: Numbers of a picture that is written quickly rather than small.
_LARGE = 2**22
_WALK_SUFFIXES = (".png", ".gif")


def write_png(path: Path, picture_HW3: Pictures) -> None:
    """Write one picture."""
    atomic.write_bytes(path, png_bytes(picture_HW3))


def png_bytes(picture_HW3: Pictures) -> memoryview:
    """Return one picture as the content of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture_HW3)).save(
        # The smallest file of a large picture would take many seconds to find.
        buffer,
        "PNG",
        optimize=picture_HW3.size <= _LARGE,
    )
    return buffer.getbuffer()


def write_gif(
    path: Path, frames_KHW3: Pictures, *, frame_s: float = 0.12, is_there_and_back: bool = True
) -> None:
    """Write frames that repeat for ever, each shown for ``frame_s`` seconds.

    With ``is_there_and_back`` the way back follows, so that the end does not jump to the start.
    """
    frames = list(frames_KHW3)
    if is_there_and_back:
        frames += frames[-2:0:-1]
    images = [Image.fromarray(np.ascontiguousarray(frame)) for frame in frames]
    # One palette for all frames: colours that change by themselves would flicker.
    sheet = Image.fromarray(np.concatenate(frames, axis=0)).quantize(256)
    indexed = [image.quantize(palette=sheet, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    indexed[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=indexed[1:],
        # The format counts hundredths of a second, and viewers slow down what is below two.
        duration=max(20, round(frame_s * 100) * 10),
        loop=0,
        optimize=False,
    )
    atomic.write_bytes(path, buffer.getbuffer())


def check_walk_place(path: Path) -> None:
    """Raise what :func:`write_walk` would, before there are any pictures."""
    if path.suffix.lower() not in _WALK_SUFFIXES:
        raise OutputError(
            f"a walk cannot be written as {path.suffix or 'a file without suffix'}.",
            subject=path,
            next_step=f"Choose a name that ends in {' or '.join(_WALK_SUFFIXES)}.",
        )
    atomic.check_file(path)


def write_walk(path: Path, frames_KHW3: Pictures) -> None:
    """Write the pictures between two codes: a strip as ``.png``, a moving picture as ``.gif``.

    Raises :class:`OutputError` for another suffix or a place that cannot be written.
    """
    check_walk_place(path)
    factor = max(1, _SHORT_SIDE // min(frames_KHW3.shape[1:3]))
    frames = magnify_rgb8(frames_KHW3, factor)
    if path.suffix.lower() == ".png":
        write_png(path, strip_rgb8(frames, gap=max(2, factor)))
    else:
        write_gif(path, frames)
