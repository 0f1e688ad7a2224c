"""Parquet tables larger than the memory: the same as in memory, in 32 bits, kept and used again."""

from __future__ import annotations

import datetime
import decimal
import math
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.decoders import parquet_blocks
from aestudio.data.files.cache import cache_folder
from aestudio.data.options import DataOptions
from aestudio.data.reading import ReadingCancelled, read
from aestudio.data.tables import parquet_streamed, streamed_table
from aestudio.errors import DataError, StorageError
from tests.data.tables.reading import said
from tests.hostile.in_process import decoding_in_process

NUM_ROWS = 400


@pytest.fixture
def streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every table be too large for the memory, and keep what is cached apart."""
    monkeypatch.setenv("AESTUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(parquet_streamed, "STREAM_FROM_BYTES", 1)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> object:
    """Decode in this process, a few rows at a time."""
    monkeypatch.setattr(parquet_blocks, "_MOST_ROWS", 64)
    with decoding_in_process():
        yield


def table(num: int = NUM_ROWS) -> pa.Table:
    rng = np.random.default_rng(5)
    rows = range(num)
    zone = pa.timestamp("ms", "Europe/Berlin")
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    return pa.table(
        {
            "id": pa.array(rows),
            "size": pa.array([None if row % 9 == 3 else float(x) for row, x in enumerate(rng.normal(size=num))]),
            "single": pa.array(rng.normal(size=num), pa.float32()),
            "price": pa.array([decimal.Decimal(int(cents)) / 4 for cents in rng.integers(0, 99, num)], pa.decimal128(9, 2)),
            "shade": pa.array([None if row % 50 == 1 else "xyz"[row % 3] for row in rows]),
            "kind": pa.array(["abc"[row % 3] for row in rows]).dictionary_encode(),
            "written": pa.array([f"{value:,}" for value in rng.integers(1, 10**6, num)]),
            "flag": pa.array([row % 4 == 0 for row in rows]),
            "maybe": pa.array([None if row % 7 == 2 else row % 3 == 0 for row in rows]),
            "day": pa.array([datetime.date(2024, 1, 1 + row % 28) for row in rows]),
            "moment": pa.array([start + datetime.timedelta(minutes=int(m)) for m in rng.integers(0, 9999, num)], zone),
            "vector": pa.array([[row * 0.5, None, float(row % 5)] for row in rows]),
            "pair": pa.array([[row % 11, row % 3] for row in rows], pa.list_(pa.int16(), 2)),
            "odd": pa.array([{"a": row, "b": "x"} for row in rows]),
            "empty": pa.nulls(num),
            "dot": pa.array(rng.normal(size=num)),
            "dot.ted": pa.array(rng.normal(size=num)),
            "species": pa.array([str(word) for word in rng.choice(["cat", "dog"], num)]),
        }
    )  # fmt: skip


def written(folder: Path, content: pa.Table, group_rows: int = 90) -> Path:
    path = folder / "t.parquet"
    parquet.write_table(content, path, row_group_size=group_rows)
    return path


def as_table(path: Path, **options: object) -> Dataset:
    return read(path, DataOptions(source=str(path), kind="table").changed(**options))


def in_memory(path: Path, **options: object) -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_streamed, "STREAM_FROM_BYTES", 2**60)
        return as_table(path, **options)


def assert_same(streamed: Dataset, there: Dataset) -> None:
    assert isinstance(streamed.x, np.memmap)
    assert streamed.columns == there.columns
    np.testing.assert_array_equal(streamed.x, there.x.astype(np.float32))
    np.testing.assert_array_equal(streamed.labels, there.labels)
    assert streamed.label_names == there.label_names
    assert streamed.label_fields == there.label_fields


@pytest.mark.usefixtures("streams")
def test_c04_it_is_the_table_that_reading_into_memory_gives(tmp_path: Path) -> None:
    path = written(tmp_path, table())
    streamed = as_table(path)
    assert_same(streamed, in_memory(path))
    assert "too large for the memory" in said(streamed)
    assert "left out (odd)" in said(streamed)
    assert streamed.reader == "parquet"
    x = dict(zip(streamed.feature_names, streamed.x.T, strict=True))
    assert x["vector[2]"][7] == 2
    assert x["maybe"][:4].tolist()[3] == 1
    assert np.isnan(x["size"][3])


@pytest.mark.usefixtures("streams", "small_blocks")
@pytest.mark.parametrize("label", ["flag", "maybe", "pair[1]", "kind", "shade"])
def test_every_kind_of_label(tmp_path: Path, label: str) -> None:
    content = table().drop_columns(["species"])
    path = written(tmp_path, content)
    streamed, there = as_table(path, label_field=label), in_memory(path, label_field=label)
    np.testing.assert_array_equal(streamed.labels, there.labels)
    names = tuple(name.capitalize() if label == "maybe" else name for name in there.label_names)
    assert streamed.label_names == names
    assert label not in streamed.feature_names


cells = st.one_of(
    st.sampled_from([None, 0.0, -1.5, 3.25, math.inf, math.nan, 1e300]),
    st.floats(-1e6, 1e6, width=32),
)


@given(
    columns=st.lists(
        st.one_of(
            st.lists(cells, min_size=30, max_size=30).map(lambda v: pa.array(v, pa.float64())),
            st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=30, max_size=30).map(
                lambda v: pa.array(v, pa.int32())
            ),
            st.lists(st.sampled_from([None, "", " ", "a", "b"]), min_size=30, max_size=30).map(
                lambda v: pa.array(v, pa.string())
            ),
            st.lists(st.booleans(), min_size=30, max_size=30).map(pa.array),
            st.lists(st.one_of(st.none(), st.dates(datetime.date(1700, 1, 1), datetime.date(2200, 1, 1))), min_size=30, max_size=30).map(
                lambda v: pa.array(v, pa.date32())
            ),
        ),
        min_size=1,
        max_size=5,
    ),
    group_rows=st.integers(1, 40),
    most_rows=st.integers(1, 40),
)  # fmt: skip
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.usefixtures("streams")
def test_any_columns_in_any_blocks(
    columns: list[pa.Array], group_rows: int, most_rows: int
) -> None:
    content = pa.table([pa.array(range(5, 35), pa.float64()), *columns], names=[f"c{place}" for place in range(len(columns) + 1)])  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        decoding_in_process(),
    ):
        patch.setattr(parquet_blocks, "_MOST_ROWS", most_rows)
        patch.setattr(streamed_table, "SAMPLE_BLOCKS", 100)  # so that both decide by all rows
        path = written(Path(folder), content, group_rows)
        there = in_memory(path)
        streamed = as_table(path)
        assert streamed.columns == there.columns
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(streamed.x, there.x.astype(np.float32))
        np.testing.assert_array_equal(streamed.labels, there.labels)


@pytest.mark.usefixtures("streams", "small_blocks")
def test_lists_and_categories_that_come_later(tmp_path: Path) -> None:
    vectors = [[1.0, 2.0]] * 390 + [[3.0, 4.0], [5.0], None, [], [6.0, 7.0, 8.0]] + [[9.0, 9.0]] * 5
    shades = ["x", "y"] * 199 + ["late", "x"]
    path = written(tmp_path, pa.table({"v": vectors, "n": range(0, 1200, 3), "shade": shades}))
    dataset = as_table(path, columns="v[0], v[1], n, shade")
    np.testing.assert_array_equal(dataset.x[390, :2], [3, 4])
    assert np.isnan(dataset.x[391:395, :2]).all()
    assert dataset.x[395:, :2].tolist() == [[9, 9]] * 5
    assert dataset.columns[3].categories == ("x", "y", "late")
    assert "4 lists have another length" in said(dataset)


@pytest.mark.usefixtures("streams", "small_blocks")
@pytest.mark.parametrize(
    "form", ["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:00+02:00"]
)
def test_dates_are_read_in_one_way_in_every_block_and_what_is_none_is_lost_alone(
    tmp_path: Path, form: str
) -> None:
    # The last blocks alone, of the first days of a month, could be meant the other way round.
    start = datetime.datetime(2021, 1, 20)
    moments = [start + datetime.timedelta(hours=row) for row in range(264)]
    last = [datetime.datetime(2021, 2, 3, row % 24) for row in range(136)]
    texts = [moment.strftime(form) for moment in (*moments, *last)]
    content = {"when": texts, "size": np.random.default_rng(1).normal(size=NUM_ROWS)}
    path = written(tmp_path, pa.table(content))
    there, streamed = in_memory(path), as_table(path)
    assert streamed.columns[0].kind is ColumnKind.DATE
    np.testing.assert_array_equal(streamed.x, there.x.astype(np.float32))
    texts[300], texts[350] = "never", "2021-13-40"
    damaged = as_table(written(tmp_path, pa.table(content | {"when": texts})))
    assert np.flatnonzero(np.isnan(damaged.x[:, 0])).tolist() == [300, 350]
    assert "2 cells of 'when' do not fit (date)" in said(damaged)


@pytest.mark.usefixtures("streams", "small_blocks")
def test_a_column_that_begins_late_is_told_and_read_if_it_is_named(tmp_path: Path) -> None:
    late = [None] * (NUM_ROWS - 5) + [1.0, 2.0, 3.0, 4.0, 5.0]
    path = written(tmp_path, pa.table({"late": late, "n": np.arange(NUM_ROWS) * 0.5}))
    dataset = as_table(path)
    assert dataset.feature_names == ("n",)
    assert "'late': no value in the first 256 rows, so left out. Name the columns" in said(dataset)
    assert as_table(path, columns="late, n").x[-5:, 0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("streams", "small_blocks")
def test_columns_that_lists_become_count_as_columns(tmp_path: Path) -> None:
    path = written(tmp_path, pa.table({"v": [[1.0] * 50] * 9, "n": np.arange(9) * 0.5}))
    assert as_table(path, max_columns=51).shape == (51,)
    with pytest.raises(DataError, match="more than 50 columns"):
        as_table(path, max_columns=50)


@pytest.mark.usefixtures("streams", "small_blocks")
def test_a_file_that_changes_while_it_is_read_is_not_kept(tmp_path: Path) -> None:
    path = written(tmp_path, table())
    options = DataOptions(source=str(path), kind="table")
    with pytest.raises(DataError, match="the file was changed while it was read"):
        read(path, options, progress=lambda done, total: parquet.write_table(table(300), path))
    assert list(cache_folder().iterdir()) == []
    assert as_table(path).num_samples == 300


@pytest.mark.usefixtures("streams", "small_blocks")
@pytest.mark.parametrize("damage", [b"\xff\xff\xff\x7f" * NUM_ROWS, b"", b"\0" * 7])
def test_labels_of_the_cache_that_mean_nothing_are_thrown_away(
    tmp_path: Path, damage: bytes
) -> None:
    path = written(tmp_path, table())
    first = as_table(path)
    (entry,) = cache_folder().iterdir()
    (entry / "labels.i4").write_bytes(damage)
    with pytest.raises(DataError, match="is damaged, and was thrown away"):
        as_table(path)
    np.testing.assert_array_equal(as_table(path).labels, first.labels)


@pytest.mark.usefixtures("streams", "small_blocks")
def test_columns_are_read_as_a_model_has_learned_them(tmp_path: Path) -> None:
    learned = (
        Column("kind", ColumnKind.CATEGORICAL, ("b", "a")),
        Column("size"),
        Column("pair[1]", ColumnKind.CATEGORICAL, ("2", "0")),
        Column("flag", ColumnKind.BOOLEAN),
        Column("day", ColumnKind.DATE),
    )
    path = written(tmp_path, table())
    options = DataOptions(source=str(path), kind="table")
    streamed = read(path, options, columns=learned)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_streamed, "STREAM_FROM_BYTES", 2**60)
        there = read(path, options, columns=learned)
    assert isinstance(streamed.x, np.memmap)
    assert streamed.columns == learned
    np.testing.assert_array_equal(streamed.x, there.x.astype(np.float32))


@pytest.mark.usefixtures("streams", "small_blocks")
def test_it_is_read_once_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, table())
    told: list[tuple[int, int]] = []
    first = read(
        path,
        DataOptions(source=str(path), kind="table"),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[0] == (64, NUM_ROWS)
    assert told[-1] == (NUM_ROWS, NUM_ROWS)

    def never(*args: object) -> None:
        raise AssertionError("it was read a second time")

    with monkeypatch.context() as patch:
        patch.setattr(streamed_table, "_build", never)
        patch.setattr(parquet_streamed.ParquetBlocks, "sample", never)
        assert as_table(path).fingerprint == first.fingerprint
    assert as_table(path, leave_out="size, price").shape == (first.shape[0] - 2,)
    parquet.write_table(table(300), path)
    assert as_table(path).num_samples == 300


@pytest.mark.usefixtures("streams", "small_blocks")
def test_other_uses_of_tables_are_read_into_memory(tmp_path: Path) -> None:
    ratings = pa.table({
        "user": [f"u{row % 20}" for row in range(200)],
        "item": [f"i{row % 13}" for row in range(200)],
        "rating": [row % 5 + 1 for row in range(200)],
    })  # fmt: skip
    path = written(tmp_path, ratings)
    assert read(path).shape == (13,)
    assert not cache_folder().exists()


@pytest.mark.usefixtures("streams", "small_blocks")
@pytest.mark.parametrize("num_asked", [1, 3, 8, 15])
def test_c04_cancelling_leaves_nothing_behind(tmp_path: Path, num_asked: int) -> None:
    path = written(tmp_path, table())
    asked = iter([False] * num_asked)
    with pytest.raises(ReadingCancelled):
        read(path, DataOptions(source=str(path), kind="table"), is_cancelled=lambda: next(asked, True))  # fmt: skip
    assert not cache_folder().exists() or not list(cache_folder().iterdir())


@pytest.mark.usefixtures("streams", "small_blocks")
@pytest.mark.parametrize("place", range(0, 100, 10))
def test_c13_damage_anywhere_ends_in_data_or_a_refusal_and_leaves_nothing_half(
    tmp_path: Path, place: int
) -> None:
    path = written(tmp_path, table())
    content = bytearray(path.read_bytes())
    at = len(content) * place // 100 + 4
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    try:
        found = as_table(path)
    except DataError as error:
        assert_told(error)
        assert not cache_folder().exists() or not list(cache_folder().iterdir())
    else:
        assert found.num_samples == NUM_ROWS


def assert_told(error: DataError) -> None:
    assert "t.parquet" in error.subject
    assert error.next_step


@pytest.mark.usefixtures("streams", "small_blocks")
def test_c13_a_file_that_grows_beyond_all_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.data.files.cache.MAX_BYTES", 10_000)
    path = written(tmp_path, pa.table({"same": np.zeros(400_000)}), 400_000)
    with pytest.raises(DataError, match=r"bytes would unpack to 1,600,000"):
        as_table(path)
    assert not cache_folder().exists()


@pytest.mark.usefixtures("streams", "small_blocks")
def test_c04_a_full_disk_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.data.files.cache._RESERVED_BYTES", 2**60)
    path = written(tmp_path, table())
    with pytest.raises(StorageError, match="are free") as caught:
        as_table(path)
    assert "AESTUDIO_CACHE" in caught.value.next_step


@pytest.mark.usefixtures("streams", "small_blocks")
def test_texts_alone_are_nothing_to_learn_from(tmp_path: Path) -> None:
    texts = pa.table({"a": [f"sentence {row} with words" for row in range(300)], "b": [f"x{row}" for row in range(300)]})  # fmt: skip
    path = written(tmp_path, texts)
    with pytest.raises(DataError, match="no column holds numbers"):
        as_table(path)
    assert list(cache_folder().iterdir()) == []


@pytest.mark.usefixtures("small_blocks")
def test_names_with_dots_and_names_that_come_twice(tmp_path: Path) -> None:
    content = pa.table([[1.5, 2.5], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], names=["a.b", "a", "a", "a.c"])  # fmt: skip
    dataset = as_table(written(tmp_path, content))
    assert dataset.feature_names == ("a.b", "a", "a (2)", "a.c")
    np.testing.assert_array_equal(dataset.x, [[1.5, 3, 5, 7], [2.5, 4, 6, 8]])
    assert dataset.kind is Kind.TABLE
