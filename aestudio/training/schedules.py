"""The learning rate of each step.

Known before the step is taken, from numbers of the computer alone, so that setting it waits for no
device. What follows from the loss, the plateau's cuts, is decided once an epoch and saved with the
run. A resumed run that got more epochs goes on at the rate that the longer run has at that step.
"""

from __future__ import annotations

import math
from typing import Any

from aestudio.training.options import TrainingOptions

#: Of a one-cycle run: the share of its steps that rise when no warm-up is set, and the rates at
#: both ends as parts of the highest (the last one as part of the first).
_RISING_SHARE = 0.3
_FIRST_PART = 1 / 25
_LAST_PART = 1e-4
#: An epoch is better, for the plateau, when the loss falls by more than this part of itself.
_LEAST_GAIN = 1e-4


def rate_factor(step: int, num_steps: int, steps_per_epoch: int, options: TrainingOptions) -> float:
    """Return what ``training.learning_rate`` is multiplied by at ``step``, from 0, of ``num_steps``.

    - warm-up of W steps: (step + 1) / W (Goyal et al. 2017, https://arxiv.org/abs/1706.02677,
      section 2.2); what follows has the remaining steps.
    - cosine: (1 + cos(pi t)) / 2 for t from 0 to 1 (Loshchilov & Hutter 2017,
      https://arxiv.org/abs/1608.03983, equation 5, one period down to 0).
    - one_cycle: up from 1/25 to 1 by half a cosine wave over the warm-up, or 30 % of the steps, then
      down to 1/250,000 (Smith & Topin 2018, https://arxiv.org/abs/1708.07120, with the cosine
      shape and the ends of torch's and fastai's implementations).
    """
    warmup_steps = options.warmup_epochs * steps_per_epoch
    if options.schedule == "one_cycle":
        return _one_cycle(step, num_steps, warmup_steps or _RISING_SHARE * num_steps)
    if step < warmup_steps:
        return min(1.0, (step + 1) / warmup_steps)
    if options.schedule == "cosine":
        return _cosine(1.0, 0.0, (step - warmup_steps) / max(1.0, num_steps - warmup_steps))
    return 1.0


def _one_cycle(step: int, num_steps: int, rising_steps: float) -> float:
    peak = min(max(rising_steps, 1.0), num_steps) - 1
    if step <= peak:
        return _cosine(_FIRST_PART, 1.0, step / peak if peak > 0 else 1.0)
    share = (step - peak) / max(num_steps - 1 - peak, 1e-9)
    return _cosine(1.0, _FIRST_PART * _LAST_PART, share)


def _cosine(start: float, end: float, share: float) -> float:
    """Go from ``start`` to ``end`` along half a cosine wave, for ``share`` from 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


class LearningRate:
    """The rate of every step of one run."""

    def __init__(self, options: TrainingOptions, steps_per_epoch: int) -> None:
        self._options = options
        self._steps_per_epoch = steps_per_epoch
        self._num_steps = options.epochs * steps_per_epoch
        self._reduction = 1.0
        self._lowest = math.inf
        self._num_bad_epochs = 0

    def at(self, step: int) -> float:
        """Return the rate of a step, counted from 0."""
        factor = rate_factor(step, self._num_steps, self._steps_per_epoch, self._options)
        return self._options.learning_rate * self._reduction * factor

    def end_epoch(self, loss: float) -> None:
        """Reduce all further rates when the loss has not fallen for long enough.

        Counts the epochs since the loss last fell by more than 0.01 %; more of them than
        ``plateau_patience`` cut the rate, and counting begins anew.
        """
        if self._options.schedule != "plateau":
            return
        if loss < self._lowest * (1 - _LEAST_GAIN):
            self._lowest = loss
            self._num_bad_epochs = 0
            return
        self._num_bad_epochs += 1
        if self._num_bad_epochs > self._options.plateau_patience:
            self._reduction *= self._options.plateau_factor
            self._num_bad_epochs = 0

    def state(self) -> dict[str, Any]:
        """Return what does not follow from the step alone, as exact JSON values."""
        if self._options.schedule != "plateau":
            return {}
        return {
            "reduction": self._reduction,
            "lowest": self._lowest if math.isfinite(self._lowest) else None,
            "num_bad_epochs": self._num_bad_epochs,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state` gave; nothing, for runs that kept none."""
        if state:
            self._reduction = float(state["reduction"])
            lowest = state["lowest"]
            self._lowest = math.inf if lowest is None else float(lowest)
            self._num_bad_epochs = int(state["num_bad_epochs"])
