"""What losses of their own are worth to the categories of tables, and what looking them up costs.

Trains the recommended recipe on tables whose structure is known, once with every category compared
as numbers and once by its cross-entropy, at several weights; then a column of many categories as
one-hot and looked up. Figures are those of held-back rows, medians over the seeds; each seed holds
back other rows, since those of a single choice differ by more than the recipes do.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn import datasets

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.training.control import Control
from aestudio.workflows.judging.category_count import CategoryCount
from aestudio.workflows.judging.evaluation import measure
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare, start_training

Cells = np.ndarray[Any, Any]
_QUINTILES = (0.2, 0.4, 0.6, 0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--types", nargs="+", default=["undercomplete", "variational"])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tables = [latent(), *(binned(name) for name in ("wine", "breast_cancer", "diabetes"))]
    compared: dict[str, dict[str, Any]] = {
        "as numbers": {"training.category_loss": "as_numbers", "training.truth_loss": "as_numbers"},
        **{f"cross-entropy x {w}": {"training.category_weight": w} for w in (0.25, 0.5, 1.0)},
    }
    looked_up: dict[str, dict[str, Any]] = {
        how: {"network.categories": how} for how in ("one_hot", "embedded")
    }
    print("| table | type | recipe | right | error of numbers | squared error | seconds |")
    print("|---|---|---|--:|--:|--:|--:|")
    for table, name in ((table, name) for table in tables for name in arguments.types):
        for title, given in compared.items():
            report(table, name, title, given, arguments)
    for count in (300, 1000):
        for title, given in looked_up.items():
            report(cities(count), "undercomplete", title, given, arguments)


def report(
    table: Dataset, name: str, title: str, given: dict[str, Any], arguments: argparse.Namespace
) -> None:
    """Print the median figures of one recipe."""
    chosen = {**given, "training.epochs": arguments.epochs}
    found = [trained(table, name, chosen, seed) for seed in range(arguments.seeds)]
    right, of_numbers, squared, seconds = np.median(found, axis=0)
    print(
        f"| {table.name} | {name} | {title} | {100 * right:.1f} % | {of_numbers:.3f} "
        f"| {squared:.3f} | {seconds:.1f} |",
        flush=True,
    )


def trained(
    table: Dataset, name: str, given: dict[str, Any], seed: int
) -> tuple[float, float, float, float]:
    """Return the share of right categories, the squared error of numbers each and of rows, seconds."""
    seeds = {"training.seed": seed, "data.split_seed": seed}
    experiment = recommend(table, name, given={**given, **seeds})
    preparation = prepare(experiment, table)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        session = start_training(preparation, Path(folder, "run"), Control())
        list(session.events)
        seconds = time.perf_counter() - start
        model = TrainedModel.open(session.run)
    x = np.asarray(table.x[preparation.split.validation])
    assert preparation.arrays.table is not None
    count = CategoryCount(preparation.arrays.table)
    errors = measure(model, x, lambda done, total: None, count)
    target = model.to_model_scale(x)
    measured = [
        start
        for column, (start, _) in zip(
            table.columns, preparation.arrays.table.layout.columns, strict=True
        )
        if column.kind is ColumnKind.NUMERIC
    ]
    squares = np.square(model.reconstruct_scaled(target) - target)[:, measured]
    right = float(np.mean(list(count.shares().values())))
    return right, float(squares.mean()), errors["squared"], seconds


def latent(num_rows: int = 3000) -> Dataset:
    """Six numbers, five columns of 3 to 12 categories and three truth values from three numbers."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(num_rows, 3))
    numbers = np.tanh(hidden @ rng.normal(size=(3, 6))) + 0.1 * rng.normal(size=(num_rows, 6))
    columns, cells = [Column(f"n{place}") for place in range(6)], list(numbers.T)
    for size in (3, 4, 6, 9, 12):
        pull = hidden @ rng.normal(size=(3, size)) * 3 + 0.5 * rng.gumbel(size=(num_rows, size))
        columns.append(_categories(f"c{size}", size))
        cells.append(pull.argmax(1))
    for place in range(3):
        pull = hidden @ rng.normal(size=3) * 3 + 0.5 * rng.logistic(size=num_rows)
        columns.append(Column(f"b{place}", ColumnKind.BOOLEAN))
        cells.append(pull > 0.5)
    return _table("latent", columns, cells)


def binned(name: str) -> Dataset:
    """A table of scikit-learn with every third column as one of five categories without an order."""
    loaded = getattr(datasets, f"load_{name}")()
    rng = np.random.default_rng(0)
    columns, cells = [], []
    for place, values in enumerate(loaded.data.T):
        if place % 3:
            columns.append(Column(f"n{place}"))
            cells.append(values)
        else:
            fifth = np.searchsorted(np.quantile(values, _QUINTILES), values)
            columns.append(_categories(f"c{place}", 5))
            cells.append(rng.permutation(5)[fifth])
    return _table(name, columns, cells)


def cities(count: int, num_rows: int = 4000) -> Dataset:
    """Some cities are frequent and most are rare; where they lie decides about five numbers."""
    rng = np.random.default_rng(0)
    weights = 1 / (1 + np.arange(count)) ** 0.7
    city = rng.choice(count, size=num_rows, p=weights / weights.sum())
    place = rng.normal(size=(count, 3))[city]
    near = place + 0.3 * rng.normal(size=place.shape)
    numbers = near @ rng.normal(size=(3, 5)) + 0.2 * rng.normal(size=(num_rows, 5))
    region = (place @ rng.normal(size=(3, 8))).argmax(1)
    columns = [_categories("city", count), *(Column(f"n{n}") for n in range(5))]
    return _table(
        f"{count} cities", [*columns, _categories("region", 8)], [city, *numbers.T, region]
    )


def _categories(name: str, count: int) -> Column:
    return Column(name, ColumnKind.CATEGORICAL, tuple(f"{name} {n}" for n in range(count)))


def _table(name: str, columns: list[Column], cells: list[Cells]) -> Dataset:
    return Dataset(
        name=name,
        kind=Kind.TABLE,
        x=np.stack(cells, axis=1).astype(np.float64),
        source=f"/{name}",
        feature_names=tuple(column.name for column in columns),
        columns=tuple(columns),
    )


if __name__ == "__main__":
    main()
