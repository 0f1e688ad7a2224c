"""Paint on a sample, let the model restore it, and say how far both are from the clean sample.

Samples are pictures (C, H, W) in the data's own scale; errors are measured in model scale, where
pictures usually reach from 0 to 1, as ``aestudio denoise`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.analysis.image_quality import psnr_db
from aestudio.analysis.painting import Canvas
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.dataset_splitting import split_dataset
from aestudio.data.splitting import unseen_rows
from aestudio.workflows.models.damaging import damaged_as_learned, learned_damage
from aestudio.workflows.models.trained_model import TrainedModel

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]

#: As many as stand beside each other in a strip.
_MOST_SAMPLES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far a picture is from the clean sample."""

    mean_squared_error: float
    psnr_db: float

    def __str__(self) -> str:
        return f"mean squared error {self.mean_squared_error:.3g}, PSNR {self.psnr_db:.1f} dB"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repair:
    """What the model makes of a painted sample, (C, H, W) in the data's own scale."""

    restored: Floats
    painted_distance: Distance
    restored_distance: Distance

    @property
    def gain_db(self) -> float:
        """How much higher the ratio of signal to noise is after the repair."""
        return self.restored_distance.psnr_db - self.painted_distance.psnr_db

    @property
    def sentence(self) -> str:
        """The errors before and after, in words."""
        if self.painted_distance.mean_squared_error == 0.0:
            return (
                "Nothing is painted yet. What the model makes of the clean sample: "
                f"{self.restored_distance}."
            )
        verdict = "closer to the clean sample" if self.gain_db > 0 else "no closer"
        return (
            f"Painted: {self.painted_distance}. Restored: {self.restored_distance}, "
            f"{self.gain_db:+.1f} dB: {verdict}."
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintableSamples:
    """Samples to paint on, and the model that restores them."""

    model: TrainedModel
    #: (P,), their rows in the data.
    rows: npt.NDArray[np.int64]
    #: (P, C, H, W) as they were stored, without missing values.
    x: Array
    #: (P,), as in the data; None where it has none.
    labels: npt.NDArray[np.int64] | None
    label_names: tuple[str, ...]

    @property
    def learned_damage(self) -> str:
        """What the model has learned to repair; empty where it was trained without damage."""
        return learned_damage(self.model)

    def canvas(self, place: int) -> Canvas:
        """Lay one sample out to be painted on, in the black and white of the model's data."""
        return Canvas(self.x[place], *self.model.display_range)

    def damage(self, canvas: Canvas, draw: int) -> None:
        """Put the sample damaged as in training on its canvas; another ``draw``, other noise."""
        canvas.replace(damage_as_in_training(self.model, canvas.clean, draw))

    def repair(self, clean_CHW: Array, painted_CHW: Array) -> Repair:
        """Let the model restore what is painted."""
        return repair(self.model, clean_CHW, painted_CHW)


def samples_to_paint(model: TrainedModel, dataset: Dataset) -> PaintableSamples | None:
    """Return samples that the model has not learned from, where there are any; None of no pictures."""
    if model.kind is not Kind.IMAGES:
        return None
    rows = unseen_rows(split_dataset(dataset, model.experiment.data), _MOST_SAMPLES)
    return PaintableSamples(
        model=model,
        rows=rows,
        x=model.scaling.without_missing(dataset.x[rows]),
        labels=None if dataset.labels is None else dataset.labels[rows],
        label_names=dataset.label_names,
    )


def damage_as_in_training(model: TrainedModel, sample_CHW: Array, draw: int) -> Floats:
    """Return the sample damaged as the model has learned it; another ``draw``, other noise."""
    clean = model.to_model_scale(sample_CHW[None])
    (damaged,) = model.scaling.inverse(damaged_as_learned(model, clean, draw))
    return np.asarray(damaged)


def repair(model: TrainedModel, clean_CHW: Array, painted_CHW: Array) -> Repair:
    """Let the model restore a painted sample, and measure it against the clean one."""
    clean, painted = model.to_model_scale(np.stack([clean_CHW, painted_CHW]))[:, None]
    restored = model.reconstruct_scaled(painted)
    return Repair(
        restored=model.scaling.inverse(restored)[0],
        painted_distance=_distance(model, clean, painted),
        restored_distance=_distance(model, clean, restored),
    )


def _distance(model: TrainedModel, clean: Floats, other: Floats) -> Distance:
    """Compare two pictures (1, C, H, W) in model scale."""
    return Distance(
        mean_squared_error=float(np.square(other.astype(np.float64) - clean).mean()),
        psnr_db=float(psnr_db(clean, other, model.scaling.peak)[0]),
    )
