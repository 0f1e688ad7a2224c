"""Filling gaps from the file to the file: what is written, what is claimed, and by which words."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.data.splitting import split
from aestudio.errors import DataError, OutputError
from aestudio.export.onnx_check import largest_difference
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.training.events import FinishReason, RunFinished
from aestudio.workflows.insights.figures import Bars
from aestudio.workflows.insights.registry import Material, insights
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.exporting import export
from aestudio.workflows.models.imputation import impute_to_file
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.runs.insight_report import look_inside
from aestudio.workflows.training import prepare, start_training
from tests.workflows.conftest import train
from tests.workflows.resuming import check_goes_on_bit_by_bit


def correlated(num_rows: int = 600) -> np.ndarray:
    """Eight columns in their own units that follow from two numbers."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(num_rows, 2))
    noise = 0.05 * rng.normal(size=(num_rows, 8))
    return (hidden @ rng.normal(size=(2, 8)) + noise) * 10.0 ** np.arange(-3, 5) + 7.0


@pytest.fixture(scope="module")
def holes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    x = correlated()
    x[np.random.default_rng(1).random(x.shape) < 0.2] = np.nan
    path = tmp_path_factory.mktemp("holes") / "holes.npy"
    np.save(path, x)
    return path


@pytest.fixture(scope="module")
def holes_run(holes: Path) -> Path:
    return train(
        str(holes),
        holes.parent / "run",
        network__code_size=2,
        network__hidden=[32],
        training__epochs=60,
        training__batch_size=64,
        training__learning_rate=0.01,
    )


def test_gaps_are_filled_with_what_they_hid(holes: Path, holes_run: Path, tmp_path: Path) -> None:
    report = impute_to_file(holes_run, None, tmp_path / "filled.npy")
    stored, truth, filled = np.load(holes), correlated(), np.load(tmp_path / "filled.npy")
    gaps = np.isnan(stored)
    np.testing.assert_array_equal(filled[~gaps], stored[~gaps])
    assert (report.num_filled, report.num_values) == (gaps.sum(), truth.size)
    spread = truth.std(axis=0)
    errors = ((filled - truth) / spread)[gaps]
    of_means = ((np.nanmean(stored, axis=0) - truth) / spread)[gaps]
    gain = 1 - np.sqrt(np.square(errors).mean()) / np.sqrt(np.square(of_means).mean())
    assert gain > 0.4
    # What the check says of values that it knows holds for those that nobody knows.
    assert report.check is not None
    assert report.check.gain_percent == pytest.approx(100 * gain, abs=15)
    assert any("% lower" in line for line in report.lines())


def test_an_evaluation_counts_what_is_there(holes: Path, holes_run: Path, tmp_path: Path) -> None:
    x = np.load(holes)[::2]
    np.save(tmp_path / "other.npy", x)
    evaluation = evaluate(holes_run, tmp_path / "other.npy")
    model = TrainedModel.open(holes_run)
    difference = model.reconstruct_scaled(model.to_model_scale(x)) - model.scaling.forward(x)
    assert evaluation.num_samples == len(x)
    assert evaluation.mse == pytest.approx(np.nanmean(np.square(difference)), rel=1e-4)
    assert evaluation.mae == pytest.approx(np.nanmean(np.abs(difference)), rel=1e-4)
    assert evaluation.squared_error == pytest.approx(
        np.nansum(np.square(difference)) / len(x), rel=1e-4
    )
    # PCA is fitted on means in the gaps, which it is not asked for afterwards.
    train = np.load(holes)[split(600, model.experiment.data).train]
    pca = PCA(2).fit(model.to_model_scale(train))
    again = pca.inverse_transform(pca.transform(model.to_model_scale(x)))
    missed = np.nansum(np.square(again - model.scaling.forward(x))) / len(x)
    assert evaluation.pca_squared_error == pytest.approx(missed, rel=1e-3)


def test_a_stopped_run_on_gaps_ends_as_one_that_was_not(holes: Path, tmp_path: Path) -> None:
    dataset = read(holes)
    given = {"training.epochs": 4, "training.batch_size": 64, "network.code_size": 2}
    experiment = recommend(dataset, given=given)
    check_goes_on_bit_by_bit(experiment, tmp_path, dataset)


def test_without_gaps_everything_stays(table_run: Path, tmp_path: Path) -> None:
    report = impute_to_file(table_run, None, tmp_path / "same.npz")
    np.testing.assert_array_equal(np.load(tmp_path / "same.npz")["x"], read("breast-cancer").x)
    assert "Nothing was missing; all values are as they were." in report.lines()


def test_tokens_and_wrong_places_are_refused_before_the_work(
    table_run: Path, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        impute_to_file(table_run, None, tmp_path / "filled.xlsx")
    words = train("number-words", tmp_path / "words", training__epochs=1)
    with pytest.raises(DataError, match="none can be missing"):
        impute_to_file(words, None, tmp_path / "filled.npz")


def test_it_can_be_cancelled(holes_run: Path, tmp_path: Path) -> None:
    with pytest.raises((ReadingCancelled, WorkCancelledError)):
        impute_to_file(holes_run, None, tmp_path / "x.npy", is_cancelled=lambda: True)
    assert not (tmp_path / "x.npy").exists()


def test_the_insight_says_which_columns_follow_from_the_others(holes_run: Path) -> None:
    model = TrainedModel.open(holes_run)
    x = correlated()
    # The last column now says nothing about the others, nor they about it.
    x[:, 7] = np.random.default_rng(5).permutation(x[:, 7])
    (finding,) = (
        one.find(Material(model=model, samples=x, codes=model.encode(x)))
        for one in insights()
        if one.name == "filling_in"
    )
    assert isinstance(finding.figure, Bars)
    gains = dict(zip(finding.figure.names, finding.figure.values.tolist(), strict=True))
    assert finding.figure.names[-1] == "8"
    assert gains["8"] < 10 < 50 < max(gains.values()) <= 100
    assert "below that of the means" in finding.sentence


# --- tables with columns of several kinds ---------------------------------------------------------

COLUMNS = (
    Column("height"),
    Column("price"),
    Column("size", ColumnKind.CATEGORICAL, ("small", "medium", "large")),
    Column("tall", ColumnKind.BOOLEAN),
    Column("day", ColumnKind.DATE),
)


@pytest.fixture(scope="module")
def mixed() -> Dataset:
    """Everything follows from the height, if one only knew it."""
    rng = np.random.default_rng(0)
    height = rng.uniform(0.0, 3.0, 800)
    x = np.column_stack(
        [height, np.exp(3 * height), np.floor(height), height > 1.5, 18_000 + 100 * height]
    )
    x[rng.random(x.shape) < 0.15] = np.nan
    names = tuple(column.name for column in COLUMNS)
    return Dataset(
        name="m", kind=Kind.TABLE, x=x, source="m.csv", feature_names=names, columns=COLUMNS
    )


@pytest.fixture(scope="module")
def mixed_run(mixed: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = {
        "training.epochs": 60,
        "training.learning_rate": 0.01,
        "network.code_size": 2,
        "network.hidden": [32],
        "preprocess.column_scaling": ["price=log"],
    }
    experiment = recommend(mixed, given=given)
    out = tmp_path_factory.mktemp("mixed") / "run"
    session = start_training(prepare(experiment, mixed), out, Control())
    last = list(session.events)[-1]
    assert isinstance(last, RunFinished)
    assert last.reason is FinishReason.COMPLETED, last.error
    return session.run.path


def test_a_mixed_table_is_learned_in_its_own_units(mixed: Dataset, mixed_run: Path) -> None:
    model = TrainedModel.open(mixed_run)
    assert model.autoencoder.sample_shape == (7,)
    again = model.reconstruct(mixed.x)
    assert again.shape == mixed.x.shape
    height, price, size, tall, day = again.T
    assert 17_900 < day.min() < day.max() < 18_400
    assert np.abs(np.log(price) / 3 - height)[(height > 0.3) & (height < 2.7)].mean() < 0.3
    (finding,) = (finding for one, finding in look_inside(model, mixed) if one.name == "filling_in")
    assert isinstance(finding.figure, Bars)
    assert set(finding.figure.names) == set(mixed.feature_names)
    assert finding.figure.values.min() > 0
    known = ~np.isnan(mixed.x[:, 2])
    assert (size == mixed.x[:, 2])[known].mean() > 0.8
    assert np.abs(tall - mixed.x[:, 3])[~np.isnan(mixed.x[:, 3])].mean() < 0.3


def test_the_previews_of_a_mixed_table_are_in_its_own_units(mixed_run: Path) -> None:
    folder = RunFolder.open(mixed_run)
    samples = folder.picture_samples
    assert samples is not None
    assert folder.preview(60).reconstructions.shape == samples.shape


def test_a_mixed_table_is_exported_with_its_scaling(
    mixed: Dataset, mixed_run: Path, tmp_path: Path
) -> None:
    report = export(mixed_run, "onnx", tmp_path)
    assert report.relative_difference is not None
    assert report.relative_difference < 1e-4
    model = TrainedModel.open(mixed_run)
    raw = np.resize(mixed.x, (257, 5)).astype(np.float32)
    content = (tmp_path / "autoencoder.onnx").read_bytes()
    difference = largest_difference(content, raw, model.reconstruct(raw), "autoencoder.onnx")
    assert difference < 0.1  # of dates around 18,000, in days


def test_a_mixed_table_is_read_back_from_safetensors(
    mixed: Dataset, mixed_run: Path, tmp_path: Path
) -> None:
    export(mixed_run, "safetensors", tmp_path)
    np.testing.assert_array_equal(
        TrainedModel.open(tmp_path).encode(mixed.x), TrainedModel.open(mixed_run).encode(mixed.x)
    )


def test_a_mixed_table_is_filled_in_in_its_own_words(
    mixed: Dataset, mixed_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "aestudio.workflows.models.imputation.read_data_for", lambda *args, **kwargs: mixed
    )
    report = impute_to_file(mixed_run, None, tmp_path / "filled.csv")
    assert report.check is not None
    assert report.check.gain_percent > 30
    rows = list(csv.DictReader((tmp_path / "filled.csv").read_text().splitlines()))
    assert len(rows) == 800
    for row, cells in zip(rows, mixed.x, strict=True):
        assert row["size"] in ("small", "medium", "large")
        assert row["tall"] in ("true", "false")
        assert row["day"].startswith("2019-") or row["day"].startswith("2020-")
        if not np.isnan(cells[0]):
            assert float(row["height"]) == cells[0]
