"""How well a model reconstructs samples that it has not learned from.

Errors are measured in the model's input scale, where training minimises them; picture qualities in
the data's own range. The yardstick is PCA with as many components as the code has numbers, fitted
on the same training samples.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.analysis.image_quality import psnr_db, ssim
from aestudio.analysis.one_hot import sparse_one_hot
from aestudio.analysis.pca import PcaBaseline
from aestudio.data.dataset import Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.category_count import CategoryCount
from aestudio.workflows.judging.judged_samples import describe_judged, samples_to_judge
from aestudio.workflows.models.scaled_model import squared_errors
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_own_data

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]

#: Single precision ends here; a chance that is rounded to 0 costs no more than this.
_SMALLEST_CHANCE = 1e-38
#: Columns of categories that are named, from the worst.
_LISTED = 8
#: One-hot symbols of so many numbers are nearly all zeros.
_SPARSE_FROM = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures of one evaluation; ``None`` where one has no meaning."""

    run: str
    data: str
    #: "test", "validation", "train", or "all" for data given from outside.
    split: str
    num_samples: int
    #: Squared error summed over features, averaged over samples.
    squared_error: float
    #: The same averaged over features too, those that are there.
    mse: float
    mae: float
    code_size: int
    pca_squared_error: float
    #: How much lower the squared error is than PCA's, in percent of PCA's.
    beats_pca_percent: float | None
    psnr_db: float | None = None
    ssim: float | None = None
    #: Of tokens: the share that is right, and nats for each; padding counts once, as the end.
    token_accuracy: float | None = None
    nats_per_token: float | None = None
    #: Of tables: the share of categories and truth values that is right, by column.
    category_accuracy: dict[str, float] | None = None
    #: The mean of these shares if every row were taken to have what most training rows have.
    most_frequent_accuracy: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return all figures; those of pictures, tokens and categories only for such."""
        values = asdict(self)
        if not self.category_accuracy:
            del values["category_accuracy"], values["most_frequent_accuracy"]
        if self.token_accuracy is None:
            del values["token_accuracy"], values["nats_per_token"]
        if self.psnr_db is None:
            del values["psnr_db"], values["ssim"]
        return values

    def lines(self) -> list[str]:
        """Return the figures with what they mean."""
        lines = [
            describe_judged(self.num_samples, self.split, self.data),
            f"Squared error  {self.squared_error:.5g} per sample  "
            f"({self.mse:.4g} per feature; absolute error {self.mae:.4g})",
        ]
        if self.beats_pca_percent is not None:
            better = self.beats_pca_percent >= 0
            lines.append(
                f"PCA            {self.pca_squared_error:.5g} with {self.code_size} components: "
                f"the autoencoder is {abs(self.beats_pca_percent):.1f} % "
                f"{'better' if better else 'worse'}"
                + ("" if better else ". Train longer, or with a larger network.")
            )
        if self.psnr_db is not None and self.ssim is not None:
            lines.append(f"Pictures       PSNR {self.psnr_db:.2f} dB, SSIM {self.ssim:.4f}")
        if self.token_accuracy is not None and self.nats_per_token is not None:
            lines.append(
                f"Tokens         {100 * self.token_accuracy:.2f} % right, "
                f"cross-entropy {self.nats_per_token:.4g} nats per token"
            )
        if self.category_accuracy:
            lines.append(_categories_line(self.category_accuracy, self.most_frequent_accuracy))
        return lines


def _categories_line(shares: dict[str, float], most_frequent: float | None) -> str:
    """Return the mean share that is right, and the columns from the worst."""
    mean = sum(shares.values()) / len(shares)
    worst = sorted(shares.items(), key=lambda pair: pair[1])
    listed = ", ".join(f"{name} {100 * share:.1f} %" for name, share in worst[:_LISTED])
    more = f" and {len(worst) - _LISTED:,} more" if len(worst) > _LISTED else ""
    than = "" if most_frequent is None else f" (the most frequent: {100 * most_frequent:.1f} %)"
    return f"Categories     {100 * mean:.1f} % right{than}: {listed}{more}"


def evaluate(
    run: str | os.PathLike[str],
    data: str | os.PathLike[str] | None = None,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> Evaluation:
    """Evaluate the best epoch of a run on its test part, else on what it held back.

    Other ``data`` is evaluated on its own test part, else as a whole. Raises :class:`RunError` when
    the run's own data has changed, :class:`DataError` when samples have another shape.
    """
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    own = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
    train_rows = split_dataset(own, model.experiment.data).train
    judged = samples_to_judge(folder, own, data)
    samples = judged.x
    report = reporting(progress, is_cancelled)
    count = CategoryCount(model.scaling) if isinstance(model.scaling, TableScaling) else None
    errors = measure(model, samples, report, count)
    baseline = _fit_baseline(model, own.x, train_rows, report)
    pca_error = _pca_error(baseline, model, samples)
    num_features = int(np.prod(model.autoencoder.sample_shape))
    squared_error = float(errors["squared"])
    num_counted = max(1.0, errors["counted"])
    return Evaluation(
        run=str(folder.path),
        data=judged.data,
        split=judged.part,
        num_samples=len(samples),
        squared_error=squared_error,
        mse=squared_error / num_counted,
        mae=float(errors["absolute"]) / num_counted,
        code_size=model.code_size,
        pca_squared_error=pca_error,
        # With as many components as features PCA makes no error that one could be better than.
        beats_pca_percent=(
            100.0 * (1.0 - squared_error / pca_error) if pca_error > 1e-6 * num_features else None
        ),
        psnr_db=errors.get("psnr_db"),
        ssim=errors.get("ssim"),
        token_accuracy=errors.get("token_accuracy"),
        nats_per_token=errors.get("nats_per_token"),
        category_accuracy=(count.shares() or None) if count is not None else None,
        most_frequent_accuracy=count.share_of_most_frequent() if count is not None else None,
    )


def measure(
    model: TrainedModel, samples: Array, report: Progress, count: CategoryCount | None = None
) -> dict[str, float]:
    """Return how far reconstructions are from their originals (N, *shape), averaged over samples.

    ``squared`` and ``absolute`` are summed over features in model scale; ``counted`` is how many
    they are. For pictures there are ``psnr_db`` and ``ssim`` too, in the data's own range, for tokens
    ``token_accuracy`` and ``nats_per_token``. What is missing, and what only fills tokens up, counts
    for nothing in all of them. ``count`` is told every batch.
    """
    low, high = model.display_range
    sums: dict[str, float] = {}

    def add(name: str, values: npt.NDArray[np.floating]) -> None:
        sums[name] = sums.get(name, 0.0) + float(values.sum(dtype=np.float64))

    rows = np.arange(len(samples))
    num_tokens = 0
    for block, target in _blocks(model, samples, rows):
        output = model.reconstruct_scaled(target)
        counts = model.scaling.counted(samples[block])
        if isinstance(model.scaling, TokenScaling):
            counts_NT = counts[:, :, 0]
            num_tokens += int(counts_NT.sum())
            right = np.argmax(output, axis=2) == np.asarray(samples[block])
            add("token_accuracy", (right & counts_NT).astype(np.float64))
            chances = np.maximum((output * target).sum(axis=2), _SMALLEST_CHANCE)
            add("nats_per_token", -np.log(chances[counts_NT], dtype=np.float64))
        if count is not None:
            count.add(samples[block], output)
        counts = np.broadcast_to(counts, output.shape)
        add("counted", counts.astype(np.float64))
        output = np.where(counts, output, target)
        difference = output - target
        add("squared", np.square(difference))
        add("absolute", np.abs(difference))
        if model.kind is Kind.IMAGES:
            original = model.scaling.inverse(target)
            reconstruction = model.scaling.inverse(output)
            add("psnr_db", psnr_db(original, reconstruction, high - low))
            add("ssim", ssim(original, reconstruction, high - low))
        report(int(block[-1]) + 1, len(samples))
    return {
        name: total / (num_tokens if "token" in name else len(samples))
        for name, total in sums.items()
    }


def _fit_baseline(
    model: TrainedModel, x: Array, rows: npt.NDArray[np.int64], report: Progress
) -> PcaBaseline:
    num_features = int(np.prod(model.autoencoder.sample_shape))
    scaling = model.scaling
    if isinstance(scaling, TokenScaling) and num_features >= _SPARSE_FROM:
        one_hot = sparse_one_hot(np.asarray(x[rows]), len(scaling.symbols))
        return PcaBaseline.fit_sparse(one_hot, model.code_size)
    return PcaBaseline.fit(lambda: _flat(model, x, rows, report), model.code_size)


def _pca_error(baseline: PcaBaseline, model: TrainedModel, samples: Array) -> float:
    """Return PCA's squared error per sample over what counts, as :func:`measure` does."""
    total = 0.0
    for block, target in _blocks(model, samples, np.arange(len(samples))):
        again = baseline.reconstruct(target.reshape(len(block), -1)).reshape(target.shape)
        difference = model.difference(samples[block], target, again)
        total += float(squared_errors(difference).sum())
    return total / len(samples)


def _blocks(
    model: TrainedModel, x: Array, rows: npt.NDArray[np.int64]
) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
    for places in model.blocks(len(rows)):
        block = rows[places]
        yield block, model.to_model_scale(x[block])


def _flat(
    model: TrainedModel, x: Array, rows: npt.NDArray[np.int64], report: Progress
) -> Iterator[Floats]:
    done = 0
    for block, scaled in _blocks(model, x, rows):
        yield scaled.reshape(len(block), -1)
        done += len(block)
        report(done, len(rows))
