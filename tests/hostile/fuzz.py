"""Damaged files of every format, as many as time allows: ``python -m tests.hostile.fuzz SECONDS``.

Each reader gets that many seconds, and takes the way that a person's file takes, decoding processes
and all; :mod:`tests.hostile.guided` goes deeper. Whatever arrives, reading has to end with a dataset or a
StudioError, in a few seconds. What does otherwise is kept in ``corpus`` beside this file, which the
test suite reads again; names of readers behind the seconds choose among them.
"""

from __future__ import annotations

import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.hostile.oracle import fault
from tests.hostile.seeds import sound_files

CORPUS = Path(__file__).parent / "corpus"


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
