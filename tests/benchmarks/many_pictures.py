"""How long a folder of many small pictures takes, beside reading the bytes alone.

    python tests/benchmarks/many_pictures.py FOLDER [--pictures 100000]

Writes PNGs of 32 x 32 pixels in colour into ten subfolders, unless they are there. Reads their bytes, and
in a process each: reads the folder for the first time, again from the cache, and is told to stop after
a part of the time. Prints seconds, processor time of the program and of its decoders, and the longest
time without a sign of progress; the files stay, for the next time.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

_SIDE = 32
_NUM_CLASSES = 10
#: Shares of the time of a whole reading after which it is told to stop.
_STOPPED_AFTER = (0.02, 0.1, 0.3, 0.6, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--read", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read is not None:
        read_once(given.folder, given.read)
        return
    write_pictures(given.folder, given.pictures)
    start = time.perf_counter()
    num_bytes = sum(len(file.read_bytes()) for file in given.folder.rglob("*.png"))
    print(
        f"{num_bytes / 1e6:.0f} MB read as bytes in {time.perf_counter() - start:.1f} s", flush=True
    )
    with tempfile.TemporaryDirectory() as cache:
        first_s = run(given.folder, cache)
        run(given.folder, cache)
    for share in _STOPPED_AFTER:
        with tempfile.TemporaryDirectory() as cache:
            run(given.folder, cache, share * first_s)


def run(folder: Path, cache: str, stop_after_s: float = 0.0) -> float:
    command = [sys.executable, __file__, str(folder), "--read", str(stop_after_s)]
    start = time.perf_counter()
    subprocess.run(command, env=os.environ | {"AESTUDIO_CACHE": cache}, check=True)
    return time.perf_counter() - start


def write_pictures(folder: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (500, _SIDE, _SIDE, 3)).astype(np.uint8)
    for label in range(_NUM_CLASSES):
        (folder / f"class{label}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"class{number % _NUM_CLASSES}" / f"{number:06}.png"
        if not path.exists():
            pixels = noise[number % len(noise)].copy()
            pixels[0, 0] = number % 256, number // 256 % 256, number // 65536
            Image.fromarray(pixels).save(path, compress_level=1)


def read_once(folder: Path, stop_after_s: float) -> None:
    from aestudio.data.reading import ReadingCancelled, read

    start = time.perf_counter()
    signs = [start]

    def is_cancelled() -> bool:
        return bool(stop_after_s) and time.perf_counter() - start > stop_after_s

    try:
        dataset = read(
            folder,
            progress=lambda done, total: signs.append(time.perf_counter()),
            is_cancelled=is_cancelled,
        )
    except ReadingCancelled:
        late_s = time.perf_counter() - start - stop_after_s
        print(f"told to stop after {stop_after_s:.1f} s, stopped {late_s:.2f} s later", flush=True)
        return
    seconds = time.perf_counter() - start
    own, decoders = (
        sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    silence_s = max(np.diff([*signs, time.perf_counter()]))
    print(
        f"{dataset.num_samples:,} pictures read in {seconds:.1f} s (processor: {own:.1f} s and "
        f"{decoders:.1f} s of decoders), first sign after {signs[min(1, len(signs) - 1)] - start:.2f} s, "
        f"longest silence {silence_s:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
