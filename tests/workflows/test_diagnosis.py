"""Runs that were made to have a fault are told apart from healthy ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from aestudio.analysis.doctor import Diagnosis
from aestudio.analysis.doctor.examination import examine, layer_signals
from aestudio.autoencoders.base import Batch
from aestudio.data.reading import read
from aestudio.errors import RunError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.runs.diagnosis import (
    DoctorReport,
    collect_evidence,
    diagnose_run,
    with_usable_settings,
)
from aestudio.workflows.training import prepare, start_training

Diagnose = Callable[..., DoctorReport]


@pytest.fixture
def report(tmp_path: Path) -> Diagnose:
    """A function that trains for a moment and has the doctor look at the run."""

    def train_and_look(
        source: str, autoencoder_type: str = "undercomplete", **given: Any
    ) -> DoctorReport:
        values = {key.replace("__", "."): value for key, value in given.items()}
        values = {"training.precision": "fp32", "training.batch_size": 64, **values}
        dataset = read(source)
        experiment = recommend(dataset, autoencoder_type, given=values)
        session = start_training(prepare(experiment, dataset), tmp_path / "run", Control())
        for _ in session.events:
            pass
        return diagnose_run(session.run.path)

    return train_and_look


def names(report: DoctorReport) -> set[str]:
    return {diagnosis.name for diagnosis in report.diagnoses}


@pytest.mark.parametrize(
    ("source", "autoencoder_type", "given"),
    [
        ("digits", "undercomplete", {"training__epochs": 10, "training__batch_size": 32}),
        ("digits", "variational", {"training__epochs": 8, "network__code_size": 2}),
        (
            "digits",
            "undercomplete",
            {"training__epochs": 10, "training__batch_size": 32, "network__activation": "relu"},
        ),
        ("breast-cancer", "variational", {"training__epochs": 20, "training__batch_size": 32}),
    ],
)
def test_a_healthy_run_is_not_diagnosed(
    report: Diagnose, source: str, autoencoder_type: str, given: dict[str, Any]
) -> None:
    healthy = report(source, autoencoder_type, **given)
    assert healthy.diagnoses == ()
    assert healthy.is_healthy
    assert healthy.to_json()["healthy"] is True
    assert "Nothing is wrong" in healthy.lines()[0]


FAULTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "overfitting": (
        "breast-cancer",
        "undercomplete",
        {
            "data__validation_fraction": 0.9,
            "training__epochs": 120,
            "training__batch_size": 16,
            "training__learning_rate": 2e-3,
            "network__code_size": 2,
            "network__hidden": [256, 128],
        },
    ),
    "underfitting": ("digits", "undercomplete", {"training__epochs": 2}),
    "vanishing_gradients": (
        "digits",
        "undercomplete",
        {"training__epochs": 2, "network__depth": 8, "network__activation": "sigmoid"},
    ),
    "exploding_gradients": (
        "breast-cancer",
        "undercomplete",
        {
            "training__epochs": 2,
            "training__learning_rate": 1.0,
            "network__depth": 6,
            "network__activation": "leaky_relu",
        },
    ),
    "dead_units": (
        "digits",
        "undercomplete",
        {"training__epochs": 3, "training__learning_rate": 0.1, "network__activation": "relu"},
    ),
    "posterior_collapse": (
        "digits",
        "variational",
        {"training__epochs": 4, "autoencoder__beta": 200.0},
    ),
    "identity_copying": (
        "digits",
        "undercomplete",
        {
            "training__epochs": 15,
            "training__batch_size": 32,
            "training__learning_rate": 3e-3,
            "network__depth": 0,
            "network__code_size": 62,
            "network__output": "linear",
        },
    ),
    "saturated_outputs": (
        "digits",
        "undercomplete",
        {
            "training__epochs": 3,
            "preprocess__scaling": "standard",
            "network__output": "sigmoid",
        },
    ),
    "learning_rate_too_high": (
        "digits",
        "undercomplete",
        {"training__epochs": 6, "training__learning_rate": 0.3},
    ),
    "learning_rate_too_low": (
        "digits",
        "undercomplete",
        {"training__epochs": 5, "training__learning_rate": 1e-5},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_made_to_have_a_fault_is_diagnosed(report: Diagnose, fault: str) -> None:
    source, autoencoder_type, given = FAULTS[fault]
    ill = report(source, autoencoder_type, **given)
    assert fault in names(ill), ill
    diagnosis = next(one for one in ill.diagnoses if one.name == fault)
    assert diagnosis.sentence.endswith(".")
    assert diagnosis.try_this
    assert any(diagnosis.try_this in line for line in ill.lines())
    for one in ill.diagnoses:
        experiment = RunFolder.open(ill.run).experiment
        for key, value in one.settings.items():
            assert experiment.with_values({key: value}) != experiment


def test_definite_advice_is_a_setting_and_the_figures_stand_beside_it(report: Diagnose) -> None:
    _, _, given = FAULTS["learning_rate_too_low"]
    values = report("digits", **given).to_json()
    advice = {one["name"]: one["settings"] for one in values["diagnoses"]}
    assert advice["learning_rate_too_low"] == {"training.learning_rate": 1e-4}
    figures = values["figures"]
    assert figures["learning_rate"] == 1e-5
    assert figures["missed"] > figures["missed_by_pca"] > 0
    assert figures["train_loss"] == figures["lowest_train_loss"]


def test_a_setting_that_changes_nothing_or_does_not_exist_is_not_advised() -> None:
    advice = {"training.patience": 0, "autoencoder.beta": 1.0, "training.learning_rate": 1e3}
    diagnosis = Diagnosis("overfitting", "It is so.", "This.", settings=advice)
    assert with_usable_settings(diagnosis, Experiment()).settings == {}
    changed = replace(diagnosis, settings={**advice, "training.patience": 10})
    assert with_usable_settings(changed, Experiment()).settings == {"training.patience": 10}


def test_every_verdict_has_its_run(digits_run: Path) -> None:
    assert set(diagnose_run(digits_run).checked) == set(FAULTS)


def test_a_rate_too_high_and_one_too_low_are_told_apart(report: Diagnose) -> None:
    _, _, given = FAULTS["learning_rate_too_low"]
    assert "learning_rate_too_high" not in names(report("digits", **given))


def test_a_run_without_history_has_nothing_to_look_at(tmp_path: Path) -> None:
    dataset = read("digits")
    preparation = prepare(recommend(dataset), dataset)
    session = start_training(preparation, tmp_path / "run", Control())
    with pytest.raises(RunError, match="not done anything"):
        diagnose_run(session.run.path)


def test_looking_changes_neither_the_run_nor_the_model(digits_run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in digits_run.rglob("*")}
    first, second = (collect_evidence(RunFolder.open(digits_run)) for _ in range(2))
    assert {path: path.stat().st_mtime_ns for path in digits_run.rglob("*")} == before
    assert first.model is not None
    assert second.model is not None
    assert first.model.layers == second.model.layers
    assert first.model.error == second.model.error


def test_the_signal_of_a_layer_is_how_far_the_loss_moves(table_run: Path) -> None:
    model = TrainedModel.open(table_run).autoencoder
    x = torch.randn(16, *model.sample_shape, generator=torch.Generator().manual_seed(0))

    def loss(autoencoder: Any, batch: Batch) -> torch.Tensor:
        return (autoencoder(batch.x) - batch.x).square().mean()

    spread = 2.5
    signals = {one.name: one for one in layer_signals(model, Batch(x), loss, spread)}
    for name, signal in signals.items():
        weight = model.get_parameter(f"{name}.weight")
        (gradient,) = torch.autograd.grad(loss(model, Batch(x)), [weight])
        step = 1e-3 * weight.detach().norm() * gradient / gradient.norm()
        with torch.no_grad():
            weight.add_(step)
            above = loss(model, Batch(x))
            weight.sub_(2 * step)
            below = loss(model, Batch(x))
            weight.add_(step)
        moved = float(above - below) / 2e-3 / spread
        assert signal.sensitivity == pytest.approx(moved, rel=1e-2)
    assert len(signals) >= 4


@pytest.mark.parametrize("width", [0.02, 3.0])
def test_a_narrow_width_makes_nats_large_and_no_signal(width: float) -> None:
    def loss(autoencoder: Any, batch: Batch) -> torch.Tensor:
        output = autoencoder.decoder_output(autoencoder.encode(batch.x))
        return torch.mean(autoencoder.reconstruction(output, batch.x))

    digits = read("digits")
    gaussian = {"autoencoder.likelihood": "gaussian", "autoencoder.likelihood_scale": width}
    found = []
    for given in ({"training.loss": "mse"}, gaussian):
        preparation = prepare(recommend(digits, "variational", given=given), digits)
        x = torch.from_numpy(preparation.scaling.forward(digits.x[:64]))
        found.append(examine(preparation.autoencoder, Batch(x), x.numpy(), loss).layers)
    squares, nats = found
    assert len(squares) == len(nats) >= 4
    for one, other in zip(squares, nats, strict=True):
        assert other.sensitivity == pytest.approx(one.sensitivity, rel=1e-3)
