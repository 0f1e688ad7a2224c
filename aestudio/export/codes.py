"""Codes as a table: one row for each sample.

    row        the sample's row in the dataset
    sample     its name, where samples have names
    label      its label, where there are labels
    code_1 ... the numbers of its code

The suffix decides the format: ``.csv``, ``.parquet`` or ``.npz``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestudio.errors import OutputError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.runs import atomic
from aestudio.runs.npz import pack_npz

_ROWS_PER_CHUNK = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """Codes (N, L) and what is known of each sample; empty sequences where nothing is."""

    codes: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]
    labels: Sequence[str] = ()
    sample_names: Sequence[str] = ()

    @property
    def code_names(self) -> list[str]:
        return [f"code_{index + 1}" for index in range(self.codes.shape[1])]


def check_codes_place(path: Path) -> None:
    """Raise what :func:`write_codes` would, before there are any codes."""
    _writer(path)
    atomic.check_file(path)


def write_codes(path: Path, table: CodeTable) -> None:
    """Write the table in the format that the suffix names.

    Raises :class:`OutputError` for another suffix or a place that cannot be written.
    """
    _writer(path)(path, table)


def _writer(path: Path) -> Callable[[Path, CodeTable], None]:
    writers = {".csv": _write_csv, ".parquet": _write_parquet, ".npz": _write_npz}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise OutputError(
            f"codes cannot be written as {path.suffix or 'a file without suffix'}.",
            subject=path,
            next_step=f"Choose a name that ends in {', '.join(writers)}.",
        )
    return writer


def _write_csv(path: Path, table: CodeTable) -> None:
    atomic.write_chunks(path, _csv_chunks(table))


def _csv_chunks(table: CodeTable) -> Iterator[bytes]:
    heads = ["row"]
    texts: list[Sequence[str]] = []
    for head, values in (("sample", table.sample_names), ("label", table.labels)):
        if len(values):
            heads.append(head)
            texts.append(values)
    yield csv_bytes([[*heads, *table.code_names]])
    for start in range(0, len(table.codes), _ROWS_PER_CHUNK):
        lines = [
            [
                int(table.rows[row]),
                *(neutral_text(values[row]) for values in texts),
                # Nine digits bring back every 32-bit number exactly.
                *(f"{value:.9g}" for value in table.codes[row]),
            ]
            for row in range(start, min(start + _ROWS_PER_CHUNK, len(table.codes)))
        ]
        yield csv_bytes(lines)


def _write_parquet(path: Path, table: CodeTable) -> None:
    # Imported here: half a second that only this format needs.
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, object] = {"row": table.rows}
    for head, values in (("sample", table.sample_names), ("label", table.labels)):
        if len(values):
            columns[head] = [_text(value) for value in values]
    for index, name in enumerate(table.code_names):
        columns[name] = np.ascontiguousarray(table.codes[:, index], dtype=np.float32)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    atomic.write_bytes(path, memoryview(sink.getvalue()))


def _write_npz(path: Path, table: CodeTable) -> None:
    arrays: dict[str, npt.NDArray[np.generic]] = {"codes": table.codes, "rows": table.rows}
    for name, values in (("sample_names", table.sample_names), ("labels", table.labels)):
        if len(values):
            arrays[name] = np.array([_text(value) for value in values], dtype=np.str_)
    atomic.write_bytes(path, pack_npz(arrays))


def _text(value: str) -> str:
    # File names may hold bytes that are no text.
    return value.encode("utf-8", "backslashreplace").decode()
