"""How long a text table larger than the memory takes, and how much memory.

    python tests/benchmarks/large_table.py [GIGABYTES]

Writes a table of numbers, categories and gaps, then in a process each: looks at its beginning, reads it
whole into the cache and says what is in it, and does the latter again from the cache.
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gigabytes", nargs="?", type=float, default=5.0)
    gigabytes = parser.parse_args().gigabytes
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "large.csv"
        num_rows = write_table(path, round(gigabytes * 1e9))
        print(f"{path.stat().st_size / 1e9:.2f} GB, {num_rows:,} rows")
        environment = os.environ | {"AESTUDIO_CACHE": str(Path(temporary) / "cache")}
        report = [sys.executable, "-m", "aestudio", "info", str(path)]
        for what, command in (
            ("its beginning looked at", [sys.executable, "-c", _SNIFF, str(path)]),
            ("read into the cache", report),
            ("read from the cache", report),
        ):
            start = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - start
            # The largest of all children so far, in kilobytes.
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            print(f"{what}: {seconds:.1f} s, at most {peak:.2f} GB of memory so far")


def write_table(path: Path, num_bytes: int, num_numbers: int = 30) -> int:
    """Write the same rows again and again until the file is large enough; returns their number."""
    rng = np.random.default_rng(0)
    lines = [
        ",".join(f"{number:.5f}" for number in numbers)
        + f",{('red', 'green', 'blue')[row % 3]},{'NA' if row % 50 == 0 else row % 7}\n"
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


if __name__ == "__main__":
    main()
