"""What a stranger's table called its columns and cells is no formula in what is exported (row C12)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.export.filled_table import FilledSamples, write_filled

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|'/C calc'!A0",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\n=1+1",
    "\uff1d1+1",
)


def starts_a_formula(cell: str) -> bool:
    start = cell.lstrip(" \u00a0\u200b\u2060\ufeff\n\r\t")
    return start.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_c12_names_labels_and_categories_are_neutralised(tmp_path: Path, formula: str) -> None:
    columns = (Column(formula), Column("kind", ColumnKind.CATEGORICAL, ("plain", formula)))
    samples = FilledSamples(np.array([[-1.0, 0], [2.5, 1]]), columns, ("plain", formula))
    write_filled(tmp_path / "out.csv", samples)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8-sig") as stream:
        head, first, second = csv.reader(stream)
    assert not any(map(starts_a_formula, head))
    assert not any(map(starts_a_formula, second))
    assert first[1] == "-1.0"  # a number stays one


def test_c12_formulas_are_texts_on_the_way_in(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("size,kind\n" + "-1,=1+1\n2,=2+2\n-3.5,=1+1\n" * 5)
    dataset = read(path, DataOptions(source=str(path), kind="table", columns="size, kind"))
    np.testing.assert_array_equal(dataset.x[:3], [[-1, 0], [2, 1], [-3.5, 0]])
    assert dataset.columns[1].categories == ("=1+1", "=2+2")
