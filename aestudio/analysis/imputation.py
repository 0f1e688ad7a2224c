"""Filling in what is missing from what is there, and how well that works.

The reconstruction of a sample is put in the place of what is missing, the sample is reconstructed
again, and so on: the pseudo-Gibbs sampler of Rezende et al. 2014, https://arxiv.org/abs/1401.4082,
appendix F, without its noise, which for a linear autoencoder is the imputation by iterated PCA of
Ilin & Raiko 2010, https://jmlr.org/papers/v11/ilin10a.html, section 3.1.

Shapes: N samples, M numbers of a sample in model scale, R rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: After this many rounds hardly anything moves any more.
MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True, eq=False)
class GapCheck:
    """How well values that are known, and were hidden for the purpose, were filled in.

    Errors are root mean squares in model scale, where the spread of a standardised feature is 1.
    """

    num_samples: int
    num_hidden: int
    error: float
    #: The error of putting the mean of the training samples in their place.
    error_of_means: float
    #: The number of rounds with the least error.
    num_rounds: int
    #: Squared errors summed over the hidden values of each number, (M,), of the model and of means.
    squares: Doubles
    squares_of_means: Doubles

    @property
    def gain_percent(self) -> float:
        """How much lower the error is than that of the means."""
        if self.error_of_means == 0:
            return 0.0
        return 100.0 * (1.0 - self.error / self.error_of_means)


def rounds(
    reconstruct: Callable[[Floats], Floats],
    filled: Floats,
    present: Flags,
    num_rounds: int = MOST_ROUNDS,
) -> Iterator[Floats]:
    """Yield the samples after each round, (N, ...), values that are there as they are.

    ``filled`` has something harmless where ``present`` is False.
    """
    for _ in range(num_rounds):
        filled = np.where(present, filled, reconstruct(filled))
        yield filled


def hide(present: Flags, share: float, seed: int) -> Flags:
    """Return what stays, as ``present``, when each value that is there is hidden with that chance.

    ``present`` is (N, D), cells as stored.
    """
    draws = np.random.Generator(np.random.Philox(key=seed)).random(present.shape)
    return present & (draws >= share)


def check_filling(
    reconstruct: Callable[[Floats], Floats],
    truth: Floats,
    hidden: Flags,
    remaining: Flags,
    fill: Floats,
) -> GapCheck | None:
    """Hide values, fill them in, and compare; None where nothing was hidden.

    ``truth`` (N, ...) is in model scale; ``hidden`` values are known but not shown, ``remaining``
    ones are shown; ``fill`` broadcasts against a sample and stands for the mean.
    """
    num_hidden = int(hidden.sum())
    if num_hidden == 0:
        return None
    start = np.where(remaining, truth, fill)
    squares_RM = [_squares(after, truth, hidden) for after in rounds(reconstruct, start, remaining)]
    best = int(np.argmin([squares_M.sum() for squares_M in squares_RM]))
    of_means = _squares(start, truth, hidden)
    return GapCheck(
        num_samples=len(truth),
        num_hidden=num_hidden,
        error=float(np.sqrt(squares_RM[best].sum() / num_hidden)),
        error_of_means=float(np.sqrt(of_means.sum() / num_hidden)),
        num_rounds=best + 1,
        squares=squares_RM[best],
        squares_of_means=of_means,
    )


def _squares(found: Floats, truth: Floats, hidden: Flags) -> Doubles:
    difference = np.where(hidden, found - truth, 0.0).reshape(len(truth), -1)
    return np.asarray(np.square(difference, dtype=np.float64).sum(axis=0))
