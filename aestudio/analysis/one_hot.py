"""Symbols as one-hot vectors whose zeros are never written out. Shapes: N samples, T time, V symbols."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse


def sparse_one_hot(tokens_NT: npt.NDArray[Any], num_symbols: int) -> sparse.csr_array:
    """Return (N, T * V): 1 for the symbol that is there at each step."""
    num_samples, num_steps = tokens_NT.shape
    places = tokens_NT.astype(np.int64) + num_symbols * np.arange(num_steps)
    begins = num_steps * np.arange(num_samples + 1)
    ones = np.ones(places.size)
    shape = (num_samples, num_steps * num_symbols)
    return sparse.csr_array((ones, places.ravel(), begins), shape=shape)
