"""The archive's formats: as its own files are, and as damaged ones."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aestudio.data.dataset import Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError, StudioError

pytestmark = pytest.mark.opens_files

HEADER = """#A comment that says where this comes from.
@problemName Made
@timeStamps false
@missing true
@univariate false
@dimensions 2
@classLabel true up down
@data
"""


def written(folder: Path, text: str, name: str = "Made_TRAIN.ts") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def lines(count: int, length: int, rng: np.random.Generator) -> tuple[str, np.ndarray]:
    x = rng.normal(size=(count, length, 2)).round(6)
    rows = (
        ":".join(",".join(map(repr, channel.tolist())) for channel in sample.T)
        + (":up" if index % 2 else ":down")
        for index, sample in enumerate(x)
    )
    return "\n".join(rows) + "\n", x


def test_series_channels_and_classes_are_read(tmp_path: Path) -> None:
    text, x = lines(8, 12, np.random.default_rng(0))
    found = read(written(tmp_path, HEADER + text))
    assert (found.kind, found.reader) == (Kind.SEQUENCES, "ts")
    assert np.array_equal(found.x, x)
    assert found.label_names == ("down", "up")
    assert found.labels is not None
    assert found.labels.tolist() == [0, 1] * 4
    assert found.windows is None


def test_the_part_for_testing_beside_it_is_found_and_a_packed_file_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    train, _ = lines(8, 12, rng)
    test, x = lines(5, 12, rng)
    path = tmp_path / "Made_TRAIN.ts.gz"
    path.write_bytes(gzip.compress((HEADER + train).encode()))
    assert read(path).test is None
    (tmp_path / "Made_TEST.ts.gz").write_bytes(gzip.compress((HEADER + test).encode()))
    found = read(path)
    assert found.test is not None
    assert np.array_equal(found.test.x, x)
    assert found.test.label_names == found.label_names


def test_a_folder_of_both_parts_keeps_them_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part, count in (("TRAIN", 8), ("TEST", 5)):
        written(tmp_path, HEADER + lines(count, 12, rng)[0], f"Made_{part}.ts")
    found = read(tmp_path)
    assert found.num_samples == 8
    assert found.test is not None
    assert found.test.num_samples == 5


def test_series_of_different_lengths_are_filled_with_missing_values(tmp_path: Path) -> None:
    text = "1,2,3:4,5,6:up\n7,?:8,9:down\n"
    found = read(written(tmp_path, HEADER + text))
    assert found.x[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    assert np.array_equal(found.x[1], [[7, 8], [np.nan, 9], [np.nan, np.nan]], equal_nan=True)
    assert any("2 to 3 steps" in finding.text for finding in found.findings)


def test_windows_of_series_of_different_lengths_need_no_filling(tmp_path: Path) -> None:
    text = "1,2,3,4,5:1,2,3,4,5:up\n7,8,9:7,8,9:down\n"
    found = read(written(tmp_path, HEADER + text), DataOptions(window=2, window_stride=1))
    assert found.x[:, 0, 0].tolist() == [1, 2, 3, 4, 7, 8]
    assert found.labels is not None
    assert found.labels.tolist() == [1, 1, 1, 1, 0, 0]
    assert not np.isnan(found.x).any()


def test_time_stamps_are_kept(tmp_path: Path) -> None:
    header = HEADER.replace("@timeStamps false", "@timeStamps true")
    text = (
        "(2020-01-01 00:00:00,1),(2020-01-01 01:00:00,2):(2020-01-01 00:00:00,3),(2020-01-01 01:00:00,4):up\n"
        "(2020-01-02 00:00:00,5),(2020-01-02 01:00:00,6):(2020-01-02 00:00:00,7),(2020-01-02 01:00:00,8):down\n"
    )
    found = read(written(tmp_path, header + text))
    assert found.x.tolist() == [[[1, 3], [2, 4]], [[5, 7], [6, 8]]]
    assert found.times is not None
    assert found.times.is_date
    expected = np.array(["2020-01-02T00", "2020-01-02T01"], "datetime64[s]").astype(float)
    assert np.array_equal(found.times.of(np.array([1]))[0], expected)


@pytest.mark.parametrize("when", ["2020-01-01T00:00:00Z", "2020-01-01 25:00", "soon"])
def test_a_time_stamp_that_is_none_is_refused(tmp_path: Path, when: str) -> None:
    header = HEADER.replace("@timeStamps false", "@timeStamps true")
    with pytest.raises(DataError, match="line 9: a time stamp is neither a number nor a date"):
        read(written(tmp_path, f"{header}({when},1):({when},2):up\n"))


def test_numbers_to_predict_are_no_classes(tmp_path: Path) -> None:
    header = HEADER.replace("@classLabel true up down", "@targetLabel true")
    found = read(written(tmp_path, header + "1,2:3,4:0.5\n1,2:3,4:0.75\n"))
    assert found.labels is None
    assert any("not whole numbers" in finding.text for finding in found.findings)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1,2:3,4:up\n1,2:up\n", "line 10: this series has 1 channels and the first has 2"),
        ("1,2:3,x:up\n", "line 9: 'x' is no number"),
        ("", "there is no series"),
        ("up\n", "line 9: there is a label but no series"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        read(written(tmp_path, HEADER + text))


def test_an_unknown_key_and_values_before_the_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 2: the header has the unknown key @colour"):
        read(written(tmp_path, "@problemName a\n@colour red\n"))
    with pytest.raises(DataError, match="line 2: there are values before @data"):
        read(written(tmp_path, "@problemName a\n1,2,3\n"))


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aestudio.data.series.ts_format.MAX_LINE_BYTES", 1000)
    with pytest.raises(DataError, match="longer than 1,000 bytes"):
        read(written(tmp_path, HEADER + "1," * 1000))


@settings(max_examples=60)
@given(st.binary(max_size=200), st.integers(0, 250))
def test_whatever_is_written_over_it_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int
) -> None:
    content = (HEADER + "1,2:3,4:up\n5,6:7,8:down\n").encode()
    path = tmp_path_factory.mktemp("ts") / "a.ts"
    path.write_bytes(content[:place] + noise + content[place + len(noise) :])
    refusal: StudioError | None = None
    try:
        assert read(path).num_samples > 0
    except StudioError as error:
        refusal = error
    assert refusal is None or refusal.next_step


# --- the tables of the UCR archive ------------------------------------------------------------


def ucr(path: Path, labels: list[int], x: np.ndarray) -> Path:
    rows = (
        "\t".join([str(label), *("NaN" if np.isnan(v) else repr(v) for v in row)])
        for label, row in zip(labels, x.tolist(), strict=True)
    )
    path.write_text("\n".join(rows) + "\n")
    return path


def test_tables_of_the_archive_are_series_with_their_class_in_front(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 20)), rng.normal(size=(6, 24))
    path = ucr(tmp_path / "Made_TRAIN.tsv", [1, 2, -1] * 4, x)
    ucr(tmp_path / "Made_TEST.tsv", [1, 2] * 3, y)
    found = read(path)
    assert (found.kind, found.shape) == (Kind.SEQUENCES, (24, 1))
    assert np.array_equal(found.x[:, :20, 0], x)
    assert np.isnan(found.x[:, 20:]).all()
    assert found.label_names == ("-1", "1", "2")
    assert found.test is not None
    assert np.array_equal(found.test.x[:, :, 0], y)
    plain = read(path, DataOptions(kind="table"))
    assert plain.kind is Kind.TABLE


def test_such_a_table_can_be_cut_into_windows(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(4, 20))
    found = read(ucr(tmp_path / "Made_TRAIN.tsv", [1, 2, 1, 2], x), DataOptions(window=10))
    assert found.x.shape == (8, 10, 1)
    assert np.array_equal(found.x[3, :, 0], x[1, 10:])


@pytest.mark.shared_data
def test_the_real_files(shared_data: Path) -> None:
    motions = read(shared_data / "series" / "BasicMotions_TRAIN.ts")
    assert motions.x.shape == (40, 100, 6)
    assert motions.label_names == ("Badminton", "Running", "Standing", "Walking")
    assert np.bincount(motions.labels).tolist() == [10, 10, 10, 10]
    assert motions.test is not None
    assert motions.test.x.shape == (40, 100, 6)
    assert motions.x[0, 0, 0] == 0.079106
    gun = read(shared_data / "series" / "GunPoint_TRAIN.tsv")
    assert gun.x.shape == (50, 150, 1)
    assert gun.label_names == ("1", "2")
    # The archive brings each series to mean 0 and spread 1.
    assert np.allclose(gun.x.mean(axis=1), 0, atol=1e-6)
    assert len(split_dataset(gun, DataOptions()).train) == 45
