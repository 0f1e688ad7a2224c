"""Triples of user, item and rating become a matrix with a row per user and a column per item.

What was not rated is missing, NaN, and never zero: an autoencoder learns from what is there, and
its reconstruction of the rest is what it would recommend (Sedhain, Menon, Sanner & Xie, "AutoRec:
Autoencoders meet collaborative filtering", WWW 2015, https://doi.org/10.1145/2740908.2742726).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Finding, Kind, Remedy, Severity
from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.tables.cells import natural, read_cells
from aestudio.data.tables.raw_table import RawTable, Values, is_number, is_text, is_time
from aestudio.data.tables.registry import table_use

if TYPE_CHECKING:
    from aestudio.data.request import Request

_USERS = ("user", "userid", "user_id", "user id", "uid", "customer", "customer_id", "reviewerid")
_ITEMS = (
    "item", "itemid", "item_id", "item id", "iid", "movie", "movieid", "movie_id", "product",
    "productid", "product_id", "book", "book_id", "isbn", "asin", "song", "artist", "artist_id",
)  # fmt: skip
_RATINGS = ("rating", "ratings", "score", "stars", "overall", "book-rating", "plays", "weight")
_TIMES = ("timestamp", "time", "date", "unixreviewtime")
#: Ratings without names are only taken for such when they have at most this many steps.
_MOST_STEPS = 11
_FEWEST_ROWS = 100
_CELL_BYTES = 4


@dataclass(frozen=True, slots=True)
class _Places:
    """Which columns hold what."""

    user: int
    item: int
    rating: int
    time: int | None


def _recognises(table: RawTable, request: Request) -> bool:
    if request.options.kind == "ratings":
        return True
    if request.options.kind == "table":
        # A model of ratings has learned from items, which are no columns of this table.
        learned = {column.name for column in request.columns}
        if not learned or learned & set(table.names):
            return False
    return _named(table) is not None or _looks_like_ratings(table)


@table_use(name="ratings", recognises=_recognises, kinds=("ratings", "table"), priority=20)
def build(request: Request, table: RawTable) -> Dataset:
    """Build (users, items), or (items, users) where the person asks for it.

    Raises
    ------
    DataError
        There are no three columns to read as user, item and rating, or the matrix does not fit.
    """
    places = _places(request, table)
    # Beyond 32 bits is infinite, so missing.
    with np.errstate(over="ignore"):
        values = np.asarray(_ratings(request, table, places)).astype(np.float32)
    users, user_names = _keys(table.values[places.user])
    items, item_names = _keys(table.values[places.item])
    whole = (users >= 0) & (items >= 0) & np.isfinite(values)
    if not whole.any():
        raise data_error(request.path, "no row has user, item and rating.", "Check the columns.")
    order = _by_time(table, places)
    kept = order[whole[order]]
    if request.options.ratings_of == "items":
        users, items, user_names, item_names = items, users, item_names, user_names
    if request.columns:  # those that the model has learned from
        item_names, items = _learned(request, item_names, items)
        kept = kept[items[kept] >= 0]
        if not len(kept):
            raise data_error(
                request.path,
                "none of what was rated is known to the model.",
                "Give ratings of what the run has learned from.",
            )
    triples = _Triples(users[kept], items[kept], values[kept])
    findings = [*_about_rows(int((~whole).sum()))]
    most = len(item_names) if request.columns else request.options.most_rated
    columns, finding = _most_rated(triples, len(item_names), most)
    findings += finding
    x, num_twice = _matrix(request, triples, len(user_names), columns)
    has_any = np.asarray(np.isfinite(x).any(axis=1))
    if num_twice:
        text = f"{num_twice:,} pairs were rated more than once; the last rating counts."
        findings.append(Finding(Severity.NOTE, text))
    kinds = ("user", "item") if request.options.ratings_of == "users" else ("item", "user")
    share = 100 * np.isfinite(x[has_any]).mean()
    findings.append(
        Finding(
            Severity.NOTE,
            f"Taken for ratings: a row per {kinds[0]}, a column per {kinds[1]}; {share:.3g} % of the pairs are rated, the others are missing.",
            "Read it as a table if that is wrong.",
            Remedy("Read as a table", "data.kind", "table"),
        )
    )
    names = tuple(item_names[column] for column in columns)
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.TABLE,
        x=x if has_any.all() else x[has_any],
        sample_names=tuple(
            name for name, is_there in zip(user_names, has_any.tolist(), strict=True) if is_there
        ),
        feature_names=names,
        columns=tuple(Column(name) for name in names),
        findings=tuple(findings),
        source=str(request.path),
        read_as=tuple(
            (title, table.names[place])
            for title, place in (
                ("Users", places.user), ("Items", places.item), ("Ratings", places.rating),
            )
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Triples:
    """(R,) row, column and value of every rating, the latest last."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]


def _named(table: RawTable) -> _Places | None:
    lower = [name.strip().casefold() for name in table.names]

    def find(known: tuple[str, ...]) -> int | None:
        return next((place for place, name in enumerate(lower) if name in known), None)

    user, item, rating = find(_USERS), find(_ITEMS), find(_RATINGS)
    if user is None or item is None or rating is None:
        return None
    return _Places(user, item, rating, find(_TIMES))


def _looks_like_ratings(table: RawTable) -> bool:
    """Whether nameless columns of numbers are user, item, rating and time, as MovieLens has them."""
    is_nameless = table.names == tuple(f"column {place}" for place in range(1, 5))
    if not is_nameless or table.num_rows < _FEWEST_ROWS:
        return False
    columns = [values[:100_000] for values in table.values]
    if not all(is_number(values) for values in columns):
        return False
    user, item, rating, time = columns
    if not all((values == np.round(values)).all() for values in (user, item, time)):
        return False
    pairs = len(np.unique(np.stack([user, item]), axis=1).T)
    return bool(
        pairs == len(user)
        and len(np.unique(user)) < pairs
        and len(np.unique(item)) < pairs
        and len(np.unique(rating)) <= _MOST_STEPS
        and time.min() > 1e8
    )


def _places(request: Request, table: RawTable) -> _Places:
    named = _named(table)
    if named is not None:
        return named
    if table.num_columns < 3:
        raise data_error(
            request.path,
            f"ratings need three columns, and there are {table.num_columns}.",
            "Give one column each for user, item and rating.",
        )
    return _Places(0, 1, 2, 3 if table.num_columns > 3 else None)


def _ratings(request: Request, table: RawTable, places: _Places) -> Values:
    name = table.names[places.rating]
    reading = read_cells(name, table.values[places.rating])
    if reading is None or reading.column.categories:
        raise data_error(
            request.path,
            f"the ratings in column '{name}' are no numbers.",
            "Call the columns user, item and rating, or put them in this order.",
        )
    return reading.cells


def _keys(values: Values) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Return each row's place among the different keys, -1 without one, and the keys in order."""
    if is_text(values):
        names = sorted({value for value in values if value is not None}, key=natural)
        place = {name: index for index, name in enumerate(names)}
        rows = np.fromiter((place.get(value, -1) for value in values), np.int64, len(values))
        return rows, tuple(names)
    numbers = values.astype(np.float64)
    known = np.isfinite(numbers)
    distinct, inverse = np.unique(numbers[known], return_inverse=True)
    rows = np.full(len(values), -1, dtype=np.int64)
    rows[known] = inverse
    return rows, tuple(f"{key:.15g}" for key in distinct.tolist())


def _by_time(table: RawTable, places: _Places) -> npt.NDArray[np.int64]:
    """Return the rows, the earliest rating first; as they stand where no time is known."""
    if places.time is not None:
        times = table.values[places.time]
        if is_number(times) or is_time(times):
            return np.argsort(times, kind="stable")
    return np.arange(table.num_rows)


def _learned(
    request: Request, names: tuple[str, ...], keys: npt.NDArray[np.int64]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return the names of the model's columns, and the keys as places among these, -1 for others."""
    wanted = tuple(column.name for column in request.columns)
    place = {name: index for index, name in enumerate(wanted)}
    places = np.array([*(place.get(name, -1) for name in names), -1], dtype=np.int64)
    return wanted, places[keys]


def _most_rated(
    triples: _Triples, num_columns: int, most: int
) -> tuple[npt.NDArray[np.int64], list[Finding]]:
    """Return the columns that are kept, in their order."""
    if num_columns <= most:
        return np.arange(num_columns), []
    counts = np.bincount(triples.columns, minlength=num_columns)
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    share = 100 * counts[kept].sum() / counts.sum()
    text = f"The {most:,} most rated of {num_columns:,} columns are kept; they hold {share:.0f} % of the ratings."
    return kept, [
        Finding(Severity.NOTE, text, "Raise 'Most rated kept' (data.most_rated) to keep more.")
    ]


def _matrix(
    request: Request, triples: _Triples, num_rows: int, columns: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float32], int]:
    num_bytes = num_rows * len(columns) * _CELL_BYTES
    if num_bytes > memory_limit():
        raise data_error(
            request.path,
            f"the matrix of {num_rows:,} by {len(columns):,} would take {num_bytes:,} bytes.",
            "Lower 'Most rated kept' (data.most_rated).",
        )
    place = np.full(int(triples.columns.max()) + 1, -1, dtype=np.int64)
    wanted = columns[columns < len(place)]
    place[wanted] = np.arange(len(columns))[: len(wanted)]
    x = np.full((num_rows, len(columns)), np.nan, dtype=np.float32)
    where = place[triples.columns]
    is_kept = where >= 0
    # numpy keeps the last of several values for one place.
    x[triples.rows[is_kept], where[is_kept]] = triples.values[is_kept]
    num_cells = int(np.isfinite(x).sum())
    return x, int(is_kept.sum()) - num_cells


def _about_rows(num_broken: int) -> Iterator[Finding]:
    if num_broken:
        rows, are = ("row", "is") if num_broken == 1 else ("rows", "are")
        text = f"{num_broken:,} {rows} without user, item or rating {are} left out."
        yield Finding(Severity.WARNING, text)
