"""Triples of user, item and rating become a matrix in which only what was rated is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.tables.reading import said, saved, table_of


def triples(num: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "userId": rng.integers(1, 30, num),
            "movieId": rng.integers(1, 40, num),
            "rating": rng.integers(1, 11, num) / 2,
            "timestamp": 10**9 + rng.permutation(num),
        }
    )
    return frame


def test_the_matrix_is_that_of_a_pivot(tmp_path: Path) -> None:
    frame = triples()
    path = saved(tmp_path, frame.to_csv(index=False))
    dataset = read(path)
    latest = frame.sort_values("timestamp").drop_duplicates(["userId", "movieId"], keep="last")
    pivot = latest.pivot(index="userId", columns="movieId", values="rating")
    np.testing.assert_array_equal(dataset.x, pivot.to_numpy(np.float32))
    assert dataset.sample_names == tuple(map(str, pivot.index))
    assert dataset.feature_names == tuple(map(str, pivot.columns))
    assert "Taken for ratings" in said(dataset)
    assert f"{len(frame) - len(latest):,} pairs were rated more than once" in said(dataset)


def test_samples_can_be_items(tmp_path: Path) -> None:
    path = saved(tmp_path, triples().to_csv(index=False))
    by_user = read(path)
    by_item = read(path, DataOptions(source=str(path), ratings_of="items"))
    np.testing.assert_array_equal(by_item.x, by_user.x.T)


def test_the_most_rated_are_kept(tmp_path: Path) -> None:
    frame = triples()
    path = saved(tmp_path, frame.to_csv(index=False))
    dataset = read(path, DataOptions(source=str(path), most_rated=3))
    counts = frame["movieId"].value_counts()
    assert {int(name) for name in dataset.feature_names} <= set(
        counts[counts >= counts.iloc[2]].index
    )
    assert len(dataset.feature_names) == 3
    assert np.isfinite(dataset.x).any(axis=1).all()


def test_ratings_without_names_are_known_by_their_look(tmp_path: Path) -> None:
    frame = triples().drop_duplicates(["userId", "movieId"])
    path = saved(tmp_path, frame.to_csv(index=False, header=False, sep="\t"), "u.data")
    dataset = read(path)
    assert "Taken for ratings" in said(dataset)
    assert dataset.num_samples == frame["userId"].nunique()


def test_a_rating_beyond_32_bits_is_none(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, "user,item,rating\n1,1,4\n1,2,1e99\n2,2,3\n", kind="ratings")
    np.testing.assert_array_equal(dataset.x, [[4, np.nan], [np.nan, 3]])
    assert "1 row without user, item or rating is left out" in said(dataset)
    with pytest.raises(DataError, match="no row has user, item and rating"):
        table_of(tmp_path, "user,item,rating\n1,1,1e99\n", kind="ratings")


def test_texts_can_name_users_and_items(tmp_path: Path) -> None:
    dataset = table_of(
        tmp_path, "who,what,stars\nann,tea,4\nbob,tea,2\nann,jam,5\n", kind="ratings"
    )
    np.testing.assert_array_equal(dataset.x, [[5, 4], [np.nan, 2]])
    assert dataset.sample_names == ("ann", "bob")
    assert dataset.feature_names == ("jam", "tea")


def test_a_person_can_say_that_it_is_a_plain_table(tmp_path: Path) -> None:
    dataset = table_of(tmp_path, triples().to_csv(index=False))
    assert dataset.num_samples == 600


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a,b\n1,2\n3,4\n", "need three columns"),
        ("a,b,c\nx,y,good\nx,z,bad\n", "are no numbers"),
        ("user,item,rating\n1,2,\n3,4,NA\n", "no row has user, item and rating"),
    ],
)
def test_what_cannot_be_ratings_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        table_of(tmp_path, content, kind="ratings")


def test_ratings_between_colons_are_those_of_a_table(tmp_path: Path) -> None:
    """As MovieLens keeps them: user::item::rating::timestamp, and no header."""
    frame = triples().drop_duplicates(["userId", "movieId"])
    (tmp_path / "plain").mkdir()
    plain = read(saved(tmp_path / "plain", frame.to_csv(index=False)))
    text = "\n".join("::".join(f"{cell:.10g}" for cell in row) for row in frame.to_numpy())
    dataset = read(saved(tmp_path, text, "ratings.dat"))
    assert ("Delimiter", "colons") in dataset.read_as
    assert dataset.shape == plain.shape
    assert dataset.feature_names == plain.feature_names


def test_all_pairs_rated_are_a_hundred_per_cent(tmp_path: Path) -> None:
    rows = [f"u{user},i{item},{1 + (user * item) % 5}" for user in range(30) for item in range(9)]
    dataset = read(saved(tmp_path, "\n".join(["user,item,rating", *rows])))
    assert "100 % of the pairs are rated" in said(dataset)
