"""Text tables as strangers write them: rows C01 to C11 of the reliability matrix, each by its name."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.checks.registry import examine
from aestudio.data.options import DataOptions
from aestudio.data.reading import ReadingCancelled, read
from aestudio.errors import DataError
from tests.data.tables.reading import raw_of, said, saved, table_of

NAMES = "größe,preis\n1.5,2\n2.5,3\n3.5,4\n"


# C01: UTF-16, CP1252, a mark, bad UTF-8


@pytest.mark.parametrize(
    "content",
    [
        NAMES.encode(),
        NAMES.encode("utf-8-sig"),
        NAMES.encode("utf-16"),
        b"\xfe\xff" + NAMES.encode("utf-16-be"),
        NAMES.encode("utf-16-le"),
        NAMES.encode("utf-16-be"),
        NAMES.encode("utf-32"),
        NAMES.encode("cp1252"),
    ],
    ids=["utf-8", "mark", "utf-16", "16-be", "16-le unmarked", "16-be unmarked", "32", "cp1252"],
)
def test_c01_letters_are_read_however_they_are_encoded(tmp_path: Path, content: bytes) -> None:
    raw = raw_of(tmp_path, content)
    assert raw.names == ("größe", "preis")
    np.testing.assert_array_equal(raw.column("größe"), [1.5, 2.5, 3.5])


def test_c01_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, NAMES.encode("cp1252"))
    assert "Windows-1252" in said(dataset)
    assert "byte 2" in said(dataset)
    assert dict(dataset.read_as)["Encoding"] == "cp1252"


def test_c01_the_person_knows_the_encoding(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, "цена,b\n1,2\n3,4\n".encode("cp1251"), encoding="cp1251")
    assert raw.names == ("цена", "b")


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be"])
def test_c01_utf16_may_have_a_mark_or_none(tmp_path: Path, form: str) -> None:
    assert raw_of(tmp_path, NAMES.encode(form), encoding="utf-16").names == ("größe", "preis")


@pytest.mark.parametrize("encoding", ["auto", "utf-8"])
def test_c01_damaged_utf8_is_refused_with_its_offset(tmp_path: Path, encoding: str) -> None:
    content = "größe,süß\n1,2\n3,4\n".encode() + b"5,\xff6\n"
    with pytest.raises(DataError, match="0xff at offset 24") as caught:
        raw_of(tmp_path, content, encoding=encoding)
    assert caught.value.next_step


# C02: NUL, lone carriage returns, mixed line ends


def test_c02_a_nul_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 3 holds a NUL"):
        raw_of(tmp_path, b"a,b\n1,2\n3,\x004\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_c02_every_end_of_line_ends_a_line(tmp_path: Path, end: str) -> None:
    raw = raw_of(tmp_path, end.join(["a,b", "1,2", "3,4", "5,6"]))
    np.testing.assert_array_equal(raw.column("b"), [2, 4, 6])


def test_c02_ends_of_lines_may_be_mixed(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8")
    np.testing.assert_array_equal(raw.column("a"), [1, 3, 5, 7])


# C03: ragged lines, a quote that is never closed


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,b\n1,2\n3\n4,5\n", "line 3 has 1 cells, and 2"),
        ("a,b\n1,2\n3,4,5\n", "line 3 has 3 cells, and 2"),
        ('a,b\n1,"x\ny"\n2,z\n3,4,5\n6,7\n', "line 5 has 3 cells"),
        ("a b\n1 2\n1 2\n1  2\n3\n", "line 5 has 1 cells"),
    ],
)
def test_c03_a_ragged_line_is_refused_by_its_number(
    tmp_path: Path, content: str, line: str
) -> None:
    with pytest.raises(DataError, match=line):
        raw_of(tmp_path, content)


def test_c03_ragged_lines_can_be_left_out(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,b\n1,2\n3\n4,5\n6,7,8\n9,1\n", ragged="skip")
    np.testing.assert_array_equal(dataset.x, [[1, 2], [4, 5], [9, 1]])
    assert "2 lines with another number of cells" in said(dataset)
    assert "line 3" in said(dataset)


@pytest.mark.parametrize("rest", ["", "5,6\n" * 10])
def test_c03_a_quote_that_is_never_closed_is_refused_by_its_line(tmp_path: Path, rest: str) -> None:
    with pytest.raises(DataError, match="quote that opens on line 3 is never closed"):
        raw_of(tmp_path, f'a,b\n1,2\n"3,4\n{rest}')


def test_c03_quotes_can_be_letters(tmp_path: Path) -> None:
    raw = raw_of(tmp_path, 'pipe,b\n"3,4\n"5,6\n', quotes="none")
    assert raw.column("pipe").tolist() == ['"3', '"5']


# C04 at the scale of 5 GB is measured by tests/benchmarks; the same code at a small scale is in
# test_streamed.py. Here: it can be cancelled.


def test_c04_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n" + "1,2\n" * 1000)
    asked = iter([False] * 6)
    with pytest.raises(ReadingCancelled):
        read(path, is_cancelled=lambda: next(asked, True))


# C05: giant fields, too many columns


def test_c05_a_giant_field_is_refused(tmp_path: Path) -> None:
    content = b"a,b\n1,2\n3," + b"x" * (3 * 2**20) + b"\n4,5\n"
    with pytest.raises(DataError, match=r"line 3 is longer than 1 MiB.*max_line_mib"):
        table_of(tmp_path, content, max_line_mib=1)


def test_c05_a_giant_quoted_field_is_refused(tmp_path: Path) -> None:
    content = b'a,b\n1,2\n3,"' + b"x\n" * (2 * 2**20) + b'"\n4,5\n'
    with pytest.raises(DataError, match="quote that opens on line 3"):
        table_of(tmp_path, content, max_line_mib=1)


def test_c05_too_many_columns_are_refused_before_they_are_read(tmp_path: Path) -> None:
    header = ",".join(f"c{place}" for place in range(100_000))
    row = ",".join("1" * 100_000)
    with pytest.raises(DataError, match=r"100,000 columns, and 50,000 .*max_columns"):
        table_of(tmp_path, f"{header}\n{row}\n{row}\n")


def test_c05_a_line_of_delimiters_alone_is_refused_before_it_is_cut(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"columns, and 50,000 are allowed"):
        table_of(tmp_path, b"," * 20_000_000)


def test_c05_the_cap_on_columns_is_a_setting(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="3 columns, and 2 are allowed"):
        table_of(tmp_path, "a,b,c\n1,2,3\n4,5,6\n", max_columns=2)


# C06: semicolons, tabs, decimal commas


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " ", "::"])
def test_c06_every_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["a", "b", "c"], ["1.5", "2", "3"], ["4", "5.25", "6"], ["7", "8", "9"]]
    raw = raw_of(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert raw.names == ("a", "b", "c")
    np.testing.assert_array_equal(raw.column("b"), [2, 5.25, 8])


def test_c06_between_colons_other_signs_are_letters(tmp_path: Path) -> None:
    titles = ['"Up", again (1995)', "Heat: a story", "Fair|Game", "Up\" and 'down"]
    rows = [f"{number}::{titles[number % 4]}::Drama|War" for number in range(40)]
    raw = raw_of(tmp_path, "\n".join(rows), "movies.dat")
    assert raw.num_columns == 3
    assert list(raw.values[1][:4]) == titles


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_c06_colons_within_cells_are_no_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["address", "count"], *([f"fe80::{number:x}", str(number)] for number in range(40))]
    raw = raw_of(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert raw.names == ("address", "count")


def test_c06_a_line_between_colons_with_too_many_cells_is_told(tmp_path: Path) -> None:
    rows = ["1::2::3"] * 300 + ["1::2::3::4"] + ["1::2::3"] * 9
    with pytest.raises(DataError, match=r"line 301 has 4 cells, and 3 are expected"):
        table_of(tmp_path, "\n".join(rows), "r.dat")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_c06_a_decimal_comma_is_no_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["a", "b"], ["1,5", "2,25"], ["3,0", "-4,125"], ["1.234,5", "1e-1"]]
    dataset = table_of(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    np.testing.assert_array_equal(dataset.x, [[1.5, 2.25], [3, -4.125], [1234.5, 0.1]])
    assert dict(dataset.read_as)["Decimal mark"] == "comma"


def test_c06_the_guess_can_be_corrected(tmp_path: Path) -> None:
    content = "1,5;2,5\n3,5;4,5\n"
    raw = raw_of(tmp_path, content, delimiter="comma", header="no")
    assert raw.num_columns == 3


@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6).map(lambda number: round(number, 3)), min_size=3, max_size=3),
        min_size=3,
        max_size=20,
    ),
    st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", ","), ("|", ".")]),
)
def test_c06_numbers_survive_every_way_of_writing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]], how: tuple[str, str]
) -> None:
    delimiter, decimal = how
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    text = frame.to_csv(index=False, sep=delimiter, decimal=decimal)
    raw = raw_of(
        tmp_path_factory.mktemp("t"),
        text,
        delimiter={",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}[delimiter],
    )
    np.testing.assert_array_equal(np.stack(raw.values, axis=1), frame.to_numpy())


# C07: cells that are not there


@pytest.mark.parametrize("word", ["", "NA", "N/A", "nan", "NULL", "?", "-", "None", "#N/A", " NA "])
def test_c07_words_for_missing_are_missing(tmp_path: Path, word: str) -> None:
    dataset = table_of(tmp_path, f"a,b\n1,2\n{word},3\n4,5\n")
    np.testing.assert_array_equal(dataset.x[:, 0], [1, np.nan, 4])
    assert "1 value is missing" in said(dataset)


def test_c07_infinities_count_as_missing(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,b\n1,2\ninf,3\n-inf,5\n1,1\n")
    assert "2 values are missing or not finite" in said(dataset)


def test_c07_a_column_without_any_value_is_left_out_and_told(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,b,c\n1,,2\n3,NA,5\n4,,9\n")
    assert dataset.feature_names == ("a", "c")
    assert "Column 'b': no value in any row" in said(dataset)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1.5", "NA", "nan", "inf", "", "-2"]),
            st.sampled_from(["3", "null", "?"]),
        ),
        min_size=2,
        max_size=12,
    )
)
def test_c07_what_is_missing_is_counted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    text = "a,b,c\n" + "".join(f"{a},{b},0\n" for a, b in rows)
    raw = raw_of(tmp_path_factory.mktemp("t"), text, delimiter="comma", header="yes")
    for place, name in enumerate("ab"):
        wanted = sum(row[place] not in ("1.5", "-2", "3", "inf") for row in rows)
        assert np.isnan(raw.column(name).astype(np.float64)).sum() == wanted


# C08: a constant column


def test_c08_a_constant_column_is_told(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,b\n1,7\n2,7\n3,7\n")
    (finding,) = examine(dataset)
    assert finding.text == "Every row says the same in column 'b'."
    assert np.isfinite(dataset.x).all()


# C09: texts, keys, mixtures


def test_c09_what_only_names_or_counts_rows_is_left_out_and_told(tmp_path: Path) -> None:
    rows = "".join(f"{n},person {n},{n * 0.5},{n % 7 * 1.5}\n" for n in range(60))
    dataset = table_of(tmp_path, "id,name,size,weight\n" + rows)
    assert dataset.feature_names == ("size", "weight")
    assert "Column 'name': too many different values" in said(dataset)
    assert "Read as: tokens" in said(dataset)
    assert "Column 'id': there only to number or name the rows" in said(dataset)
    assert dataset.sample_names[:2] == ("person 0", "person 1")


def test_c09_a_few_texts_among_numbers_count_as_missing_and_are_told(tmp_path: Path) -> None:
    rows = "".join(f"{n * 1.5},{n % 7}\n" for n in range(50))
    dataset = table_of(tmp_path, "a,b\n" + rows + "unknown,3\n")
    assert np.isnan(dataset.x[50, 0])
    assert "1 cells of 'a' are no numbers (unknown)" in said(dataset)


def test_c09_a_late_text_makes_a_column_of_texts(tmp_path: Path) -> None:
    numbers = "".join(f"{n % 9},{n}\n" for n in range(700_000))
    raw = raw_of(tmp_path, "a,b\n" + numbers + "x,1\n")
    assert raw.column("a")[-1] == "x"
    assert raw.column("a")[0] == "0"


# C10: duplicate, empty, no and lonely headers


def test_c10_names_that_occur_twice_are_told_apart(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,a,,b\n1.5,2,3,4\n5,6,7,8\n9,1,2,4\n")
    assert dataset.feature_names == ("a", "a (2)", "column 3", "b")
    assert "occur more than once" in said(dataset)
    assert "1 column has no name" in said(dataset)


def test_c10_a_table_without_a_header_gets_numbers(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "1.5,2\n3,4\n5,6.5\n")
    assert dataset.feature_names == ("column 1", "column 2")
    assert dataset.num_samples == 3
    assert dict(dataset.read_as)["Header"] == "none"


@pytest.mark.parametrize("content", ["a,b,c\n", "a,b,c"])
def test_c10_a_header_alone_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="no rows below the header"):
        table_of(tmp_path, content)


@pytest.mark.parametrize("content", ["\n\n", "   \n", "\ufeff"])
def test_c10_nothing_at_all_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match="holds no text"):
        table_of(tmp_path, content)


@pytest.mark.parametrize(("header", "rows"), [("yes", 2), ("no", 3)])
def test_c10_the_person_knows_whether_there_is_a_header(
    tmp_path: Path, header: str, rows: int
) -> None:
    assert raw_of(tmp_path, "1,2\n3,4\n5,6\n", header=header).num_rows == rows


def test_c10_names_may_stand_in_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "saved.txt"
    x = np.arange(12.0).reshape(4, 3) / 7
    np.savetxt(path, x, header="a title\nwide high deep")
    dataset = read(path, DataOptions(source=str(path), kind="table"))
    assert dataset.feature_names == ("wide", "high", "deep")
    np.testing.assert_array_equal(dataset.x, x)
    assert dict(dataset.read_as)["Lines passed over"] == "2"


def test_c10_names_cannot_hide_or_command(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "\x1b[31ma,<img src=x>\n1.5,2\n3,4\n5,5\n")
    assert dataset.feature_names == ("[31ma", "<img src=x>")


# C11: a single row, fewer rows than a batch


def test_c11_one_row_is_told(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "a,b\n1.5,2\n")
    assert dataset.num_samples == 1
    assert "only one sample" in said(dataset)


def test_c11_few_rows_are_told(tmp_path: Path) -> None:
    assert "only 3 samples" in said(table_of(tmp_path, "a,b\n1.5,2\n2,3\n4,4\n"))


# Whatever arrives, reading ends with a dataset or a refusal.


def checked(error: DataError) -> None:
    """Check that a refusal says what to do."""
    assert error.reason
    assert error.next_step


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_dataset_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = saved(tmp_path_factory.mktemp("t"), content)
    try:
        dataset = read(path, DataOptions(source=str(path), kind="table"))
    except DataError as error:
        checked(error)
    else:
        assert dataset.num_samples


@given(st.text(alphabet=' ,;\t|"\n\r.-+e0159aé', max_size=120))
def test_any_text_ends_in_a_dataset_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = saved(tmp_path_factory.mktemp("t"), content)
    try:
        read(path, DataOptions(source=str(path), kind="table"))
    except DataError as error:
        checked(error)


@given(
    st.lists(
        st.lists(st.text(alphabet='ab ,"\n\té', max_size=6), min_size=2, max_size=2),
        min_size=2,
        max_size=8,
    )
)
def test_quoted_cells_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    frame = pd.DataFrame([["first", "second"], *rows], columns=["p", "q"])
    text = frame.to_csv(index=False, quoting=1)
    raw = raw_of(tmp_path_factory.mktemp("t"), text, delimiter="comma", header="yes")
    back = pd.read_csv(io.StringIO(text), keep_default_na=False, skip_blank_lines=False)
    for name in "pq":
        wanted = [cell.strip() or None for cell in back[name].astype(str)]
        assert list(raw.column(name)) == wanted
