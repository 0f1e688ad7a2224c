"""What a column is taken for, what it holds, and the person's word on both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.columns import Column, ColumnKind, cell_text
from aestudio.data.tables.cells import natural, number_of, read_cells
from aestudio.data.tables.column_choice import typed_names, written_names
from aestudio.errors import OptionError
from tests.data.tables.reading import raw_of, said, table_of

PENGUINS = "species,island,bill,mass,sex\n" + "".join(
    f"{'ABC'[n % 3]}delie,{'XY'[n % 2]},{30 + n % 11}.5,{3000 + 7 * n},{['male', 'female', 'NA'][n % 3]}\n"
    for n in range(40)
)


def test_kinds_are_those_that_a_person_sees(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, PENGUINS)
    assert [(column.name, column.kind) for column in dataset.columns] == [
        ("island", ColumnKind.CATEGORICAL),
        ("bill", ColumnKind.NUMERIC),
        ("mass", ColumnKind.NUMERIC),
        ("sex", ColumnKind.CATEGORICAL),
    ]
    assert dataset.columns[0].categories == ("X", "Y")
    assert np.isnan(dataset.x[2, 3])
    assert dataset.label_names == ("Adelie", "Bdelie", "Cdelie")
    assert "Column 'species' is taken for the label" in said(dataset)


def test_one_click_learns_from_the_label_too(tmp_path: Path) -> None:
    (finding,) = (
        finding for finding in table_of(tmp_path, PENGUINS).findings if "the label" in finding.text
    )
    assert finding.remedy is not None
    option = finding.remedy.option.removeprefix("data.")
    dataset = table_of(tmp_path, PENGUINS, **{option: finding.remedy.value})
    assert dataset.feature_names == ("species", "island", "bill", "mass", "sex")
    assert dataset.label_names == ("Adelie", "Bdelie", "Cdelie")


def test_the_person_chooses_the_label(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, PENGUINS, label_field="sex")
    assert dataset.label_names == ("female", "male")
    assert "sex" not in dataset.feature_names
    assert "species" in dataset.feature_names
    assert dataset.labels is not None
    assert dataset.labels[2] == -1
    assert set(dataset.label_fields) >= {"species", "island", "sex"}


def test_the_person_chooses_the_columns(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, PENGUINS, columns="mass, species")
    assert dataset.feature_names == ("mass", "species")
    assert dataset.label_names  # still the label, and learned from too


def test_the_person_leaves_columns_out(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, PENGUINS, leave_out="island,mass")
    assert dataset.feature_names == ("bill", "sex")


@pytest.mark.parametrize("option", ["columns", "leave_out"])
def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path, option: str) -> None:
    with pytest.raises(OptionError, match=r"no column is called 'islands'.*'island'") as caught:
        table_of(tmp_path, PENGUINS, **{option: "islands"})
    assert caught.value.subject == f"data.{option}"


def test_numbered_columns_can_be_named(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "1,2,3\n1.5,2,7\n3,4,8.5\n5,9,1\n", header="yes", columns=2)
    assert dataset.feature_names == ("2",)


def test_everything_cannot_be_left_out(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="every column"):
        table_of(tmp_path, "a,b\n1,2\n3,4\n", leave_out="a,b")


@pytest.mark.parametrize("names", [["a"], ["a b", "c,d"], ['he said "no"', "x"], ["1", "2"]])
def test_names_are_read_as_they_are_written(names: list[str]) -> None:
    assert list(typed_names(written_names(names))) == names


@pytest.mark.parametrize("words", [("yes", "no"), ("TRUE", "FALSE"), ("ja", "nein"), ("y", "n")])
def test_words_for_true_and_false_are_truth_values(words: tuple[str, str]) -> None:
    values = np.array([*words, None, words[0]], dtype=object)
    reading = read_cells("sold", values)
    assert reading is not None
    assert reading.column.kind is ColumnKind.BOOLEAN
    np.testing.assert_array_equal(reading.cells, [1, 0, np.nan, 1])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024-01-31", 19_753.0),
        ("2024-01-31 12:00", 19_753.5),
        ("2024-01-31T06:00:00", 19_753.25),
        ("2024-01-31T12:00:00Z", 19_753.5),
        ("2024-01-31T14:00:00+02:00", 19_753.5),
        ("31.01.2024", 19_753.0),
        ("31.1.2024 18:00", 19_753.75),
        ("1/31/2024", 19_753.0),
        ("31/1/2024", 19_753.0),
        ("31-Jan-2024", 19_753.0),
        ("Jan 31, 2024", 19_753.0),
        ("2024/01/31", 19_753.0),
    ],
)
def test_dates_are_days_since_1970(tmp_path: Path, text: str, days: float) -> None:
    dataset = table_of(tmp_path, f'when,b\n"{text}",1\nNA,2\n"{text}",3.5\n')
    assert dataset.columns[0].kind is ColumnKind.DATE
    np.testing.assert_array_equal(dataset.x[:, 0], [days, np.nan, days])


def test_dates_that_can_be_meant_in_two_ways_are_told(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "when,b\n3/4/2024,1\n5/6/2024,2\n1/2/2024,3.5\n")
    assert "with the month before the day" in said(dataset)
    told = table_of(tmp_path, "when,b\n3/4/2024,1\n5/16/2024,2\n1/2/2024,3.5\n")
    assert "other way round" not in said(told)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('a,b\n"1,234",1\n"12,345.5",2\n7,3.5\n', [1234, 12_345.5, 7]),
        ("a;b\n1.234,5;1\n12.345;2\n7;3,5\n", [1234.5, 12_345, 7]),
        ("a;b\n1'234;1\n12'345.5;2\n7;3.5\n", [1234, 12_345.5, 7]),
        ("a;b\n+1;1\n-2;2\n+3;3.5\n", [1, -2, 3]),
    ],
)
def test_thousands_and_signs_belong_to_numbers(
    tmp_path: Path, text: str, numbers: list[float]
) -> None:
    np.testing.assert_array_equal(raw_of(tmp_path, text).column("a"), numbers)


@pytest.mark.parametrize("text", ["1_000", "0x10", "١٢", "1e", "", "e5", "1 2", "infinite"])
def test_what_only_python_takes_for_a_number_is_none(text: str) -> None:
    assert number_of(text) is None


def test_categories_stand_in_the_order_of_people() -> None:
    assert sorted(["item 10", "item 2", "Item 1"], key=natural) == ["Item 1", "item 2", "item 10"]


@pytest.mark.parametrize(
    ("column", "cell", "text"),
    [
        (Column("n"), 1.5, "1.5"),
        (Column("n"), 3.0, "3"),
        (Column("n"), 123456.789, "123457"),
        (Column("n"), float("nan"), ""),
        (Column("n"), float("inf"), "inf"),
        (Column("b", ColumnKind.BOOLEAN), 0.0, "false"),
        (Column("c", ColumnKind.CATEGORICAL, ("x", "y")), 1.0, "y"),
        (Column("c", ColumnKind.CATEGORICAL, ("x", "y")), 7.0, ""),
        (Column("d", ColumnKind.DATE), 19_753.0, "2024-01-31"),
        (Column("d", ColumnKind.DATE), 19_753.5, "2024-01-31 12:00"),
        (Column("d", ColumnKind.DATE), 1e12, "1e+12 days"),
    ],
)
def test_a_cell_is_shown_in_the_terms_of_its_table(column: Column, cell: float, text: str) -> None:
    assert cell_text(column, cell) == text
