"""A list of picture files, with labels beside them or without."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.folder_listing import list_files
from aestudio.data.images.folder_labels import FolderLabels
from aestudio.data.images.picture_files import PictureFiles, named, promises_picture
from aestudio.data.images.picture_set import decode_picture_set
from aestudio.data.labels import MAX_CLASSES, Labels
from aestudio.data.tables.cells import distinct_texts
from aestudio.data.tables.plain_use import class_labels
from aestudio.data.tables.raw_table import RawTable, Values, is_text
from aestudio.data.tables.registry import table_use
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request

_NAME = "picture_list"
#: A column of paths has this share of names of pictures among its first cells.
_LOOKED_AT = 200
_MOSTLY = 0.8
#: A column whose name holds one of these is a label.
_LABEL_WORDS = ("label", "class", "target", "category", "species", "diagnosis")


def _recognises(table: RawTable, request: Request) -> bool:
    return _paths_column(_split(table)) is not None


@table_use(name=_NAME, recognises=_recognises, kinds=("images",), priority=50)
def build(request: Request, table: RawTable) -> Dataset:
    """Read every picture of the list; paths count from the folder in which the list lies.

    Raises
    ------
    DataError
        No picture can be read, or they do not fit the memory together.
    """
    table = _split(table)
    column = _paths_column(table)
    assert column is not None
    places = _Places(os.path.dirname(os.fspath(request.path)), request.check_cancelled)
    names, addresses, rows, outside = [], [], [], []
    for row, cell in enumerate(table.column(column)):
        request.check_cancelled()
        if cell is None:
            continue
        address = places.of(cell)
        if address is None:
            outside.append((cell, ""))
            continue
        names.append(cell)
        addresses.append(address)
        rows.append(row)
    fields = _label_fields(table, column)
    label = _label(table, fields, request.options.label_field)
    labels = class_labels(table.column(label)) if label else Labels()
    files = PictureFiles(
        names=names,
        addresses=addresses,
        labels=lambda positions: _labels_of(labels, [rows[index] for index in positions]),
        findings=tuple(_findings(outside)),
        none="no file of the list lies in the folder of the list, or below it.",
    )
    return replace(decode_picture_set(request, _NAME, files), label_fields=fields)


def _split(table: RawTable) -> RawTable:
    """Return the table with what the reader of texts or the guess of a header got wrong put right.

    A file without delimiters may hold a path and a label on every line, and a list without header
    begins with a path where others have the names of columns.
    """
    if any(promises_picture(name) for name in table.names) and all(map(is_text, table.values)):
        first = [np.array([name], dtype=object) for name in table.names]
        values = [np.concatenate(pair) for pair in zip(first, table.values, strict=True)]
        names = tuple(f"column {place}" for place in range(1, len(values) + 1))
        table = replace(table, names=names, values=tuple(values))
    if table.num_columns != 1 or not is_text(table.values[0]) or _is_paths(table.values[0]):
        return table
    parts = [("" if cell is None else cell).split() for cell in table.values[0]]
    if {len(part) for part in parts} != {2}:
        return table
    columns = [np.array([part[place] for part in parts], dtype=object) for place in (0, 1)]
    return replace(table, names=("path", "label"), values=tuple(columns))


def _paths_column(table: RawTable) -> str | None:
    for name, values in zip(table.names, table.values, strict=True):
        if is_text(values) and _is_paths(values):
            return name
    return None


def _is_paths(values: Values) -> bool:
    present = [cell for cell in values[:_LOOKED_AT] if cell is not None]
    return sum(map(promises_picture, present)) > _MOSTLY * max(1, len(present))


class _Places:
    """Where the paths of a list lead: nowhere but into the folder of the list and below."""

    def __init__(self, folder: str, check_cancelled: Callable[[], None]) -> None:
        self._check_cancelled = check_cancelled
        self._folder = os.path.realpath(folder)
        self._by_name: dict[str, str] | None = None
        self._is_inside: dict[str, bool] = {}

    def of(self, cell: str) -> str | None:
        """Return the path of a picture, None where it would lie outside."""
        if "\0" in cell or "://" in cell or cell.startswith("\\\\"):
            return None
        path = os.path.normpath(os.path.join(self._folder, cell.replace("\\", "/")))
        if not self._holds(os.path.dirname(path)):
            return None
        if not os.path.lexists(path):
            return self._elsewhere(os.path.basename(path)) or path
        return path

    def _holds(self, folder: str) -> bool:
        if folder not in self._is_inside:
            real = os.path.realpath(folder)
            self._is_inside[folder] = real == self._folder or real.startswith(
                os.path.join(self._folder, "")
            )
        return self._is_inside[folder]

    def _elsewhere(self, name: str) -> str | None:
        """Return the only file of that name below the folder: many lists leave the folder out."""
        if self._by_name is None:
            found: dict[str, str] = {}
            several = set()
            for file in self._below():
                own = os.path.basename(file)
                if own in found:
                    several.add(own)
                found[own] = file
            self._by_name = {own: file for own, file in found.items() if own not in several}
        found_file = self._by_name.get(name)
        return None if found_file is None else os.path.join(self._folder, found_file)

    def _below(self) -> Sequence[str]:
        try:
            return list_files(Path(self._folder), self._check_cancelled).files
        except DataError:
            return ()  # too many to search


def _label_fields(table: RawTable, column: str) -> tuple[str, ...]:
    """Return the other columns with few enough different values to be classes."""
    fields = []
    for name, values in zip(table.names, table.values, strict=True):
        distinct = distinct_texts(values, MAX_CLASSES) if is_text(values) else np.unique(values)
        if name != column and distinct is not None and len(distinct) <= MAX_CLASSES:
            fields.append(name)
    return tuple(fields)


def _label(table: RawTable, fields: Sequence[str], wanted: str) -> str:
    """Return the column for the label: asked for, called so, the only one, or the only of texts."""
    if wanted in fields:
        return wanted
    called = [name for name in fields if any(word in name.casefold() for word in _LABEL_WORDS)]
    if called:
        return called[0]
    texts = [name for name in fields if is_text(table.column(name))]
    if len(texts) == 1:
        return texts[0]
    return fields[0] if table.num_columns == 2 and fields else ""


def _labels_of(labels: Labels, rows: Sequence[int]) -> FolderLabels:
    is_test = np.zeros(len(rows), dtype=np.bool_)
    indices = None if labels.indices is None else labels.indices[list(rows)]
    return FolderLabels(indices, labels.names, is_test)


def _findings(outside: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    if outside:
        yield Finding(
            Severity.WARNING,
            f"{len(outside):,} files of the list were skipped because they lie outside its folder: {named(outside)}.",
            "Put the list into a folder above all of the pictures.",
        )
