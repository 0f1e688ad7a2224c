"""Runs that are conditional on a label: trained, opened, decoded, exported, looked into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import aestudio
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.models.exporting import export
from aestudio.workflows.models.interpolation import interpolate_to_file
from aestudio.workflows.runs.insight_report import find_insights
from aestudio.workflows.training import prepare, resume_training
from tests.workflows.conftest import train


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(
        "digits",
        tmp_path_factory.mktemp("runs") / "conditional",
        "variational",
        network__code_size=4,
        autoencoder__conditional="both",
        training__epochs=12,
        training__batch_size=32,
    )


def test_a_label_decides_which_digit_is_drawn(run: Path) -> None:
    model = aestudio.load(run)
    assert (model.num_labels, model.label_names) == (10, tuple("0123456789"))
    codes = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
    labels = np.repeat(np.arange(10), 3)
    drawn = model.decode(codes, labels=labels).reshape(30, -1)
    digits = read("digits")
    assert digits.labels is not None
    flat = digits.x.reshape(len(digits.x), -1).astype(float)
    middles = np.stack([flat[digits.labels == label].mean(0) for label in range(10)])
    nearest = np.square(drawn[:, None] - middles).sum(2).argmin(1)
    assert (nearest == labels).mean() > 0.8
    # Without the label the same codes do not tell which digit is meant.
    untold = model.decode(codes).reshape(30, -1)
    assert (np.square(untold[:, None] - middles).sum(2).argmin(1) == labels).mean() < 0.5


def test_labels_are_given_by_name_or_by_place(run: Path) -> None:
    model = aestudio.load(run)
    codes = np.zeros((2, 4), np.float32)
    by_name = model.decode(codes, labels="7")
    np.testing.assert_array_equal(by_name, model.decode(codes, labels=7))
    np.testing.assert_array_equal(by_name[1:], model.decode(codes, labels=["3", "7"])[1:])
    np.testing.assert_array_equal(model.decode(codes, labels=-1), model.decode(codes))
    images = read("digits").x[:5]
    told = model.encode(images, labels=[0, 1, 2, 3, 4])
    assert told.shape == (5, 4)
    assert not np.allclose(told, model.encode(images))


@pytest.mark.parametrize("labels", ["seven", 10, -2, 1.5, [1, 2, 3]])
def test_labels_that_are_none_are_refused(run: Path, labels: object) -> None:
    with pytest.raises(OptionError) as caught:
        aestudio.load(run).decode(np.zeros((2, 4)), labels=labels)  # type: ignore[arg-type]  # as a person may
    assert caught.value.next_step


def test_a_model_that_was_told_no_labels_refuses_them(digits_run: Path) -> None:
    with pytest.raises(OptionError, match="not told any labels"):
        aestudio.load(digits_run).decode([0.0, 0.0], labels=1)


def test_the_recipe_of_a_run_holds_the_number_of_labels(run: Path) -> None:
    assert RunFolder.open(run).experiment.value("autoencoder.num_labels") == 10


def test_data_without_labels_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).random((40, 6), np.float32))
    experiment = Experiment().with_values(
        {
            "data.source": str(tmp_path / "x.npy"),
            "autoencoder.type": "dip",
            "autoencoder.conditional": "decoder",
            "network.code_size": 2,
        }
    )
    with pytest.raises(OptionError, match="the data has no labels") as caught:
        prepare(experiment)
    assert caught.value.subject == "autoencoder.conditional"


def test_an_exported_model_decodes_labels_by_name(run: Path, tmp_path: Path) -> None:
    export(run, "safetensors", tmp_path / "model")
    exported, own = aestudio.load(tmp_path / "model"), aestudio.load(run)
    codes = np.random.default_rng(1).standard_normal((5, 4)).astype(np.float32)
    np.testing.assert_array_equal(exported.decode(codes, labels="4"), own.decode(codes, labels="4"))


def test_a_run_goes_on_with_the_labels_that_it_had(run: Path, tmp_path: Path) -> None:
    more = train("digits", tmp_path / "short", "total_correlation", autoencoder__conditional="both")
    events = list(resume_training(more, Control(), epochs=4).events)
    assert events[-1].error is None  # type: ignore[union-attr]  # the last event is RunFinished
    assert aestudio.load(more).num_labels == 10


def test_new_samples_are_drawn_for_each_label(run: Path, digits_run: Path) -> None:
    found = {one.name: finding for one, finding in find_insights(run).found}
    figure = found["drawn_by_label"].figure
    assert isinstance(figure, Samples)
    assert figure.samples.shape == (10 * figure.columns, 1, 8, 8)
    assert figure.names[-1].startswith("label 9,")
    rows = figure.samples.reshape(10, figure.columns, -1)
    # Rows differ, and so do the columns of a row.
    assert rows.std(0).mean() > 5
    assert rows.std(1).mean() > 5
    plain = {one.name for one, _ in find_insights(digits_run).found}
    assert "drawn_by_label" not in plain


def test_a_walk_is_drawn_as_one_label(run: Path, tmp_path: Path) -> None:
    for label in ("1", "8"):
        interpolate_to_file(run, "0", "5", tmp_path / f"{label}.png", label=label)
    assert (tmp_path / "1.png").read_bytes() != (tmp_path / "8.png").read_bytes()
    with pytest.raises(OptionError, match="no label called"):
        interpolate_to_file(run, "0", "5", tmp_path / "x.png", label="ten")
