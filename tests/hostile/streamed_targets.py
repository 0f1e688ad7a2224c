"""What is fuzzed beside small files: the ways that tables take which are too large for the memory."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from aestudio.data.decoders import parquet_blocks
from aestudio.data.options import DataOptions
from aestudio.data.tables import csv_streamed, parquet_streamed
from tests.hostile.mutating import as_plain
from tests.hostile.oracle import Target, alone, read_data

_ROWS_OF_A_BLOCK = 6
_WAYS = (DataOptions(), DataOptions(kind="table", ragged="skip", header="no"))


def _read_streamed(source: Path, options: DataOptions) -> None:
    """Read as if no table fitted into the memory, with a cache that goes with the file."""
    with ExitStack() as stack:
        cache = {"AESTUDIO_CACHE": str(source.parent / "cache")}
        stack.enter_context(mock.patch.dict(os.environ, cache))
        for place, name, value in (
            (csv_streamed, "STREAM_FROM_BYTES", 1),
            (csv_streamed, "STREAM_FROM_COMPRESSED_BYTES", 1),
            (parquet_streamed, "STREAM_FROM_BYTES", 1),
            (parquet_blocks, "_MOST_ROWS", _ROWS_OF_A_BLOCK),
        ):
            stack.enter_context(mock.patch.object(place, name, value))
        read_data(source, options)


STREAMED_TARGETS = tuple(
    Target(f"{name}_streamed", f".{name}", name, as_plain, alone, _WAYS, read=_read_streamed)
    for name in ("csv", "parquet")
)
