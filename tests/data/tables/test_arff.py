"""Weka's files, beside scipy's reader of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from scipy.io import arff

from aestudio.data.columns import ColumnKind
from aestudio.errors import DataError
from tests.data.tables.reading import said, table_of

HEAD = """% a comment
@RELATION 'my flowers'

@attribute 'sepal length' REAL
@attribute width numeric
@attribute shade {light, dark}
@attribute class {Iris-a, Iris-b}
"""
ROWS = "@DATA\n5.1,3.5,light,Iris-a\n4.9,?,dark,Iris-b\n% between\n4.0, 1e-1 ,light,Iris-a\n"


def test_numbers_and_choices_are_those_that_scipy_reads(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, HEAD + ROWS, "flowers.arff")
    rows, _ = arff.loadarff(io.StringIO((HEAD + ROWS).replace("% between\n", "")))
    np.testing.assert_array_equal(dataset.x[:, 0], rows["sepal length"])
    np.testing.assert_array_equal(dataset.x[:, 1], rows["width"])
    assert dataset.columns[2].kind is ColumnKind.CATEGORICAL
    assert dataset.labels is not None
    named = [dataset.label_names[label] for label in dataset.labels]
    assert named == [row.decode() for row in rows["class"]]
    assert "'class' is taken for the label" in said(dataset)


def test_rows_may_name_only_what_is_not_zero(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, HEAD + "@data\n{0 2.5, 3 Iris-b}\n{1 3}\n", "flowers.arff")
    np.testing.assert_array_equal(dataset.x[:, :2], [[2.5, 0], [0, 3]])
    assert dataset.labels is not None
    assert [dataset.label_names[label] for label in dataset.labels] == ["Iris-b", "Iris-a"]


def test_quotes_enclose_blanks(tmp_path: Path) -> None:
    head = "@relation q\n@attribute n real\n@attribute class {'Iris b', \"it's\"}\n@data\n"
    dataset = table_of(tmp_path, head + "1,'Iris b'\n2,\"it's\"\n3,'it\\'s'\n", "quotes.arff")
    assert dataset.labels is not None
    named = [dataset.label_names[label] for label in dataset.labels]
    assert named == ["Iris b", "it's", "it's"]


def test_dates_are_dates(tmp_path: Path) -> None:
    head = '@relation d\n@attribute seen date "yyyy-MM-dd HH:mm:ss"\n@attribute n real\n@data\n'
    dataset = table_of(tmp_path, head + '"2024-01-02 12:00:00",1\n?,2\n', "dates.arff")
    assert dataset.columns[0].kind is ColumnKind.DATE
    assert dataset.x[0, 0] == 19_724.5
    assert np.isnan(dataset.x[1, 0])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HEAD + "@data\n1,2,light\n", "line 9 has 3 cells, and 4 are expected"),
        (HEAD + "@data\nx,2,light,Iris-a\n", "line 9 has 'x' in 'sepal length'"),
        (HEAD + "@data\n{9 1}\n", "line 9 names column 9"),
        (HEAD, "ends before '@data'"),
        ("@relation r\nrubbish\n@data\n", "line 2 belongs to no header"),
        ("@relation r\n@attribute a relational\n@data\n", "line 2 declares .* 'relational'"),
        ("@relation r\n@attribute\n@data\n", "line 2 is no declaration"),
        ("@relation r\n@data\n1\n", "no column is declared"),
        (HEAD + "@data\n", "no rows"),
    ],
)
def test_what_the_format_does_not_allow_is_refused_by_its_line(
    tmp_path: Path, content: str, reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        table_of(tmp_path, content, "wrong.arff")


def test_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    content = (HEAD.replace("light", "hell grün") + ROWS.replace("light", "'hell grün'")).replace(
        "{hell grün", "{'hell grün'"
    )
    dataset = table_of(tmp_path, content.encode("cp1252"), "flowers.arff")
    assert dataset.columns[2].categories == ("dark", "hell grün")
    assert "is read as Windows-1252" in said(dataset)
