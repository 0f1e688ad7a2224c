"""Which learning rates teach: a short training with growing rates, on a copy of the network.

Smith 2017, https://arxiv.org/abs/1506.01186, section 3.3.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.errors import OptionError
from aestudio.training.full_batch import is_full_batch
from aestudio.training.rate_range import growing_rates, losses_by_rate
from aestudio.workflows.reporting import IsCancelled, Progress, reporting
from aestudio.workflows.training import Preparation

Floats = npt.NDArray[np.float64]

LOWEST_RATE, HIGHEST_RATE = 1e-6, 1.0
NUM_STEPS = 200
_FEWEST_STEPS, _MOST_STEPS = 20, 2000
#: Steps after which a loss counts half in the smoothed curve, on either side.
_HALF_LIFE = 5
#: The rate with the lowest loss is close to too high for a whole run.
_BELOW_LOWEST = 3.0
#: A fall by less than this many standard deviations of the first losses is chance.
_LEAST_FALL = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTest:
    """The loss at every rate that was tried, (K,) each, and what follows from it.

    ``suggestion`` is a third of the rate with the lowest smoothed loss, to two digits; None when the
    loss fell at no rate by more than it scatters from batch to batch.
    """

    data: str
    optimizer: str
    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None
    lowest_at: float
    #: The rate from which on there was no point in trying; None if there is none.
    breaks_at: float | None
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def meaning(self) -> str:
        """What the curve says, in one sentence."""
        if self.suggestion is None:
            return (
                "The loss fell at no rate by more than it scatters from batch to batch: look at "
                "the data and the network first."
            )
        end = (
            f"from {self.breaks_at:.2g} on nothing can be learned"
            if self.breaks_at is not None
            else "higher rates only make it worse"
            if self.lowest_at < self.rates[-1]
            else "higher rates were not tried"
        )
        return (
            f"The loss is lowest at a rate of {self.lowest_at:.2g}, and {end}; a third of it, "
            f"{self.suggestion:g}, learns fast and leaves room for the rest of a run."
        )

    def lines(self) -> list[str]:
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.data}: {len(self.rates)} steps of {self.optimizer}, {self.seconds:.1f} s"
        yield "rate      loss"
        every = max(1, len(self.rates) // 12)
        for rate, loss in zip(self.rates[::every], self.smoothed[::every], strict=True):
            yield f"{rate:.1e}   {loss:.5g}"
        yield self.meaning
        if self.suggestion is not None:
            yield f"Suggested: --set training.learning_rate={self.suggestion:g}"


def find_learning_rate(
    preparation: Preparation,
    *,
    low: float = LOWEST_RATE,
    high: float = HIGHEST_RATE,
    num_steps: int = NUM_STEPS,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> RateTest:
    """Try rates from ``low`` to ``high``, one step each; the preparation's network stays as it is.

    Raises :class:`OptionError` for an empty range, and for less than 20 or more than 2000 steps.
    """
    if not 0 < low < high:
        raise OptionError(
            f"the rates go from {low:g} to {high:g}.",
            subject="--low",
            next_step="Give a low rate above 0, and a high one above it.",
        )
    if not _FEWEST_STEPS <= num_steps <= _MOST_STEPS:
        raise OptionError(
            f"a curve needs {_FEWEST_STEPS} to {_MOST_STEPS} steps, not {num_steps}.",
            subject="--steps",
            next_step=f"Give {NUM_STEPS}.",
        )
    started_s = time.perf_counter()
    experiment = preparation.experiment
    if is_full_batch(experiment.training):
        raise OptionError(
            "the optimiser lbfgs finds the length of its steps itself; there is no rate to look for.",
            subject="training.optimizer",
            next_step="Train with it as it is, or set training.optimizer to adamw.",
        )
    rates = growing_rates(low, high, num_steps)
    losses = losses_by_rate(
        copy.deepcopy(preparation.autoencoder),
        preparation.arrays,
        experiment.training,
        rates,
        reporting(progress, is_cancelled),
    )
    smoothed = smooth_both_ways(losses)
    suggestion, lowest = suggest_rate(np.asarray(rates[: len(losses)]), losses, smoothed)
    return RateTest(
        data=preparation.dataset.name,
        optimizer=experiment.training.optimizer,
        rates=tuple(rates[: len(losses)]),
        losses=tuple(losses.tolist()),
        smoothed=tuple(smoothed.tolist()),
        suggestion=suggestion,
        lowest_at=lowest,
        breaks_at=rates[len(losses)] if len(losses) < len(rates) else None,
        seconds=time.perf_counter() - started_s,
    )


def smooth_both_ways(losses: Floats) -> Floats:
    """Return the mean of each loss and its neighbours on both sides, so without a lag, (K,).

    Losses high above the first count as one a little above it, because the last of a test that
    ends in infinity would else lift the whole curve.
    """
    first = np.median(losses[: _head(losses)])
    bounded = np.minimum(losses, first + (first - losses.min()))
    places = np.arange(len(losses))
    weights = 0.5 ** (np.abs(places[:, None] - places) / _HALF_LIFE)
    return np.asarray(weights @ bounded / weights.sum(1))


def suggest_rate(rates: Floats, losses: Floats, smoothed: Floats) -> tuple[float | None, float]:
    """Return the suggestion, or None, and the rate with the lowest smoothed loss."""
    lowest = int(np.argmin(smoothed))
    first = losses[: _head(losses)]
    if not first.mean() - smoothed[lowest] > _LEAST_FALL * first.std():
        return None, float(rates[lowest])
    return float(f"{rates[lowest] / _BELOW_LOWEST:.1e}"), float(rates[lowest])


def _head(losses: Floats) -> int:
    """How many of the first losses come from rates too low to change anything."""
    return max(5, len(losses) // 10)
