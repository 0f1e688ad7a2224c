"""Every row of the matrix is there once, and the tests that it names exist."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.hostile.rows import ROWS, Row

REPOSITORY = Path(__file__).resolve().parents[2]


@cache
def functions(file: str) -> tuple[str, ...]:
    """The tests in a file, by name."""
    tree = ast.parse((REPOSITORY / file).read_text(encoding="utf-8"))
    return tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def expanded(row: Row) -> list[str]:
    """The tests of a row as pytest takes them, beginnings of names written out."""
    found = []
    for test in row.tests:
        file, _, name = test.partition("::")
        beginning = name.removesuffix("*")
        matching = [one for one in functions(file) if one.startswith(beginning)]
        found += [f"{file}::{one}" for one in matching if name.endswith("*") or one == name]
    return found


def test_every_row_is_there_once_and_in_order() -> None:
    expected = [f"A{n:02}" for n in range(1, 24)]
    expected += [f"{group}{n:02}" for group in "BC" for n in range(1, 18)]
    expected += [f"D{n:02}" for n in range(1, 20)] + [f"H{n:02}" for n in range(1, 11)]
    assert [row.name for row in ROWS] == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_tests_of_a_row_exist(row: Row) -> None:
    for test in row.tests:
        assert expanded(Row(row.name, row.expected, row.what, (test,))), test
