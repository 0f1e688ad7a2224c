"""What is said about the steps of a run: the means of the terms, the speed, the time left."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from aestudio.training.clock import Clock
from aestudio.training.events import StepsDone
from aestudio.training.gradients import GradientMeter, PhaseGradient
from aestudio.training.meter import TermMeter

_REPORT_INTERVAL_S = 0.1
#: Curves get at most this many points an epoch, and at least one for this many steps.
_POINTS_PER_EPOCH = 50
_LONGEST_BLOCK = 100
#: Gradients are kept at the ends of blocks that are at least this many steps apart, so that writing
#: them down takes far less time than the steps.
_GRADIENT_STRIDE = 20


class Reporter:
    """Collects what each step gave and puts several steps into one report.

    Shapes: T terms, "loss" first.
    """

    def __init__(
        self,
        run_id: str,
        term_names: tuple[str, ...],
        gradients: GradientMeter,
        *,
        steps_per_epoch: int,
        num_epochs: int,
        clock: Clock,
        device: torch.device,
    ) -> None:
        self.meter = TermMeter(len(term_names), device)
        self.gradients = gradients
        self._run_id = run_id
        self._term_names = term_names
        self._steps_per_epoch = steps_per_epoch
        self._num_epochs = num_epochs
        self._clock = clock
        self._block = max(1, min(steps_per_epoch // _POINTS_PER_EPOCH, _LONGEST_BLOCK))
        self._gradient_stride = self._block * -(-_GRADIENT_STRIDE // self._block)
        self._num_steps = 0
        self._num_samples = 0
        self._last_report = time.perf_counter()
        self._speed = math.nan

    @property
    def is_due(self) -> bool:
        """Whether the last report is long enough ago."""
        return time.perf_counter() - self._last_report >= _REPORT_INTERVAL_S

    def add(self, loss: Tensor, means: Mapping[str, Tensor], num_samples: int) -> None:
        """Count one step, whose loss and means of the terms are still on the device."""
        self.meter.add([loss, *(means[name] for name in self._term_names[1:])], num_samples)
        self._num_steps += 1
        self._num_samples += num_samples

    def close_block(
        self, step: int, step_in_epoch: int, gradients: Sequence[PhaseGradient]
    ) -> None:
        """End a point of the curves where one ends: every few steps, and with the epoch.

        ``gradients`` are those of the step that has just been taken.
        """
        is_last = step_in_epoch == self._steps_per_epoch
        if is_last or step_in_epoch % self._block == 0:
            self.meter.end_block(step)
        if is_last or step_in_epoch % self._gradient_stride == 0:
            self.gradients.add(step, gradients)

    def report(self, *, epoch: int, step: int, epochs_done: int, step_in_epoch: int) -> StepsDone:
        """Say what the steps since the last report gave."""
        seconds = self._clock.count_steps(self._num_steps)
        if seconds > 0:
            self._speed = self._smoothed(self._num_samples / seconds, seconds)
        self._num_steps = self._num_samples = 0
        self._last_report = time.perf_counter()
        steps, means = self.meter.take_blocks()
        gradient_steps, gradients = self.gradients.take()
        return StepsDone(
            run_id=self._run_id,
            epoch=epoch,
            step=step,
            steps=steps,
            terms=dict(zip(self._term_names, means, strict=True)),
            gradient_steps=gradient_steps,
            gradients=gradients,
            samples_per_s=self._speed,
            remaining_s=self.remaining_s(epochs_done, step_in_epoch),
        )

    def epoch_means(self) -> dict[str, float]:
        """Return the means of the terms over the epoch so far."""
        return dict(zip(self._term_names, self.meter.epoch_means(), strict=True))

    def broken_terms(self) -> list[str]:
        """Return the terms that were no finite numbers during this epoch."""
        is_sound = zip(self._term_names, self.meter.are_finite(), strict=True)
        return [name for name, is_finite in is_sound if name != "loss" and not is_finite]

    def remaining_s(self, epochs_done: int, step_in_epoch: int) -> float:
        """Estimate the time to the end of the run."""
        epochs_left = self._num_epochs - epochs_done
        return self._clock.remaining_s(
            epochs_left * self._steps_per_epoch - step_in_epoch, epochs_left
        )

    def _smoothed(self, speed: float, seconds: float) -> float:
        # One report covers a few steps; a mean over about a second is what a person can read.
        share = min(1.0, seconds)
        return speed if math.isnan(self._speed) else self._speed + share * (speed - self._speed)
