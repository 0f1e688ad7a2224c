from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aestudio.data.reading import read
from aestudio.data.splitting import split
from aestudio.errors import DataError, RunError
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import WorkCancelledError
from tests.workflows.conftest import train


def test_the_figures_equal_a_direct_computation(digits_run: Path) -> None:
    evaluation = evaluate(digits_run)
    model = TrainedModel.open(digits_run)
    x = read("digits").x
    parts = split(len(x), model.experiment.data)
    assert (evaluation.split, evaluation.num_samples) == ("validation", len(parts.validation))

    original = x[parts.validation].astype(np.float64) / 255
    difference = model.reconstruct(x[parts.validation]) / 255 - original
    squared = np.square(difference).sum(axis=(1, 2, 3)).mean()
    assert evaluation.squared_error == pytest.approx(squared, rel=1e-4)
    assert evaluation.mse == pytest.approx(squared / 64, rel=1e-4)
    assert evaluation.mae == pytest.approx(np.abs(difference).mean(), rel=1e-4)

    flat = x.reshape(len(x), -1) / 255.0
    pca = PCA(2).fit(flat[parts.train])
    held_back = flat[parts.validation]
    rest = held_back - pca.inverse_transform(pca.transform(held_back))
    expected = np.square(rest).sum(axis=1).mean()
    assert evaluation.pca_squared_error == pytest.approx(expected, rel=1e-3)
    assert evaluation.beats_pca_percent == pytest.approx(100 * (1 - squared / expected), abs=0.1)
    assert evaluation.psnr_db is not None
    assert 5 < evaluation.psnr_db < 40
    assert evaluation.ssim is not None
    assert -1 < evaluation.ssim < 1


def test_a_test_part_comes_before_the_validation_part(tested_data: Path, tmp_path: Path) -> None:
    run = train(str(tested_data), tmp_path / "run", network__code_size=2)
    evaluation = evaluate(run)
    assert (evaluation.split, evaluation.num_samples) == ("test", 20)
    assert evaluate(run, tested_data) == evaluation


def test_other_data_is_evaluated_as_a_whole(digits_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npy"
    np.save(other, read("digits").x[:70, 0])
    evaluation = evaluate(digits_run, other)
    assert (evaluation.split, evaluation.num_samples, evaluation.data) == ("all", 70, "other.npy")


def test_a_table_has_no_picture_qualities(table_run: Path) -> None:
    evaluation = evaluate(table_run)
    assert evaluation.psnr_db is None
    assert "psnr_db" not in evaluation.to_json()
    assert any("PCA" in line for line in evaluation.lines())


def test_pca_without_an_error_is_no_yardstick(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    np.save(tmp_path / "flat.npy", x)
    run = train(str(tmp_path / "flat.npy"), tmp_path / "run", "variational", network__code_size=2)
    evaluation = evaluate(run)
    assert evaluation.pca_squared_error < 1e-6
    assert evaluation.to_json()["beats_pca_percent"] is None


def test_other_shapes_are_refused(digits_run: Path) -> None:
    with pytest.raises(DataError, match="shape"):
        evaluate(digits_run, "patches")


def test_changed_data_is_refused(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    run = train(str(tmp_path / "x.npy"), tmp_path / "run", network__code_size=2)
    np.save(tmp_path / "x.npy", x[:50])
    with pytest.raises(RunError, match="changed"):
        evaluate(run)


def test_an_evaluation_can_be_cancelled(digits_run: Path) -> None:
    seen: list[int] = []
    with pytest.raises(WorkCancelledError):
        evaluate(
            digits_run,
            progress=lambda done, total: seen.append(done),
            is_cancelled=lambda: bool(seen),
        )
