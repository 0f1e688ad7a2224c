"""What the model makes of the same fixed samples, epoch after epoch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aestudio.autoencoders.base import Autoencoder
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import ResidentData

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

#: Numbers that one evaluation batch may hold; keeps wide pictures from filling the memory.
_BATCH_NUMBERS = 2**21


def evaluation_batch_size(num_features: int) -> int:
    """Return how many samples to run at once when nothing is learned."""
    return max(16, min(4096, _BATCH_NUMBERS // max(1, num_features)))


def picture_rows(arrays: TrainingArrays, num_pictures: int) -> Rows:
    """Choose held-back samples to reconstruct, one of each label in turn; the same for every run."""
    source = arrays.validation_rows if len(arrays.validation_rows) else arrays.train_rows
    rows = _shuffled(source)
    if arrays.labels is None:
        return rows[:num_pictures]
    labels = arrays.labels[rows]
    # The k-th sample of every label comes before the (k+1)-th of any.
    turn = np.empty(len(rows), dtype=np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        turn[members] = np.arange(len(members))
    return rows[np.lexsort((labels, turn))][:num_pictures]


def map_rows(arrays: TrainingArrays, num_points: int) -> Rows:
    """Choose the samples of the live map, in row order; the same for every run."""
    return np.sort(_shuffled(arrays.train_rows)[:num_points])


class Previewer:
    """Reconstructs the fixed pictures and encodes the fixed points of the map.

    Shapes: P pictures, M points, L code size.
    """

    def __init__(
        self,
        autoencoder: Autoencoder,
        data: ResidentData,
        arrays: TrainingArrays,
        num_pictures: int,
        num_points: int,
    ) -> None:
        self.picture_rows = picture_rows(arrays, num_pictures)
        self.map_rows = map_rows(arrays, num_points)
        self._autoencoder = autoencoder
        self._data = data
        self._arrays = arrays
        self._batch_size = evaluation_batch_size(arrays.numbers_per_sample)

    def reconstructions(self) -> tuple[Floats, Floats | None]:
        """Return (P, ``*shape``) in the data's own scale; the module has to be in eval mode.

        Beside them, of tokens, the probability of each symbol that was chosen, (P, T).
        """
        parts = [
            self._autoencoder(self._data.batch(rows).x) for rows in self._batches(self.picture_rows)
        ]
        scaled = _gathered(parts)
        certainties = None if self._arrays.tokens is None else scaled.max(axis=2)
        return self._arrays.restored(scaled), certainties

    def codes(self) -> tuple[Floats, Floats | None]:
        """Return codes and their standard deviations, both (M, L); the latter of clouds only.

        The module has to be in eval mode.
        """
        parts = [
            self._autoencoder.encode_with_spread(self._data.batch(rows).x)
            for rows in self._batches(self.map_rows)
        ]
        spreads = [spread for _, spread in parts if spread is not None]
        return _gathered([codes for codes, _ in parts]), _gathered(spreads) if spreads else None

    def _batches(self, rows: Rows) -> tuple[Tensor, ...]:
        batches: tuple[Tensor, ...] = self._data.order(rows).split(self._batch_size)
        return batches


def _gathered(parts: list[Tensor]) -> Floats:
    gathered: Floats = torch.cat(parts).float().cpu().numpy()
    return gathered


def _shuffled(rows: Rows) -> Rows:
    return np.random.Generator(np.random.Philox(key=0)).permutation(rows)
