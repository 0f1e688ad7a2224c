"""Everything that a table can be taken for, found by looking into this package.

A new use is one new file: a function ``(Request, RawTable) -> Dataset`` under the :func:`table_use`
decorator, and a function that tells whether a table looks like it. Readers of tables give what they
have read to :func:`dataset_from_table`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.dataset import Dataset
from aestudio.data.files.plain_words import data_error
from aestudio.data.request import Request
from aestudio.data.tables.column_choice import without_left_out
from aestudio.data.tables.raw_table import RawTable
from aestudio.discovery import import_neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable

Build = Callable[[Request, RawTable], Dataset]
Recognises = Callable[[RawTable, Request], bool]

#: What is left when no other use recognises a table.
PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class TableUse:
    """One thing that a table can be: how it is called, recognised and built."""

    name: str
    #: Asked first when higher.
    priority: int
    #: The values of ``data.kind`` with which a person asks for it; for others it is not considered.
    kinds: tuple[str, ...]
    recognises: Recognises
    build: Build


_uses: dict[str, TableUse] = {}


def table_use(
    *, name: str, recognises: Recognises, kinds: Iterable[str] = (), priority: int = 0
) -> Callable[[Build], Build]:
    """Register the decorated function as the builder of one use.

    With ``data.kind`` on "auto", every use is asked, highest priority first, whether it recognises
    the table. With another value only those are asked whose ``kinds`` hold it; ``recognises`` can
    be more generous then (``request.options.kind`` tells). What no use recognises becomes a plain
    table, which is brought to the wanted kind as a bare array (N, D) would be.

    The builder need not look for missing values, constant columns and the like, nor repeat the
    table's own findings: :func:`dataset_from_table` does.
    """

    def register(build: Build) -> Build:
        if name in _uses:
            raise ValueError(f"two uses of tables are called '{name}'")
        _uses[name] = TableUse(name, priority, tuple(kinds), recognises, build)
        return build

    return register


def table_uses() -> tuple[TableUse, ...]:
    """Every use, highest priority first, then by name."""
    import_neighbours(__name__, __file__)
    return tuple(sorted(_uses.values(), key=lambda use: (-use.priority, use.name)))


def dataset_from_table(request: Request, reader: str, table: RawTable) -> Dataset:
    """Take a table for what the person said it is, or for what it looks like.

    Raises
    ------
    DataError
        There are no rows, or nothing that can be learned from.
    """
    if table.num_rows == 0 or table.num_columns == 0:
        raise data_error(
            request.path,
            "there are no rows below the header." if table.names else "there are no columns.",
            "Choose a table with at least one row.",
        )
    table = without_left_out(table, request)
    use = _use_for(request, table)
    request.check_cancelled()
    dataset = use.build(request, table)
    dataset = replace(
        dataset,
        reader=reader,
        read_as=(*table.said, *dataset.read_as),
        findings=(*table.findings, *dataset.findings),
    )
    if request.options.kind in use.kinds:
        # It is what was asked for, even where its samples have another kind's layout.
        request = replace(request, options=request.options.changed(kind="auto"))
    return finished(dataset, request)


def is_plain(request: Request, table: RawTable) -> bool:
    """Whether a table, of which this is at least the beginning, is rows of features and no more."""
    return _use_for(request, without_left_out(table, request)).name == PLAIN


def _use_for(request: Request, table: RawTable) -> TableUse:
    wanted = request.options.kind
    for use in table_uses():
        if wanted in ("auto", *use.kinds) and use.recognises(table, request):
            return use
    return _uses[PLAIN]
