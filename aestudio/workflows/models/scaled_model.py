"""A model with the scaling of its data: samples in, in the scale that it has learned, and out.

What the use of a model is made of; most want :class:`~aestudio.workflows.models.trained_model.TrainedModel`,
which takes and gives everything in the data's own scale. Shapes: N samples, B of them at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.base import Autoencoder
from aestudio.data.dataset import Kind
from aestudio.data.files.mapped_file import check_unchanged
from aestudio.experiment import Experiment
from aestudio.preprocess.missing import refuse_missing
from aestudio.preprocess.scaling import Scaling
from aestudio.training.device import on_one_thread
from aestudio.training.preview import evaluation_batch_size

Array = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float32]

#: What a view asks for at once, while a training may be going on.
_A_FEW_SAMPLES = 64


class ScaledModel:
    """Reconstructs samples in model scale, and knows how they get there and back."""

    def __init__(
        self,
        experiment: Experiment,
        kind: Kind,
        shape: tuple[int, ...],
        scaling: Scaling,
        autoencoder: Autoencoder,
    ) -> None:
        self.experiment = experiment
        self.kind = kind
        #: Of one sample as it is stored.
        self.shape = shape
        self.scaling = scaling
        # Only ever replaced as a whole: whoever is computing keeps the module that it began with.
        self._module = autoencoder.eval()

    @property
    def code_size(self) -> int:
        return self._module.code_size

    @property
    def autoencoder(self) -> Autoencoder:
        """The module itself, for export; it is not to be changed."""
        return self._module

    @property
    def display_range(self) -> tuple[float, float]:
        """The stored values to draw black and white."""
        low, high = (
            (0.0, 1.0) if self.scaling.is_unit_interval else (self.scaling.low, self.scaling.high)
        )
        ends = self.scaling.inverse(np.array([low, high]).reshape(2, *[1] * len(self.shape)))
        return float(ends.min()), float(ends.max())

    def reconstruct_scaled(self, x: Floats) -> Floats:
        """Return the reconstruction, in model scale, of one batch in model scale."""
        with torch.inference_mode(), threads_for(len(x)):
            return np.asarray(self._module(torch.from_numpy(x)).numpy())

    def to_model_scale(self, x: Array) -> Floats:
        """Bring stored samples (N, *shape) to model scale, as training did."""
        check_unchanged(x)
        if self.experiment.preprocess.missing == "refuse":
            refuse_missing(x, self.kind, ())
        return np.ascontiguousarray(self.scaling.forward_filled(x))

    def difference(self, stored: Array, target: Floats, output: Floats) -> Floats:
        """Return how far ``output`` is from ``target``, both (B, *model_shape).

        What is missing in ``stored``, (B, *shape), and what only fills tokens up counts for nothing.
        """
        counts = np.broadcast_to(self.scaling.counted(stored), output.shape)
        return np.where(counts, output - target, np.float32(0))

    def blocks(self, num_samples: int) -> Iterator[slice]:
        """Yield rows that are computed at once, from the first to the last sample."""
        step = evaluation_batch_size(int(np.prod(self._module.sample_shape, dtype=np.int64)))
        for start in range(0, num_samples, step):
            yield slice(start, min(start + step, num_samples))


def squared_errors(difference: Floats) -> npt.NDArray[np.float64]:
    """Return (B,), summed over the features of (B, *model_shape)."""
    flat = difference.reshape(len(difference), -1)
    return np.asarray(np.square(flat, dtype=np.float64).sum(axis=1))


def threads_for(num_samples: int) -> AbstractContextManager[None]:
    """Return a context for computing with so many samples: a few are soonest done by one thread."""
    return on_one_thread() if num_samples <= _A_FEW_SAMPLES else contextlib.nullcontext()
