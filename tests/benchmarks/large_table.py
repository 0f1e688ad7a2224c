"""How long a table larger than the memory takes, how much memory, and what training from it costs.

    python -m tests.benchmarks.large_table [GIGABYTES] [--format parquet] [--folder FOLDER]

Writes a table of numbers, categories and gaps: a text file of so many bytes, or a Parquet file of so many
bytes of 64-bit numbers in three groups of rows. Then in a process each: looks at the beginning of a text file,
reads it whole into the cache and says what is in it, and does the latter again from the cache. Memory is that
of the program and its decoder together, looked at twenty times a second. Last of all the same recipe is
trained on the table in the cache and on its first rows in memory, in turns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from aestudio.data.reading import read
from aestudio.training.control import Control
from tests.benchmarks.training_turns import begun, in_turns

_SNIFF = """
import sys
from aestudio.data.files.doors import local_path, look
from aestudio.data.options import DataOptions
from aestudio.data.request import Request
from aestudio.data.tables.csv_table import sniff_csv
path = local_path(sys.argv[1])
request = Request(look(path), DataOptions(source=sys.argv[1]), lambda done, total: None, lambda: False)
print(len(sniff_csv(request).format.names), "columns")
"""
_COLOURS = ("red", "green", "blue")
_ROWS_IN_MEMORY = 100_000
_LOOK_EVERY_S = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gigabytes", nargs="?", type=float, default=5.0)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--turns", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        path = Path(temporary) / f"large.{given.format}"
        write = write_csv if given.format == "csv" else write_parquet
        num_rows = write(path, round(given.gigabytes * 1e9))
        print(f"{path.stat().st_size / 1e9:.2f} GB, {num_rows:,} rows", flush=True)
        os.environ["AESTUDIO_CACHE"] = str(Path(temporary) / "cache")
        report = [sys.executable, "-m", "aestudio", "info", str(path)]
        for what, command in (
            ("its beginning looked at", [sys.executable, "-c", _SNIFF, str(path)]),
            ("read into the cache", report),
            ("read from the cache", report),
        ):
            if given.format == "csv" or command is report:
                seconds, peak_gb = measured(command)
                print(f"{what}: {seconds:.1f} s, at most {peak_gb:.2f} GB of memory", flush=True)
        train(path, given.turns)


def measured(command: list[str]) -> tuple[float, float]:
    """Run a program; returns its seconds, and the most memory of it and its children, in GB."""
    start, most = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(map(resident_bytes, family(process.pid))))
            time.sleep(_LOOK_EVERY_S)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return time.perf_counter() - start, most / 1e9


def family(pid: int) -> list[int]:
    """Return a process and those that it has started (Linux alone tells)."""
    found = [pid]
    for own in found:
        for children in Path(f"/proc/{own}/task").glob("*/children"):
            found += map(int, text_of(children).split())
    return found


def resident_bytes(pid: int) -> int:
    """Return what of a process lies in memory, files that are mapped and shared included."""
    pages = text_of(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def text_of(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def train(path: Path, num_turns: int) -> None:
    dataset = read(path)
    rows = slice(0, _ROWS_IN_MEMORY)
    labels = None if dataset.labels is None else dataset.labels[rows]
    in_memory = replace(dataset, x=np.array(dataset.x[rows]), labels=labels, _fingerprint=[])
    in_turns(begun(in_memory, Control()), begun(dataset, Control()), num_turns)


def write_csv(path: Path, num_bytes: int, num_numbers: int = 30) -> int:
    """Write the same rows again and again until the file is large enough; returns their number."""
    rng = np.random.default_rng(0)
    lines = [
        ",".join(f"{number:.5f}" for number in numbers)
        + f",{_COLOURS[row % 3]},{'NA' if row % 50 == 0 else row % 7}\n"
        for row, numbers in enumerate(rng.normal(size=(20_000, num_numbers)))
    ]
    names = [f"c{place}" for place in range(num_numbers)]
    body = "".join(lines).encode()
    num_bodies = -(-num_bytes // len(body))
    with path.open("wb") as stream:
        stream.write((",".join([*names, "colour", "grade"]) + "\n").encode())
        for _ in range(num_bodies):
            stream.write(body)
    return num_bodies * len(lines)


def write_parquet(path: Path, num_bytes: int, num_numbers: int = 30) -> int:
    """Write the same columns, a third of the rows in each group; returns the number of rows."""
    num_rows = num_bytes // (8 * (num_numbers + 2))
    rng = np.random.default_rng(0)
    size = -(-num_rows // 3)
    rows = np.arange(size)
    group = pa.table(
        {f"c{place}": rng.normal(size=size) for place in range(num_numbers)}
        | {
            "colour": pa.array(np.array(_COLOURS)[rows % 3]),
            "grade": pa.array(rows % 7, mask=rows % 50 == 0),
        }
    )
    with parquet.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for start in range(0, num_rows, size):
            part = group.slice(0, min(size, num_rows - start))
            writer.write_table(part, row_group_size=size)
    return num_rows


if __name__ == "__main__":
    main()
