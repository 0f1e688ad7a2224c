"""Numbers of samples to leave out are refused once they name other samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.runs.run_data import read_data_for
from aestudio.workflows.training import prepare, start_training


def excluding(source: Path, exclude: str, **others: object) -> DataOptions:
    """Options with the numbers, and with the mark that reading gives them."""
    options = DataOptions.model_validate({"source": str(source), "exclude": exclude, **others})
    return options.changed(exclude_check=read(source, options).exclude_check)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path / "t.csv", range(40))


def written(path: Path, numbers: range | list[int]) -> Path:
    rows = "".join(f"{n}.5,{n * n},{'xyz'[n % 3]}\n" for n in numbers)
    path.write_text("a,b,c\n" + rows)
    return path


def refused(source: Path, options: DataOptions) -> None:
    with pytest.raises(OptionError, match="name other samples now") as caught:
        read(source, options)
    assert caught.value.subject == "data.exclude"
    assert "data.exclude_check" in caught.value.next_step


def test_a_row_that_came_in_before_is_noticed_and_one_behind_does_no_harm(table: Path) -> None:
    options = excluding(table, "3, 7-9")
    assert read(table, options).num_samples == 36
    written(table, range(44))
    assert read(table, options).num_samples == 40
    written(table, [99, *range(40)])
    refused(table, options)
    assert read(table, options.changed(exclude_check="")).num_samples == 37


def test_numbers_by_hand_and_other_columns_are_taken_as_they_are(table: Path) -> None:
    options = excluding(table, "3")
    assert read(table, options.changed(exclude="3, 5")).num_samples == 38
    assert read(table, options.changed(leave_out="b")).num_samples == 39
    # The mark is then made anew.
    again = excluding(table, "3", leave_out="b")
    assert again.exclude_check not in ("", options.exclude_check)
    assert excluding(table, "").exclude_check == ""


def test_pictures_are_known_by_their_names(tmp_path: Path) -> None:
    def draw(name: str) -> None:
        pixels = np.random.default_rng(len(name)).integers(0, 255, (9, 9)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)

    for letter in "bcdefg":
        draw(f"{letter}.png")
    options = excluding(tmp_path, "2")
    assert read(tmp_path, options.changed(image_size=16)).num_samples == 5
    draw("a.png")
    refused(tmp_path, options)


def test_windows_that_are_cut_in_another_way_are_others(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(200, 2)))
    options = excluding(tmp_path / "x.npy", "5", kind="series", window=8)
    assert read(tmp_path / "x.npy", options).num_samples == 24
    refused(tmp_path / "x.npy", options.changed(window_stride=4))


def test_a_run_keeps_the_mark_and_other_data_is_taken_whole(table: Path, tmp_path: Path) -> None:
    options = excluding(table, "3, 7-9").changed(exclude_check="")
    dataset = read(table, options)
    recipe = recommend(dataset, data_options=options).with_values({"training.epochs": 1})
    session = start_training(prepare(recipe, dataset), tmp_path / "run", Control())
    for _ in session.events:
        pass
    folder = RunFolder.open(tmp_path / "run")
    assert folder.experiment.data.exclude_check == dataset.exclude_check != ""
    other = written(tmp_path / "other.csv", range(50, 90))
    assert read_data_for(folder, other).num_samples == 40
    assert read_data_for(folder).num_samples == 36
