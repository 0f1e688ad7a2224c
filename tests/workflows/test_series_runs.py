"""A long series from its file to the reconstruction step by step, with the times all the way."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from aestudio.data.dataset import Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.datasets.inspection import inspect
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.exporting import export
from aestudio.workflows.models.reconstruction import reconstruct_to_folder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.runs.run_data import read_data_for, read_own_data
from aestudio.workflows.training import prepare, start_training
from tests.workflows.conftest import train

START = datetime(2024, 1, 1, tzinfo=UTC)
NUM_STEPS = 24 * 30


def hours(path: Path, count: int = NUM_STEPS, level: float = 100.0) -> Path:
    """Write hours of something that comes and goes by day, and a gap of three days."""
    rows = []
    for step in range(count):
        when = START + timedelta(hours=step + (72 if step > 400 else 0))
        value = level + 20 * np.sin(2 * np.pi * when.hour / 24) + step % 3
        rows.append(f"{when:%Y-%m-%d %H:%M:%S},{value:.3f}")
    path.write_text("\n".join(["time,load", *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hours(tmp_path_factory.mktemp("series") / "load.csv")


@pytest.fixture(scope="module")
def run(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(
        str(source),
        tmp_path_factory.mktemp("runs") / "run",
        network__kind="dense",
        network__depth=1,
    )


def test_the_recipe_holds_the_windows_that_were_chosen(run: Path) -> None:
    folder = RunFolder.open(run)
    data = folder.experiment.data
    assert (data.kind, data.window, data.window_stride) == ("series", 24, 3)
    assert folder.info.data.shape == (24, 1)
    again = read_own_data(folder)
    assert again.fingerprint == folder.info.data.fingerprint


def test_the_held_back_windows_share_no_hour_with_the_others(run: Path) -> None:
    folder = RunFolder.open(run)
    dataset = read_own_data(folder)
    parts = split_dataset(dataset, folder.experiment.data)
    assert dataset.times is not None
    assert folder.info.data.num_validation == len(parts.validation) > 0
    trained = np.unique(dataset.times.of(parts.train))
    held = np.unique(dataset.times.of(parts.validation))
    assert not np.intersect1d(trained, held).size


def test_the_run_keeps_when_its_pictured_samples_were(run: Path) -> None:
    folder = RunFolder.open(run)
    samples = folder.samples()
    assert samples is not None
    moments = samples.picture_moments
    assert moments is not None
    assert moments.is_date
    dataset = read_own_data(folder)
    assert dataset.times is not None
    assert np.array_equal(moments.values, dataset.times.of(samples.picture_rows))


def test_other_data_is_cut_in_the_same_way(run: Path, tmp_path: Path) -> None:
    other = read_data_for(RunFolder.open(run), hours(tmp_path / "other.csv", 24 * 9))
    assert (other.kind, other.shape, other.num_samples) == (Kind.SEQUENCES, (24, 1), 65)
    assert evaluate(run).to_json()


def test_the_series_comes_back_step_by_step(run: Path, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = reconstruct_to_folder(run, None, out)
    assert {path.name for path in report.files} == {
        "reconstructions.npy", "errors.csv", "comparison.png", "series.csv",
    }  # fmt: skip
    with (out / "series.csv").open() as file:
        head, *rows = list(csv.reader(file))
    assert head == ["time", "load", "load, reconstructed", "squared_error"]
    with source.open() as file:
        stored = {line.split(",")[0][:16]: float(line.split(",")[1]) for line in list(file)[1:]}
    dataset = read_own_data(RunFolder.open(run))
    assert dataset.times is not None
    # Every step that some window holds, once and in order.
    expected = np.unique(dataset.times.of(np.arange(dataset.num_samples)))
    assert len(rows) == len(expected)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert all(float(row[1]) == pytest.approx(stored[row[0]]) for row in rows)
    # Where windows overlap, the mean of what they say.
    reconstructions = np.load(out / "reconstructions.npy")
    moment = dataset.times.of(np.array([5]))[0, 10]
    said = [
        reconstructions[row, step, 0]
        for row, step in zip(
            *np.nonzero(dataset.times.of(np.arange(dataset.num_samples)) == moment), strict=True
        )
    ]
    assert len(said) > 1
    when = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
    (found,) = [row for row in rows if row[0] == when]
    assert float(found[2]) == pytest.approx(np.mean(said), rel=1e-5)
    with Image.open(out / "comparison.png") as picture:
        assert picture.width == 1600


def test_info_tells_the_time_and_the_windows(source: Path) -> None:
    lines = inspect(source).lines()
    assert any("windows of 24 steps from one series" in line for line in lines)
    assert any(line.startswith("Time: 2024-01-01 00:00 to 2024-02-02 23:00") for line in lines)
    assert any("no window lies across" in line for line in lines)
    facts = inspect(source).to_json()
    assert facts["windows"] == {"length": 24, "stride": 3, "num_series": 1}
    assert facts["time"].endswith("a step every 1 hour")


def test_a_model_of_shapes_takes_and_gives_any_level(source: Path, tmp_path: Path) -> None:
    options = DataOptions(source=str(source), series_scale="own")
    dataset = read(source, options)
    experiment = recommend(
        dataset,
        given={"training.epochs": 2, "network.kind": "dense", "network.depth": 1},
        data_options=options,
    )
    session = start_training(prepare(experiment, dataset), tmp_path / "run", Control())
    assert len(list(session.events)) > 3
    model = TrainedModel.open(tmp_path / "run")
    measured = read(source, DataOptions(kind="series", window=24, window_stride=3))
    higher = measured.x * 3 + 1000
    assert np.allclose(model.encode(higher), model.encode(measured.x), atol=1e-4)
    back = model.reconstruct(measured.x)
    assert np.allclose(model.reconstruct(higher), back * 3 + 1000, rtol=1e-4)
    assert np.allclose(model.encode(dataset.x), model.encode(measured.x), atol=1e-4)
    low, high = (model.reconstruct_series(part) for part in (measured.x[0], higher[0]))
    assert np.allclose(high.values, low.values * 3 + 1000, rtol=1e-4)
    assert np.allclose(high.squared_error, low.squared_error, atol=1e-4)
    report = export(tmp_path / "run", "onnx", tmp_path / "onnx")
    assert report.relative_difference is not None
    session_of = onnxruntime.InferenceSession(
        tmp_path / "onnx" / "encoder.onnx", providers=["CPUExecutionProvider"]
    )
    (codes,) = session_of.run(None, {"sample": higher.astype(np.float32)})
    assert np.allclose(codes, model.encode(measured.x), atol=1e-3)


def test_a_series_of_any_length_comes_back_with_its_errors(run: Path) -> None:
    model = TrainedModel.open(run)
    series = 100 + 20 * np.sin(np.arange(101) / 4)
    found = model.reconstruct_series(series)
    assert found.values.shape == (101, 1)
    # Every quarter of a window one begins, and one ends with the series.
    starts = [*range(0, 78, 6), 77]
    expected, counts = np.zeros(101), np.zeros(101)
    for start in starts:
        expected[start : start + 24] += model.reconstruct(series[None, start : start + 24, None])[
            0, :, 0
        ]
        counts[start : start + 24] += 1
    assert np.allclose(found.values[:, 0], expected / counts, rtol=1e-5)
    odd = series.copy()
    odd[50] += 500
    assert model.reconstruct_series(odd).worst_step == 50


@pytest.mark.parametrize("series", [np.zeros(10), np.zeros((50, 2)), np.array(["a"] * 50)])
def test_what_is_no_series_of_the_model_is_refused(run: Path, series: np.ndarray) -> None:
    with pytest.raises(DataError) as caught:
        TrainedModel.open(run).reconstruct_series(series)
    assert caught.value.next_step
