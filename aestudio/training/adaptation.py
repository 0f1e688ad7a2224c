"""What an autoencoder learns from the data before its first step: where samples lie, how far apart.

Inputs shifted to mean zero and scaled to one spread are what LeCun et al. 2012, "Efficient
BackProp", section 4.3, https://doi.org/10.1007/978-3-642-35289-8_3, ask for; the decoder undoes
both. On a few hundred colour pictures it decides between learning and not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.base import Autoencoder
from aestudio.networks.fully_convolutional import takes_any_size
from aestudio.preprocess.statistics import measure, unreported
from aestudio.preprocess.tokens import TokenScaling
from aestudio.training.arrays import TrainingArrays

#: Values to look at; a mean over this many is as good as one over all.
_MOST_VALUES = 2**22
_FEWEST_SAMPLES = 64


def adapt_to_data(
    autoencoder: Autoencoder,
    arrays: TrainingArrays,
    report: Callable[[int, int], None] = unreported,
) -> None:
    """Tell ``autoencoder`` the mean and the spread of the training samples, in model scale.

    Looks at evenly spaced training samples, so that the result is a function of the data alone.
    ``report`` is told how many of them are done, and may raise to end the work.
    """
    num_features = arrays.numbers_per_sample
    num_samples = max(_FEWEST_SAMPLES, _MOST_VALUES // max(1, num_features))
    every = -(-len(arrays.train_rows) // num_samples)
    rows = arrays.train_rows[::every]
    if arrays.table is not None:
        found = measure(arrays.table.forward(arrays.x[rows]), np.arange(len(rows)), axes=(0,))
        mean, spread = found.mean, float(np.sqrt(np.mean(found.spread**2)))
    elif arrays.tokens is None:
        found = measure(arrays.x, rows, axes=(0,), report=report)
        mean = (found.mean - arrays.offset) * arrays.scale
        spread = float(np.sqrt(np.mean((found.spread * arrays.scale) ** 2)))
    else:
        mean = _shares_of_symbols(arrays.x[rows], arrays.tokens)
        spread = float(np.sqrt(np.mean(mean * (1 - mean))))
    if takes_any_size(autoencoder.decoder):
        # What is learned has to hold at every place alike.
        mean = np.broadcast_to(mean.mean(axis=(1, 2), keepdims=True), mean.shape).copy()
    autoencoder.adapt(torch.from_numpy(mean).float(), spread)


def _shares_of_symbols(
    tokens_NT: npt.NDArray[np.generic], tokens: TokenScaling
) -> npt.NDArray[np.float64]:
    """Return how often each symbol stands at each place, (T, V): the mean of one-hot samples."""
    num_steps, num_symbols = tokens.model_shape(tokens_NT.shape[1:])
    places_NT = tokens_NT.astype(np.int64) + num_symbols * np.arange(num_steps)
    counts = np.bincount(places_NT.ravel(), minlength=num_steps * num_symbols)
    return counts.reshape(num_steps, num_symbols) / len(tokens_NT)
