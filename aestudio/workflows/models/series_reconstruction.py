"""A model that was trained on windows, applied to a series of any length.

Windows that overlap are reconstructed one by one, and each step is the mean of all that hold it.
Shapes: T steps of a window, C channels, L steps of a series, B windows at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.layout import as_series
from aestudio.data.dataset import Kind
from aestudio.data.series.own_scale import OwnScale
from aestudio.errors import DataError
from aestudio.training.preview import evaluation_batch_size
from aestudio.workflows.models.scaled_model import ScaledModel
from aestudio.workflows.reporting import IsCancelled, Progress, reporting

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

#: So many windows hold each step, where nothing else is said.
_OVERLAP = 4


@dataclass(frozen=True, slots=True, eq=False)
class SeriesReconstruction:
    """What a model makes of one series, and how far that is from it."""

    #: (L, C), in the series' own scale.
    values: Floats
    #: (L,): squared error in model scale, mean over the channels.
    squared_error: Floats

    @property
    def worst_step(self) -> int:
        """The step with the largest error, counted from 0."""
        return int(np.argmax(self.squared_error))


class StepMeans:
    """Sums up what windows say of each step, and gives the mean."""

    def __init__(self, num_steps: int, num_channels: int) -> None:
        self._sums = np.zeros((num_steps, num_channels))
        self._squares = np.zeros(num_steps)
        self.counts = np.zeros(num_steps, np.int64)

    def add(self, starts_B: npt.NDArray[np.int64], outputs_BTC: Array, squared_BT: Array) -> None:
        """Take what windows that begin at these steps say, and their squared errors."""
        steps = starts_B[:, None] + np.arange(outputs_BTC.shape[1])
        np.add.at(self._sums, steps, np.asarray(outputs_BTC, np.float64))
        np.add.at(self._squares, steps, np.asarray(squared_BT, np.float64))
        np.add.at(self.counts, steps, 1)

    def of(
        self, steps: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the mean values (S, C) and squared errors (S,) of steps that some window holds."""
        counts = self.counts[steps]
        return self._sums[steps] / counts[:, None], self._squares[steps] / counts


def reconstruct_series(
    model: ScaledModel,
    series: npt.ArrayLike,
    *,
    stride: int | None = None,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> SeriesReconstruction:
    """Reconstruct a series (L, C), or (L,) of a single channel, of at least one window.

    ``stride`` is how many steps lie between the beginnings of windows, a quarter of one by default.
    Raises :class:`DataError` when the series is too short or has other channels than the model.
    """
    if model.kind is not Kind.SEQUENCES:
        raise DataError(
            f"the model has learned {model.kind}, not series.",
            subject="series",
            next_step="Take a model that was trained on windows or sequences.",
        )
    length, num_channels = model.shape
    values = as_series(series, num_channels)
    if len(values) < length:
        raise DataError(
            f"a series of {len(values):,} steps is shorter than the windows of {length:,} that the model takes.",
            subject="series",
            next_step="Give a longer series.",
        )
    starts = np.arange(0, len(values) - length + 1, stride or max(1, length // _OVERLAP))
    if starts[-1] + length < len(values):
        starts = np.append(starts, len(values) - length)
    windows = np.lib.stride_tricks.sliding_window_view(values, length, axis=0).transpose(0, 2, 1)
    means = StepMeans(len(values), num_channels)
    report = reporting(progress, is_cancelled)
    step = evaluation_batch_size(length * num_channels)
    for first in range(0, len(starts), step):
        chosen = starts[first : first + step]
        means.add(chosen, *_reconstructed(model, windows[chosen]))
        report(min(first + step, len(starts)), len(starts))
    outputs, squared = means.of(np.arange(len(values)))
    return SeriesReconstruction(outputs.astype(np.float32), squared.astype(np.float32))


def _reconstructed(model: ScaledModel, windows_BTC: Array) -> tuple[Floats, Floats]:
    """Return windows as the model sees them, (B, T, C), and their squared errors (B, T)."""
    own = None
    if model.experiment.data.series_scale == "own":
        own = OwnScale.of(windows_BTC)
        windows_BTC = own.forward(windows_BTC)
    target = model.to_model_scale(windows_BTC)
    output = model.reconstruct_scaled(target)
    squared = np.square(model.difference(windows_BTC, target, output))
    stored = model.scaling.inverse(output)
    return stored if own is None else own.inverse(stored), squared.mean(axis=2)
