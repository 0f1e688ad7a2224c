"""Several files and folders at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Kind
from aestudio.data.files import source_text
from aestudio.data.files.source_text import in_short, is_several, parts_of, title_of, together
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from tests.data.making import save_picture

X = np.arange(240.0).reshape(60, 4)
Y = np.arange(60) % 3


def saved(path: Path, values: np.ndarray) -> Path:
    np.save(path, values)
    return path


def test_pictures_are_one_set(tmp_path: Path) -> None:
    paths = [save_picture(tmp_path / f"{index}.png", "RGB", (9, 8)) for index in range(4)]
    dataset = read(together(paths))
    assert (dataset.kind, dataset.shape, dataset.num_samples) == (Kind.IMAGES, (3, 8, 9), 4)
    assert dataset.sample_names == ("0.png", "1.png", "2.png", "3.png")
    assert dataset.name == "4 files"
    # What is written into a recipe reads the same again.
    again = read(dataset.source)
    assert again.fingerprint == dataset.fingerprint


def test_folders_are_classes(tmp_path: Path) -> None:
    for name in ("cats/1.png", "cats/2.png", "dogs/1.png", "birds/1.png"):
        save_picture(tmp_path / name)
    dataset = read(together([tmp_path / "cats", tmp_path / "dogs"]))
    assert dataset.num_samples == 3
    assert dataset.label_names == ("cats", "dogs")


def test_patches_are_cut_out_of_several_pictures(tmp_path: Path) -> None:
    paths = [save_picture(tmp_path / f"{index}.png", "L", (16, 16 + index)) for index in range(3)]
    assert read(together(paths), DataOptions(patch_size=8)).num_samples == 12
    others = together([saved(tmp_path / "a.npy", X), saved(tmp_path / "b.npy", X)])
    with pytest.raises(DataError, match="other files"):
        read(others, DataOptions(patch_size=8))


def test_arrays_are_what_their_names_say(tmp_path: Path) -> None:
    paths = [
        saved(tmp_path / f"{name}.npy", values)
        for name, values in {"x_train": X[:50], "y_train": Y[:50], "x_test": X[50:]}.items()
    ]
    dataset = read(together(paths))
    np.testing.assert_array_equal(dataset.x, X[:50])
    assert dataset.label_names == ("0", "1", "2")
    assert dataset.test is not None
    np.testing.assert_array_equal(dataset.test.x, X[50:])


def test_more_of_the_same_is_joined_and_the_file_is_the_label(tmp_path: Path) -> None:
    paths = [saved(tmp_path / "monday.npy", X), saved(tmp_path / "tuesday.npy", X[:30] + 1)]
    dataset = read(together(paths))
    np.testing.assert_array_equal(dataset.x, np.concatenate([X, X[:30] + 1]))
    assert dataset.label_names == ("monday", "tuesday")
    assert dataset.labels is not None
    np.testing.assert_array_equal(dataset.labels, [0] * 60 + [1] * 30)
    assert dataset.findings == ()


def test_categories_of_tables_are_brought_together(tmp_path: Path) -> None:
    for name, words in (("a.csv", "pqp"), ("b.csv", "qrr")):
        rows = (f"{i * 1.5},{i * i % 7},{words[i % 3]},{words[i % 2]}" for i in range(60))
        (tmp_path / name).write_text("a,b,c,label\n" + "\n".join(rows))
    dataset = read(together([tmp_path / "a.csv", tmp_path / "b.csv"]))
    column = dataset.columns[dataset.feature_names.index("c")]
    cells = dataset.x[:, dataset.feature_names.index("c")].astype(int)
    expected = ["pqp"[i % 3] for i in range(60)] + ["qrr"[i % 3] for i in range(60)]
    assert [column.categories[cell] for cell in cells] == expected
    assert dataset.label_names == ("p", "q", "r")


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (X[:, :3], "b.npy (table, 60 of 3)"),
        (X.reshape(60, 2, 2).repeat(8, 1).repeat(8, 2), "b.npy (images, 60 of 1 x 16 x 16)"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, other: np.ndarray, words: str
) -> None:
    paths = [saved(tmp_path / "a.npy", X), saved(tmp_path / "b.npy", other)]
    with pytest.raises(DataError, match="hold different data") as caught:
        read(together(paths))
    assert words in caught.value.reason
    assert caught.value.next_step


def test_one_that_is_not_there_or_never_opened_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", X)
    with pytest.raises(DataError, match="no such file") as caught:
        read(together([path, tmp_path / "nothing.npy"]))
    assert "nothing.npy" in caught.value.subject
    (tmp_path / "model.pt").touch()
    with pytest.raises(DataError, match="run code"):
        read(together([path, tmp_path / "model.pt"]))


def test_one_source_stays_as_it_is(tmp_path: Path) -> None:
    odd = tmp_path / "line\nbreak.npy"
    np.save(odd, X)
    assert together([odd]) == str(odd)
    assert not is_several(str(odd))
    assert read(together([odd])).num_samples == 60
    with pytest.raises(DataError, match="line break"):
        together([odd, odd])


def test_several_sources_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    source = together([f"/data/{name}.npy" for name in "abcde"])
    assert parts_of(source) == [f"/data/{name}.npy" for name in "abcde"]
    assert title_of(source) == "a.npy and 4 others"
    assert in_short(source) == "/data/a.npy, /data/b.npy, /data/c.npy and 2 more"
    assert (title_of("digits"), in_short("digits")) == ("digits", "digits")
    monkeypatch.setattr(source_text, "MAX_SOURCES", 4)
    with pytest.raises(DataError, match="more than 4"):
        together(parts_of(source))
