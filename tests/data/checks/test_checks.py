"""Every check finds the fault that it is for, proposes what mends it, and is silent otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.checks.registry import checks, examine
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.workflows.datasets.inspection import inspect

RANDOM = np.random.default_rng(5)
TABLE = RANDOM.normal(size=(300, 4))


def table(x: np.ndarray, labels: np.ndarray | None = None) -> Dataset:
    names = () if labels is None else tuple(f"class {place}" for place in range(labels.max() + 1))
    return Dataset(name="t", kind=Kind.TABLE, x=x, source="t", labels=labels, label_names=names)


def pictures(x: np.ndarray) -> Dataset:
    return Dataset(name="p", kind=Kind.IMAGES, x=x, source="p")


def only(dataset: Dataset) -> Finding:
    (finding,) = examine(dataset)
    return finding


def mended(path: Path, finding: Finding) -> Dataset:
    """Read again with the finding's remedy."""
    assert finding.remedy is not None
    name = finding.remedy.option.removeprefix("data.")
    return inspect(path, DataOptions(source=str(path), **{name: finding.remedy.value})).dataset


def written(path: Path, header: str, x: np.ndarray) -> Path:
    np.savetxt(path, x, fmt="%.6g", delimiter=",", header=header, comments="")
    return path


def test_every_check_says_what_it_looks_for() -> None:
    known = checks()
    assert len(known) == 10
    assert all(one.title and one.kinds for one in known)


@pytest.mark.parametrize("kind", list(Kind))
def test_sound_data_has_nothing_odd(kind: Kind) -> None:
    shape = {Kind.IMAGES: (60, 1, 40, 40), Kind.TABLE: (300, 4), Kind.SEQUENCES: (60, 9, 2)}
    x = RANDOM.integers(0, 5, (60, 12)) if kind is Kind.TOKENS else RANDOM.normal(size=shape[kind])
    labels = np.arange(len(x)) % 3
    names = ("a", "b", "c")
    data = Dataset(name="s", kind=kind, x=x, source="s", labels=labels, label_names=names)
    assert examine(data) == ()


def test_repeated_samples_are_counted_and_taken_once(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "a,b,c,d", np.concatenate([TABLE, TABLE[:40]]))
    (finding,) = inspect(path).dataset.findings
    assert finding.severity is Severity.WARNING
    assert "40 of 340 samples" in finding.text
    once = mended(path, finding)
    assert once.num_samples == 300
    assert [found.text for found in once.findings] == [
        "40 samples were left out, as copies of earlier ones."
    ]


def test_a_few_repeated_samples_are_a_note() -> None:
    found = only(table(np.concatenate([TABLE, TABLE[:1]])))
    assert found.severity is Severity.NOTE
    assert found.text == "1 of 301 samples repeats an earlier one exactly."


def test_almost_equal_pictures_are_named(tmp_path: Path) -> None:
    big = RANDOM.integers(0, 255, (3, 6, 6, 3)).astype(np.uint8)
    for place, pixels in enumerate(big):
        Image.fromarray(pixels).resize((64, 64), Image.Resampling.BICUBIC).save(
            tmp_path / f"{place}.png"
        )
    Image.open(tmp_path / "1.png").save(tmp_path / "copy.jpg", quality=90)
    texts = [found.text for found in inspect(tmp_path).dataset.findings]
    assert "1 picture looks almost like an earlier one: 1.png and copy.jpg." in texts


def test_another_colour_is_another_picture() -> None:
    fields = np.repeat(np.repeat(RANDOM.integers(50, 200, (1, 8, 8)), 5, axis=1), 5, axis=2)
    red = np.stack([fields + 50, fields, fields], axis=1).astype(np.uint8)
    blue = red[:, ::-1]
    assert examine(pictures(np.concatenate([red, blue]))) == ()


def test_columns_in_which_all_agree_are_named_and_left_out(tmp_path: Path) -> None:
    x = TABLE.copy()
    x[:, 1:3] = 7
    path = written(tmp_path / "x.csv", "a,valve,pump,d", x)
    (finding,) = inspect(path).dataset.findings
    assert finding.text == "Every row says the same in the columns 'valve', 'pump'."
    assert mended(path, finding).feature_names == ("a", "d")


def test_a_table_in_which_all_rows_agree_keeps_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", "a,b", np.ones((300, 2)))
    findings = [one for one in inspect(path).dataset.findings if "Every row" in one.text]
    assert [one.remedy for one in findings] == [None]


def test_columns_in_which_nearly_all_agree_are_named_and_left_out(tmp_path: Path) -> None:
    x = TABLE.copy()
    x[:, 2] = 7
    x[5, 2] = 9
    path = written(tmp_path / "x.csv", "a,b,valve,d", x)
    (finding,) = inspect(path).dataset.findings
    assert "column 'valve'" in finding.text
    assert mended(path, finding).feature_names == ("a", "b", "d")


@pytest.mark.parametrize("numbers", [np.arange(300), 900 - 3 * np.arange(300)])
def test_columns_that_count_the_rows_are_named(numbers: np.ndarray) -> None:
    finding = only(table(np.column_stack([TABLE, numbers])))
    assert finding.severity is Severity.WARNING
    assert "'5'" in finding.text
    # Without names of their own, columns cannot be named in the option either.
    assert finding.remedy is None
    shuffled = np.random.default_rng(1).permutation(numbers)
    assert examine(table(np.column_stack([TABLE, shuffled]))) == ()


def test_a_large_table_is_looked_at_in_parts() -> None:
    x = np.column_stack([np.arange(120_000), np.random.default_rng(2).normal(size=120_000)])
    assert "numbered in column '1'" in only(table(x)).text


def test_columns_that_give_the_label_away_are_named() -> None:
    labels = np.arange(300) % 3
    copy = np.array([4.0, 1.0, 9.0])[labels]
    finding = only(table(np.column_stack([TABLE, copy]), labels))
    assert "The label follows from column '5' alone." in finding.text
    copy[8] = 1.0
    assert examine(table(np.column_stack([TABLE, copy]), labels)) == ()


def many_places(path: Path, num_rows: int, num_places: int) -> Path:
    rows = [f"{row / 7:.3f},{row % 5},place {row % num_places}" for row in range(num_rows)]
    path.write_text("\n".join(["height,depth,where", *rows]))
    return path


def test_columns_of_many_categories_are_counted_and_left_out(tmp_path: Path) -> None:
    path = many_places(tmp_path / "places.csv", 3_000, 240)
    (found,) = [one for one in examine(read(path, DataOptions())) if "many categories" in one.text]
    assert "column 'where': 240 categories, 12 rows for each" in found.text
    assert "network.categories" in found.next_step
    assert found.remedy is not None
    assert found.remedy.option == "network.categories"
    without = replace(found, remedy=found.alternatives[0])
    assert mended(path, without).feature_names == ("height", "depth")


def test_texts_that_hardly_come_back_are_no_categories(tmp_path: Path) -> None:
    dataset = read(many_places(tmp_path / "places.csv", 900, 240))
    assert dataset.feature_names == ("height", "depth")
    few = read(many_places(tmp_path / "few.csv", 900, 60))
    assert not [one for one in examine(few) if "many categories" in one.text]


def test_rare_labels_are_named() -> None:
    labels = np.where(np.arange(300) < 20, 1, 0)
    finding = only(table(TABLE, labels))
    assert "'class 1' has 20 samples and 'class 0' 280" in finding.text


def test_values_far_outside_are_named_and_their_rows_left_out(tmp_path: Path) -> None:
    x = TABLE.copy()
    x[[17, 18], 1] = 500, -80
    path = written(tmp_path / "x.csv", "a,b,c,d", x)
    (finding,) = inspect(path).dataset.findings
    assert "2 rows have a value far outside of its column, such as 500 in 'b'" in finding.text
    assert finding.remedy is not None
    assert finding.remedy.value == "17-18"
    rest = mended(path, finding)
    assert np.allclose(rest.x, np.delete(x, [17, 18], axis=0), atol=1e-4)


def test_numbers_stay_those_of_the_file_when_samples_are_left_out(tmp_path: Path) -> None:
    x = TABLE.copy()
    x[200, 3] = 1e4
    path = written(tmp_path / "x.csv", "a,b,c,d", x)
    read_again = inspect(path, DataOptions(source=str(path), exclude="0-99")).dataset
    (finding,) = [found for found in read_again.findings if found.remedy]
    assert finding.remedy is not None
    assert finding.remedy.value == "200"


def test_empty_pictures_are_counted_and_left_out(tmp_path: Path) -> None:
    x = RANDOM.integers(0, 255, (60, 12, 12)).astype(np.uint8)
    x[3], x[50] = 0, 255
    np.save(tmp_path / "x.npy", x)
    (finding,) = inspect(tmp_path / "x.npy").dataset.findings
    assert "2 of 60 pictures are of one colour" in finding.text
    assert np.array_equal(
        mended(tmp_path / "x.npy", finding).x[:, 0], np.delete(x, [3, 50], axis=0)
    )


def test_missing_values_confuse_no_check() -> None:
    x = TABLE.copy()
    x[RANDOM.random(x.shape) < 0.3] = np.nan
    assert examine(table(x)) == ()
    assert examine(table(np.full((300, 2), np.nan) + np.arange(2))) != ()


def test_looking_can_be_cancelled() -> None:
    def cancel() -> None:
        raise ReadingCancelled("enough.")

    with pytest.raises(ReadingCancelled):
        examine(table(TABLE), cancel)


def test_samples_of_the_test_part_are_not_looked_at() -> None:
    data = replace(table(TABLE), test=table(np.concatenate([TABLE, TABLE])))
    assert examine(data) == ()
    assert read("digits").test is None
