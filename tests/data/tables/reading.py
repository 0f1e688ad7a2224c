"""Text as a file, and the file as a dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aestudio.data.dataset import Dataset
from aestudio.data.files.doors import look
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import Request
from aestudio.data.tables.csv_table import read_csv
from aestudio.data.tables.raw_table import RawTable


def saved(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    """Write a file byte for byte."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table_of(
    folder: Path, content: str | bytes, name: str = "table.csv", **options: Any
) -> Dataset:
    """Read a text as a person would, taken for a table."""
    path = saved(folder, content, name)
    return read(path, DataOptions(source=str(path), **{"kind": "table", **options}))


def raw_of(folder: Path, content: str | bytes, name: str = "table.csv", **options: Any) -> RawTable:
    """Read the columns of a text, before anything is made of them."""
    path = saved(folder, content, name)
    return read_csv(request_for(path, **options))


def request_for(
    path: Path, is_cancelled: Callable[[], bool] = lambda: False, **options: Any
) -> Request:
    settings = DataOptions(source=str(path), **options)
    return Request(look(path), settings, lambda done, total: None, is_cancelled)


def said(dataset: Dataset) -> str:
    """Everything that was found odd."""
    return "\n".join(map(str, dataset.findings))
