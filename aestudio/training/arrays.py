"""What training is given: the stored samples, who is trained on, and the scaling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingArrays:
    """Samples as stored, (N, ``*shape``), any number type, without missing values.

    The model sees ``(x - offset) * scale``; both broadcast against one sample. ``labels`` is (N,),
    -1 where a sample has none, or None.
    """

    x: npt.NDArray[np.generic]
    train_rows: npt.NDArray[np.int64]
    validation_rows: npt.NDArray[np.int64]
    offset: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64] | None = None
