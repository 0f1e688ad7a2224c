"""The numbers by which recipes are judged: each is one function that measures a finished run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from aestudio.analysis.disentanglement import disentanglement_scores
from aestudio.analysis.likelihood import estimate_model_log_likelihood
from aestudio.analysis.probes import auroc, clustering_accuracy, linear_probe
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.data.dataset import Dataset
from aestudio.data.reading import read
from aestudio.errors import DataError, FailureError, OptionError
from aestudio.options import suggest
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.scaled_model import squared_errors
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting

Array = npt.NDArray[Any]

#: Draws of each code for the likelihood of a sample.
_NUM_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Measurement:
    """The number that counts, and what was measured beside it."""

    value: float
    details: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """One finished run and its data."""

    run: RunFolder
    model: TrainedModel
    dataset: Dataset
    #: What several runs of one recipe need but once, such as a baseline on the same data.
    shared: dict[str, float]
    #: Whether the number is not wanted any more.
    is_cancelled: IsCancelled | None = None

    @property
    def report(self) -> Progress:
        """Raises :class:`WorkCancelledError` wherever it is called, once nobody waits any more."""
        return reporting(None, self.is_cancelled)

    def codes(self, x: Array) -> npt.NDArray[np.float32]:
        return self.model.encode(x, progress=self.report)

    def test_part(self) -> tuple[Array, npt.NDArray[np.int64]]:
        """Return the samples and labels that the source sets aside for testing."""
        return _labelled(self.dataset.test, self.dataset.name, "test part")

    def train_part(self) -> tuple[Array, npt.NDArray[np.int64]]:
        return _labelled(self.dataset, self.dataset.name, "training part")


Metric = Callable[[Finished], Measurement]
_METRICS: dict[str, Metric] = {}


def metric(name: str) -> Callable[[Metric], Metric]:
    """Register a function under the name that recipes use."""

    def register(function: Metric) -> Metric:
        _METRICS[name] = function
        return function

    return register


def find_metric(name: str) -> Metric:
    if name not in _METRICS:
        raise FailureError(
            "no such number can be measured.",
            subject=name,
            next_step=suggest(name, list(_METRICS)),
        )
    return _METRICS[name]


@metric("squared_error")
def squared_error(finished: Finished) -> Measurement:
    """Squared error summed over the features, averaged over the test samples, in model scale."""
    evaluation = evaluate(finished.run.path, is_cancelled=finished.is_cancelled)
    return Measurement(
        evaluation.squared_error,
        {"squared_error": evaluation.squared_error, "pca": evaluation.pca_squared_error},
    )


@metric("squared_error_over_pca")
def squared_error_over_pca(finished: Finished) -> Measurement:
    """The same as a share of the error of PCA with as many components as the code has numbers."""
    evaluation = evaluate(finished.run.path, is_cancelled=finished.is_cancelled)
    return Measurement(
        evaluation.squared_error / evaluation.pca_squared_error,
        {"squared_error": evaluation.squared_error, "pca": evaluation.pca_squared_error},
    )


@metric("mig")
def mig(finished: Finished) -> Measurement:
    """The mutual information gap of the codes of all samples and their known factors."""
    factors = finished.dataset.factors
    if factors is None:
        raise DataError(
            "nobody knows what made these samples.",
            subject=finished.dataset.name,
            next_step="Take the sample 'shapes'.",
        )
    codes = finished.codes(finished.dataset.x)
    scores = disentanglement_scores(codes, factors, progress=finished.report).to_json()
    return Measurement(scores["mig"], scores)


@metric("probe_accuracy")
def probe_accuracy(finished: Finished) -> Measurement:
    """The share of test samples that a linear classifier of the codes gets right."""
    (train, labels), (test, truth) = finished.train_part(), finished.test_part()
    report = finished.report
    train_codes, test_codes = finished.codes(train), finished.codes(test)
    if "pixels" not in finished.shared:
        finished.shared["pixels"] = linear_probe(
            _flat(train), labels, _flat(test), truth, progress=report
        )
    accuracy = linear_probe(train_codes, labels, test_codes, truth, progress=report)
    return Measurement(
        accuracy,
        {
            "codes": accuracy,
            "pixels": finished.shared["pixels"],
            "clusters": clustering_accuracy(train_codes, labels, progress=report),
        },
    )


@metric("one_class_auroc")
def one_class_auroc(finished: Finished) -> Measurement:
    """How well the reconstruction error tells other classes from the one that was learned."""
    options = finished.run.experiment.data
    whole = read(options.source, options.changed(only_label=""))
    test, truth = _labelled(whole.test, whole.name, "test part")
    is_odd = truth != whole.label_names.index(options.only_label)
    errors = _errors(finished.model, test, finished.report)
    return Measurement(
        auroc(errors, is_odd),
        {"normal_error": float(errors[~is_odd].mean()), "odd_error": float(errors[is_odd].mean())},
    )


@metric("negative_log_likelihood")
def negative_log_likelihood(finished: Finished) -> Measurement:
    """Nats per test sample, by the importance-weighted bound with 200 draws of each code.

    Test samples are drawn once as black and white, with their grey levels as probabilities. The
    bound is above the true number on average, and the closer the more draws there are.
    """
    model, autoencoder = finished.model, finished.model.autoencoder
    if not (isinstance(autoencoder, GaussianCode) and _is_of_black_and_white(model)):
        raise OptionError(
            "only a variational model of black and white data tells how probable a sample is.",
            subject="autoencoder.likelihood",
            next_step="Set autoencoder.type to variational and autoencoder.likelihood to bernoulli.",
        )
    samples, _ = finished.test_part()
    grey = model.to_model_scale(samples)
    drawn = np.random.default_rng(0).random(grey.shape, np.float32) < grey
    found = estimate_model_log_likelihood(
        autoencoder,
        torch.from_numpy(drawn.astype(np.float32)),
        num_draws=_NUM_DRAWS,
        progress=finished.report,
    )
    return Measurement(-found.mean, {"nats": -found.mean, "standard_error": found.standard_error})


def _is_of_black_and_white(model: TrainedModel) -> bool:
    likelihood = model.experiment.value("autoencoder.likelihood")
    is_bernoulli = likelihood == "bernoulli" or (
        likelihood == "loss" and model.experiment.training.loss == "bce"
    )
    return is_bernoulli and model.scaling.is_unit_interval


def _errors(model: TrainedModel, samples: Array, report: Progress) -> npt.NDArray[np.float64]:
    """Return the squared error of each sample, (N,), in model scale."""
    errors = np.empty(len(samples))
    for rows in model.blocks(len(samples)):
        report(rows.start, len(samples))
        target = model.to_model_scale(samples[rows])
        output = model.reconstruct_scaled(target)
        errors[rows] = squared_errors(model.difference(samples[rows], target, output))
    return errors


def _flat(samples: Array) -> npt.NDArray[np.float32]:
    return samples.reshape(len(samples), -1).astype(np.float32)


def _labelled(dataset: Dataset | None, name: str, part: str) -> tuple[Array, npt.NDArray[np.int64]]:
    if dataset is None or dataset.labels is None:
        raise DataError(
            f"the data has no labelled {part}.",
            subject=name,
            next_step="Give the folder with the four MNIST files.",
        )
    return dataset.x, dataset.labels
