"""Files as other programs write them, and as an attacker would."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


@cache
def may_read_everything() -> bool:
    """Whether permissions mean nothing to whoever runs the tests, as to root and on Windows."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


def idx_bytes(x: np.ndarray[Any, Any]) -> bytes:
    """Write the IDX format, by its description and without the code under test."""
    code = IDX_CODES[x.dtype.str[1:]]
    head = struct.pack(f">HBB{x.ndim}I", 0, code, x.ndim, *x.shape)
    return head + x.astype(x.dtype.newbyteorder(">")).tobytes()


def npy_bytes(x: np.ndarray[Any, Any]) -> bytes:
    """Write the .npy format with numpy's own writer."""
    stream = io.BytesIO()
    np.save(stream, x, allow_pickle=x.dtype.hasobject)
    return stream.getvalue()


def npy_with_header(header: str, payload: bytes = b"", version: int = 1) -> bytes:
    """Write a .npy file whose header says whatever it likes."""
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + payload


def zip_bytes(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def save_zarr(
    path: Path, version: Literal[2, 3], x: np.ndarray[Any, Any] | None = None, **arrays: Any
) -> Path:
    """Save one array, or a group of named ones in chunks of half their sides, with the library."""
    import zarr
    from zarr.core.sync import cleanup_resources

    if x is not None:
        zarr.save_array(str(path), x, zarr_format=version)
    else:
        group = zarr.open_group(str(path), mode="w", zarr_format=version)
        for name, values in arrays.items():
            chunks = tuple(-(-size // 2) for size in values.shape)
            group.create_array(name, data=values, chunks=chunks)
    # It keeps threads for the next time.
    cleanup_resources()
    return path


def save_matlab_7_3(path: Path, **arrays: tuple[Any, str]) -> Path:
    """Write arrays and MATLAB's class of each the way MATLAB 7.3 does: transposed, in HDF5."""
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        for name, (values, kind) in arrays.items():
            if kind == "cell":
                places = [
                    _save_text(file, f"#refs#/{name}{i}", text).ref for i, text in enumerate(values)
                ]
                stored = file.create_dataset(name, (1, len(places)), h5py.ref_dtype)
                stored[0] = places
            elif kind == "char":
                stored = _save_text(file, name, values)
            else:
                stored = file.create_dataset(name, data=np.asarray(values).T)
            stored.attrs["MATLAB_class"] = np.bytes_(kind)
    content = bytearray(path.read_bytes())
    content[:128] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM"
    path.write_bytes(content)
    return path


def _save_text(file: Any, name: str, text: str) -> Any:
    stored = file.create_dataset(name, data=np.frombuffer(text.encode("utf-16-le"), "<u2")[:, None])
    stored.attrs["MATLAB_class"] = np.bytes_("char")
    return stored


def save_picture(path: Path, mode: str = "RGB", size: tuple[int, int] = (8, 8), **how: Any) -> Path:
    """Save a picture of the given mode in which every pixel is different."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(mode, size).save(path, **how)
    return path


def picture(mode: str, size: tuple[int, int]) -> Image.Image:
    width, height = size
    ramp = np.add.outer(np.arange(height) * 7, np.arange(width) * 3) % 256
    grey = Image.fromarray(ramp.astype(np.uint8))
    if mode == "L":
        return grey
    bands = [ramp, 255 - ramp, (ramp * 5) % 256, np.maximum(ramp, 64)]
    rgba = Image.fromarray(np.stack(bands, axis=2).astype(np.uint8), "RGBA")
    return rgba if mode == "RGBA" else rgba.convert("RGB").convert(mode)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


@cache
def pixel_bomb() -> bytes:
    """A PNG of 50,000 x 50,000 pixels of one bit: kilobytes that ask for gigabytes."""
    width = height = 50_000
    # A hundred rows as one deflate block that ends on a byte, and then the same block again.
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(100 * (1 + width // 8))) + packer.flush(zlib.Z_FULL_FLUSH)
    body = b"\x78\xda" + block * (height // 100) + b"\3\0"
    body += zlib.adler32(bytes(10)).to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + png_chunk(b"IDAT", body)
        + png_chunk(b"IEND", b"")
    )
