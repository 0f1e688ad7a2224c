"""What training is given: the stored samples, who is trained on, and the scaling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestudio.data.series.sample_times import SampleTimes
from aestudio.preprocess.table import TableScaling
from aestudio.preprocess.tokens import TokenScaling


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingArrays:
    """Samples as stored, (N, ``*shape``), any number type.

    The model sees ``(x - offset) * scale``; both broadcast against one sample. Where there are
    ``tokens`` it sees one-hot vectors instead, and of a ``table`` with columns of several kinds what
    their maps make of them. ``labels`` is (N,), -1 where a sample has none, or
    None.

    ``fill`` is what the model sees where a value is missing, in model scale; None says that nothing
    is missing, and nobody then looks. What is filled in is no part of the loss unless
    ``learns_fill``.
    """

    x: npt.NDArray[np.generic]
    train_rows: npt.NDArray[np.int64]
    validation_rows: npt.NDArray[np.int64]
    offset: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64] | None = None
    #: When the steps of each sample were, for whoever shows them.
    times: SampleTimes | None = None
    tokens: TokenScaling | None = None
    table: TableScaling | None = None
    fill: npt.NDArray[np.float32] | None = None
    learns_fill: bool = False

    @property
    def numbers_per_sample(self) -> int:
        """How many numbers one sample is in model scale."""
        shape = self.x.shape[1:]
        own = self.tokens or self.table
        if own is not None:
            shape = own.model_shape(shape)
        return int(np.prod(shape, dtype=np.int64))

    def restored(self, scaled: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        r"""Return samples in model scale, (P, ...), as they are stored, (P, \*shape)."""
        own = self.tokens or self.table
        if own is not None:
            return own.inverse(scaled)
        return (scaled / self.scale + self.offset).astype(np.float32)
