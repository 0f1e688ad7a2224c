"""What of a mapped file is in this program's memory, as Linux counts it."""

from __future__ import annotations

from pathlib import Path

import pytest

_TOLD = Path("/proc/self/smaps")

only_where_told = pytest.mark.skipif(not _TOLD.exists(), reason="asks Linux what is in memory")


def resident_bytes(path: Path) -> int:
    """How much of a mapped file this process holds in memory."""
    held = 0
    is_it = False
    for line in _TOLD.read_text().splitlines():
        if "-" in line.split(" ")[0]:
            is_it = line.endswith(str(path))
        elif is_it and line.startswith("Rss:"):
            held += 1024 * int(line.split()[1])
    return held
