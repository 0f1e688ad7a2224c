"""Damaged files of every format, as many as time allows: ``python -m tests.hostile.fuzz SECONDS``.

Each reader gets that many seconds. Whatever arrives, reading has to end with a dataset or a
StudioError, in a few seconds. What does otherwise is kept in ``corpus`` beside this file, which the
test suite reads again; names of readers behind the seconds choose among them.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import tempfile
import time
import traceback
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.io
import tifffile

from aestudio.data.reading import read
from aestudio.errors import StudioError
from tests.data.making import idx_bytes, npy_bytes, picture, save_zarr, zip_bytes

CORPUS = Path(__file__).parent / "corpus"
#: Reading a few kilobytes takes longer than this only where something goes round in circles.
MAX_SECONDS = 30.0
X = np.arange(60.0).reshape(20, 3)
IMAGES = np.arange(20 * 64, dtype=np.uint8).reshape(20, 8, 8)


def sound_files(folder: Path) -> dict[str, Path]:
    """Write a sound file of each format; returns the file to damage by the name of the reader."""
    folder.mkdir(exist_ok=True)
    contents = {
        "a.idx": idx_bytes(IMAGES),
        "a.npy": npy_bytes(X),
        "a.npz": zip_bytes({"x.npy": npy_bytes(X), "y.npy": npy_bytes(np.arange(20))}),
        "a.csv": b"a,b,c\n" + b"".join(b"%d,%d.5,x y\n" % (i, i) for i in range(20)),
        "a.txt": "Anna\nBéa\nÇa va\n".encode() * 5,
        "a.arff": b"@relation x\n@attribute a numeric\n@attribute b {u,v}\n@data\n1,u\n2,v\n",
        "a.ts": b"@problemName x\n@classLabel true a b\n@data\n1,2,3:a\n4,5,6:b\n",
        "a.zip": zip_bytes({f"{i}.png": _picture("PNG") for i in range(3)}, zipfile.ZIP_STORED),
        **{f"a.{form.lower()}": _picture(form) for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP")},
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    with h5py.File(folder / "a.h5", "w") as file:
        file.create_dataset("g/x", data=X, chunks=(5, 3), compression="gzip", shuffle=True)
        file["y"] = ["a", "b"] * 10
    scipy.io.savemat(folder / "a.mat", {"x": X, "y": np.arange(20)}, do_compression=True)
    pq.write_table(pa.table({"a": X[:, 0], "b": ["u", "v"] * 10}), folder / "a.parquet")
    book = openpyxl.Workbook()
    for row in (("a", "b"), *X[:, :2].tolist()):
        book.active.append(row)
    book.save(folder / "a.xlsx")
    tifffile.imwrite(folder / "a.tif", IMAGES, photometric="minisblack", compression="zlib")
    with wave.open(str(folder / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(IMAGES.tobytes())
    save_zarr(folder / "a.zarr", 3, X)
    found = {path.suffix[1:]: path for path in folder.iterdir() if path.is_file()}
    return {**found, "zarr": folder / "a.zarr" / "zarr.json"}


def _picture(form: str) -> bytes:
    stream = io.BytesIO()
    picture("RGB", (19, 17)).save(stream, form)
    return stream.getvalue()


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Change a few places: single bytes, numbers at the edges, pieces cut, doubled or moved."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(len(changed) + 1)
        how = dice.randrange(6)
        if how == 0 and at < len(changed):
            changed[at] ^= 1 << dice.randrange(8)
        elif how == 1:
            edge = dice.choice((0, 1, -1, 2**31 - 1, -(2**31), 0x7FFF, 0xFF))
            changed[at : at + 4] = struct.pack(dice.choice("<>") + "i", edge)
        elif how == 2:
            del changed[at : at + dice.choice((1, 2, 8, 64))]
        elif how == 3:
            piece = changed[at : at + dice.choice((1, 4, 32))]
            changed[at:at] = piece * dice.choice((1, 3, 100))
        elif how == 4:
            other = dice.randrange(len(changed) + 1)
            changed[at : at + 8] = changed[other : other + 8]
        else:
            del changed[at:]
    return bytes(changed)


def fault(source: Path) -> str:
    """Read what may be anything; returns in words what must not be, or nothing."""
    started = time.monotonic()
    try:
        assert read(source).num_samples >= 1
    except StudioError as refused:
        if not (refused.subject and refused.reason and refused.next_step):
            return f"an unhelpful refusal: {refused!r}"
    except Exception:
        return traceback.format_exc()
    seconds = time.monotonic() - started
    return f"{seconds:.0f} s" if seconds > MAX_SECONDS else ""


def fuzz(name: str, path: Path, seconds: float, seed: int) -> tuple[int, int]:
    """Damage and read one file until time is up; returns how often, and how many faults."""
    content = path.read_bytes()
    source = path.parent if name == "zarr" else path
    count = num_faults = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        path.write_bytes(damaged(content, random.Random(f"{name} {seed} {count}")))
        count += 1
        if said := fault(source):
            num_faults += 1
            kept = CORPUS / f"{name}-{seed}-{count}{path.suffix}"
            kept.write_bytes(path.read_bytes())
            print(f"{kept}: {said}", flush=True)
    path.write_bytes(content)
    return count, num_faults


def main(seconds: float, wanted: list[str], clock: Callable[[], float] = time.time) -> int:
    seed = int(clock())
    total = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        files = sound_files(Path(folder) / "files")
        for name in wanted or sorted(files):
            count, num_faults = fuzz(name, files[name], seconds, seed)
            total += num_faults
            print(f"{name:8} {count:7} files, {num_faults} faults", flush=True)
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
