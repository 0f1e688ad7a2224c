"""How well a run repairs damaged samples, in decibels, and what that looks like.

figures.csv      the ratio of each sample before and after
comparison.png   clean, damaged and restored samples side by side, where they are pictures
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from aestudio.analysis.image_quality import psnr_db
from aestudio.analysis.pictures import side_by_side_rgb8, to_rgb8
from aestudio.autoencoders.denoising import DenoisingOptions
from aestudio.data.dataset import Kind
from aestudio.export.csv_table import csv_bytes
from aestudio.export.pictures import write_png
from aestudio.networks.noise import NoiseSource
from aestudio.objectives.corruptor import Corruptor
from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.judged_samples import samples_to_judge
from aestudio.workflows.judging.repair import RepairEvaluation, chosen_corruptor
from aestudio.workflows.judging.token_denoising import (
    TokenDenoisingEvaluation,
    evaluate_token_denoising,
)
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.runs.run_data import read_own_data

Floats = npt.NDArray[np.float32]
Figures = npt.NDArray[np.float64]

_SHOWN = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingEvaluation(RepairEvaluation):
    """Ratios of signal to noise, against the clean samples, as means over the samples."""

    noisy_psnr_db: float
    restored_psnr_db: float

    @property
    def gain_db(self) -> float:
        """How much higher the ratio is after the repair."""
        return self.restored_psnr_db - self.noisy_psnr_db

    def to_json(self) -> dict[str, Any]:
        return {**RepairEvaluation.to_json(self), "gain_db": self.gain_db}

    def lines(self) -> list[str]:
        """Return the figures with what they mean."""
        verdict = "closer to the original than before" if self.gain_db > 0 else "no better"
        return [
            self.judged_line(),
            f"Damage    {self.damage()}",
            f"Damaged   PSNR {self.noisy_psnr_db:.2f} dB",
            f"Restored  PSNR {self.restored_psnr_db:.2f} dB: {self.gain_db:+.2f} dB, {verdict}",
            *map(str, self.files),
        ]


def evaluate_denoising(
    run: str | os.PathLike[str],
    data: str | os.PathLike[str] | None = None,
    *,
    corruption: str | None = None,
    strength: float | None = None,
    out: Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> DenoisingEvaluation | TokenDenoisingEvaluation:
    """Damage the samples that a run is judged by, let it restore them, and compare with the clean.

    Without ``corruption`` and ``strength`` the damage is what the run learned to repair, or the
    default of the denoising type for a run of another type. What is drawn depends on ``seed``
    alone. With ``out`` figures and pictures are written into that folder. The peak of the ratio is
    the range of the data in model scale. Raises :class:`OptionError` for damage that does not suit
    the data.
    """
    if out is not None:
        atomic.check_folder(out)
    folder = RunFolder.open(run)
    model = TrainedModel.open(folder)
    report = reporting(progress, is_cancelled)
    if model.kind is Kind.TOKENS:
        own = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
        return evaluate_token_denoising(
            model,
            samples_to_judge(folder, own, data),
            run=str(folder.path),
            corruption=corruption,
            strength=strength,
            out=out,
            seed=seed,
            report=report,
        )
    corruptor = chosen_corruptor(
        model,
        corruption,
        strength,
        usual=DenoisingOptions(),
        is_unit_interval=model.scaling.is_unit_interval,
    )
    own = read_own_data(folder, progress=progress, is_cancelled=is_cancelled)
    judged = samples_to_judge(folder, own, data)
    trial = _Trial(model, corruptor, seed)
    for rows in model.blocks(len(judged.x)):
        trial.add(model.to_model_scale(judged.x[rows]))
        report(rows.stop, len(judged.x))
    noisy, restored = np.concatenate(trial.noisy_db), np.concatenate(trial.restored_db)
    return DenoisingEvaluation(
        run=str(folder.path),
        data=judged.data,
        split=judged.part,
        num_samples=len(judged.x),
        corruption=corruptor.name,
        strength_min=corruptor.weakest,
        strength=corruptor.strongest,
        noisy_psnr_db=float(noisy.mean()),
        restored_psnr_db=float(restored.mean()),
        files=() if out is None else _write(out, model, trial.shown, noisy, restored),
    )


class _Trial:
    """Damages and restores batches, and keeps the ratios and the first samples."""

    def __init__(self, model: TrainedModel, corruptor: Corruptor, seed: int) -> None:
        self._model = model
        self._corruptor = corruptor
        self._noise = NoiseSource()
        self._noise.reseed(seed, 0)
        self._peak = model.scaling.peak
        self.noisy_db: list[Figures] = []
        self.restored_db: list[Figures] = []
        #: Clean, damaged and restored, each (up to 24, *shape) in model scale.
        self.shown: tuple[Floats, Floats, Floats] | None = None

    def add(self, clean: Floats) -> None:
        """Try one batch in model scale, (B, *shape)."""
        damaged = self._corruptor(torch.from_numpy(clean), self._noise).numpy()
        restored = self._model.reconstruct_scaled(damaged)
        self.noisy_db.append(self._ratio_db(clean, damaged))
        self.restored_db.append(self._ratio_db(clean, restored))
        if self.shown is None:
            self.shown = (clean[:_SHOWN], damaged[:_SHOWN], restored[:_SHOWN])

    def _ratio_db(self, clean: Floats, other: Floats) -> Figures:
        # Tables and sequences are to the formula pictures of one line.
        lines = (len(clean), 1, 1, -1)
        return psnr_db(clean.reshape(lines), other.reshape(lines), self._peak)


def _write(
    out: Path,
    model: TrainedModel,
    shown: tuple[Floats, Floats, Floats] | None,
    noisy_db: Figures,
    restored_db: Figures,
) -> tuple[Path, ...]:
    atomic.make_folder(out, parents=True, exist_ok=True)
    files = [out / "figures.csv"]
    atomic.write_bytes(files[0], _table(noisy_db, restored_db))
    if model.kind is Kind.IMAGES and shown is not None:
        low, high = model.display_range
        versions = [to_rgb8(model.scaling.inverse(samples), low, high) for samples in shown]
        files.append(out / "comparison.png")
        write_png(files[1], side_by_side_rgb8(versions))
    return tuple(files)


def _table(noisy_db: Figures, restored_db: Figures) -> bytes:
    pairs = enumerate(zip(noisy_db, restored_db, strict=True))
    lines = ([row, *(f"{value:.6f}" for value in pair)] for row, pair in pairs)
    return csv_bytes([["row", "noisy_psnr_db", "restored_psnr_db"], *lines])
