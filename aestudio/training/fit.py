"""The training loop, as a generator of events.

``for event in fit(...)`` runs one step after another; whoever iterates decides what happens to the
events. Stop and pause are flags that are read after each batch. Shapes: T terms, "loss" first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator
from typing import Any

import torch
from torch import Tensor

from aestudio.autoencoders.base import FINISHED, Autoencoder, Progress
from aestudio.errors import DivergedError, FailureError, MemoryFullError, StudioError
from aestudio.training.arrays import TrainingArrays
from aestudio.training.augmentation import augmented, augments
from aestudio.training.averaging import WeightAverage
from aestudio.training.batches import ResidentData, batch_bounds, epoch_order
from aestudio.training.best_epoch import BestEpoch
from aestudio.training.binarisation import binarised
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.clock import Clock
from aestudio.training.control import Control
from aestudio.training.device import choose_device, choose_precision, device_name, use_all_threads
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    FinishReason,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)
from aestudio.training.full_batch import is_full_batch, samples_per_step
from aestudio.training.gradients import GradientMeter
from aestudio.training.options import TrainingOptions
from aestudio.training.preview import Previewer, evaluation_batch_size
from aestudio.training.reporter import Reporter
from aestudio.training.schedules import LearningRate
from aestudio.training.snapshot import capture, restore, to_arrays
from aestudio.training.stepper import Stepper
from aestudio.training.terms import loss_at, run_means

#: The noise of validation is drawn for a step that training never reaches.
_VALIDATION_STEP = 2**40

_log = logging.getLogger(__name__)


def fit(
    autoencoder: Autoencoder,
    arrays: TrainingArrays,
    options: TrainingOptions,
    control: Control,
    *,
    run_id: str,
    checkpoint: Checkpoint | None = None,
) -> Iterator[Event]:
    """Train ``autoencoder`` in place, from the start or from ``checkpoint``.

    Yields exactly one :class:`RunFinished`, last, whatever happens; its ``error`` says what went
    wrong. Weights, and everything reported but times, are a function of the arguments on one
    machine with one number of threads.
    """
    clock = Clock(0.0 if checkpoint is None else float(checkpoint.state.get("elapsed_s", 0.0)))
    loop: _Loop | None = None
    error: StudioError | None = None
    reason = FinishReason.FAILED
    use_all_threads()
    try:
        loop = _Loop(autoencoder, arrays, options, control, clock, run_id)
        reason = yield from loop.run(checkpoint)
    except DivergedError as problem:
        reason, error = FinishReason.DIVERGED, problem
        if loop is not None and loop.is_finite():
            yield loop.checkpoint()
    except StudioError as problem:
        error = problem
    except Exception as problem:
        _log.exception("training failed")
        error = _explain(problem)
    yield RunFinished(
        run_id=run_id,
        reason=reason,
        epoch=loop.epochs_done if loop else 0,
        step=loop.step if loop else 0,
        best_epoch=loop.best.epoch if loop else 0,
        elapsed_s=clock.elapsed_s,
        error=error,
    )


class _Loop:
    """The state of one run while it is iterated."""

    def __init__(
        self,
        autoencoder: Autoencoder,
        arrays: TrainingArrays,
        options: TrainingOptions,
        control: Control,
        clock: Clock,
        run_id: str,
    ) -> None:
        self.device = choose_device(options.device)
        # A line search compares losses that differ by less than half precision can tell.
        wanted = "fp32" if is_full_batch(options) else options.precision
        self.precision = choose_precision(wanted, self.device)
        self.autoencoder = autoencoder.to(self.device)
        self.arrays = arrays
        self.options = options
        self.control = control
        self.clock = clock
        self.run_id = run_id
        self.data = ResidentData(arrays, self.device)
        self.stepper = Stepper(autoencoder, options, self.device)
        self.best = BestEpoch(options.patience)
        self.average = WeightAverage(autoencoder, options.ema)
        num_train = len(arrays.train_rows)
        self.bounds = batch_bounds(num_train, samples_per_step(options, num_train))
        self.learning_rate = LearningRate(options, len(self.bounds))
        self.term_names = self._find_term_names()
        self.reporter = Reporter(
            run_id,
            self.term_names,
            GradientMeter(autoencoder, options.gradient_clip),
            steps_per_epoch=len(self.bounds),
            num_epochs=options.epochs,
            clock=clock,
            device=self.device,
        )
        self.previewer = Previewer(
            autoencoder, self.data, arrays, options.preview_samples, options.map_samples
        )
        self.epochs_done = 0
        self.step = 0
        self._step_in_epoch = 0
        self._last_checkpoint = time.perf_counter()

    def run(self, checkpoint: Checkpoint | None) -> Generator[Event, None, FinishReason]:
        """Yield the events of all epochs; return why the run ended."""
        if checkpoint is not None:
            self._restore(checkpoint)
        yield self._started()
        if checkpoint is None:
            yield self._preview()
        while self.epochs_done < self.options.epochs:
            if self.best.is_exhausted(self.epochs_done) and self._step_in_epoch == 0:
                yield self.checkpoint()
                return FinishReason.EARLY
            is_whole = yield from self._epoch(self.epochs_done + 1)
            if not is_whole:
                yield self.checkpoint()
                return FinishReason.STOPPED
        yield self.checkpoint()
        return FinishReason.COMPLETED

    def _epoch(self, epoch: int) -> Generator[Event, None, bool]:
        """Run one epoch, or what is left of it; return False if stopped before its end."""
        order = self.data.order(epoch_order(self.arrays.train_rows, self.options.seed, epoch))
        if self._step_in_epoch == 0:
            self.reporter.meter.start_epoch()
        self.autoencoder.train()
        self.clock.start_steps()
        epoch_started_s = self.clock.session_s
        num_trained = 0
        for start, stop in self.bounds[self._step_in_epoch :]:
            self._train_on(order[start:stop], order[stop : stop + self.options.batch_size])
            num_trained += stop - start
            is_last = self._step_in_epoch == len(self.bounds)
            self.reporter.close_block(self.step, self._step_in_epoch, self.stepper.gradients)
            if is_last or self.reporter.is_due:
                yield self._report(epoch)
            if self.control.is_paused and not self.control.is_stopping:
                yield from self._pause(epoch)
            if self.control.is_stopping and not is_last:
                yield from self._rest(epoch)
                return False
            if not is_last and self._checkpoint_is_due():
                yield from self._rest(epoch)
                yield self.checkpoint()
        speed = num_trained / max(self.clock.session_s - epoch_started_s, 1e-9)
        self.epochs_done, self._step_in_epoch = epoch, 0
        self.autoencoder.eval()
        train = self.reporter.epoch_means()
        with self.average.in_place():
            validation = self._validate()
            final_loss = self._final_loss(validation or train)
            is_best = self.best.update(epoch, final_loss, self.autoencoder)
        learning_rate = self.learning_rate.at(self.step - 1)
        self.learning_rate.end_epoch(final_loss)
        self.clock.count_epoch()
        yield EpochDone(
            run_id=self.run_id,
            epoch=epoch,
            step=self.step,
            train=train,
            validation=validation,
            is_best=is_best,
            learning_rate=learning_rate,
            samples_per_s=speed,
            elapsed_s=self.clock.elapsed_s,
            remaining_s=self.reporter.remaining_s(self.epochs_done, 0),
        )
        yield self._preview()
        if self._checkpoint_is_due() and epoch < self.options.epochs:
            yield self.checkpoint()
        return not (self.control.is_stopping and epoch < self.options.epochs)

    def _train_on(self, rows_B: Tensor, next_rows: Tensor) -> None:
        self.autoencoder.noise.reseed(self.options.seed, self.step)
        batch = self.data.batch(rows_B)
        self.data.expect(next_rows)
        if augments(self.options, self.epochs_done + 1):
            batch = augmented(batch, self.options, self.autoencoder.noise)
        batch = binarised(batch, self.options, self.autoencoder.noise)
        progress = Progress(self.step, len(self.bounds))
        self.stepper.set_learning_rate(self.learning_rate.at(self.step))
        loss, means = self.stepper.step(batch, progress, self.precision)
        self.average.update(self.step, self.stepper.failed)
        self.reporter.add(loss, means, len(rows_B))
        self.step += 1
        self._step_in_epoch += 1

    def _report(self, epoch: int) -> StepsDone:
        """Report what is new, unless a step was not finite: then the run ends here."""
        num_good_steps = self.stepper.find_failure()
        if num_good_steps is not None:
            raise self._diverged(num_good_steps)
        return self.reporter.report(
            epoch=epoch,
            step=self.step,
            epochs_done=self.epochs_done,
            step_in_epoch=self._step_in_epoch,
        )

    def _rest(self, epoch: int) -> Iterator[StepsDone]:
        """Report whole points of the curves that nobody has been told of, if there are any."""
        if self.reporter.meter.has_blocks:
            yield self._report(epoch)

    def _pause(self, epoch: int) -> Iterator[Event]:
        yield from self._rest(epoch)
        yield self.checkpoint()
        paused = time.perf_counter()
        self.control.wait_while_paused()
        self.clock.add_pause(time.perf_counter() - paused)

    @torch.no_grad()
    def _validate(self) -> dict[str, float]:
        rows = self.data.order(self.arrays.validation_rows)
        if len(rows) == 0:
            return {}
        self.autoencoder.noise.reseed(self.options.seed, _VALIDATION_STEP)
        progress = Progress(self.step, len(self.bounds))
        sums = torch.zeros(len(self.term_names))
        for rows_B in rows.split(evaluation_batch_size(self.arrays.numbers_per_sample)):
            sums += len(rows_B) * self._evaluate(rows_B, progress)
        means: list[float] = (sums / len(rows)).tolist()
        return dict(zip(self.term_names, means, strict=True))

    def _evaluate(self, rows_B: Tensor, progress: Progress) -> Tensor:
        """Return the mean of every term over a batch, (T,), in single precision."""
        batch = binarised(self.data.batch(rows_B), self.options, self.autoencoder.noise)
        means = run_means(self.autoencoder, batch, progress)
        return torch.stack([means[name] for name in self.term_names]).cpu()

    def _final_loss(self, means: dict[str, float]) -> float:
        return loss_at(means, self.autoencoder.term_weights(FINISHED))

    @torch.no_grad()
    def _preview(self) -> PreviewReady:
        self.autoencoder.eval()
        with self.average.in_place():
            codes, code_spread = self.previewer.codes()
            reconstructions, certainties = self.previewer.reconstructions()
            return PreviewReady(
                run_id=self.run_id,
                epoch=self.epochs_done,
                step=self.step,
                reconstructions=reconstructions,
                certainties=certainties,
                codes=codes,
                code_spread=code_spread,
                weights=to_arrays(self.autoencoder.state_dict()),
            )

    @torch.no_grad()
    def _find_term_names(self) -> tuple[str, ...]:
        """Ask one sample which terms there are."""
        self.autoencoder.eval()
        batch = self.data.batch(self.data.order(self.arrays.train_rows[:1]))
        return tuple(run_means(self.autoencoder, batch, FINISHED))

    def _started(self) -> RunStarted:
        return RunStarted(
            run_id=self.run_id,
            device=device_name(self.device),
            precision=self.precision,
            num_parameters=sum(p.numel() for p in self.autoencoder.parameters()),
            num_train=len(self.arrays.train_rows),
            num_validation=len(self.arrays.validation_rows),
            batch_size=samples_per_step(self.options, len(self.arrays.train_rows)),
            num_epochs=self.options.epochs,
            steps_per_epoch=len(self.bounds),
            term_names=self.term_names,
            epochs_done=self.epochs_done,
            steps_done=self.step,
            picture_rows=self.previewer.picture_rows,
            map_rows=self.previewer.map_rows,
        )

    def is_finite(self) -> bool:
        """Whether all weights and running statistics are finite numbers."""
        return all(bool(value.isfinite().all()) for value in self.autoencoder.state_dict().values())

    def _checkpoint_is_due(self) -> bool:
        return time.perf_counter() - self._last_checkpoint >= self.options.checkpoint_interval

    def checkpoint(self) -> CheckpointReady:
        """Copy the state of the run as it is now."""
        state: dict[str, Any] = {
            "epochs_done": self.epochs_done,
            "step_in_epoch": self._step_in_epoch,
            "meter": self.reporter.meter.state(),
            "learning_rate": self.learning_rate.state(),
            "elapsed_s": self.clock.elapsed_s,
            "device": self.device.type,
            "precision": self.precision,
            "num_threads": torch.get_num_threads(),
            "torch": str(torch.__version__),
        }
        checkpoint = capture(
            self.autoencoder,
            self.stepper,
            self.best,
            self.average,
            epoch=self.epochs_done,
            step=self.step,
            state=state,
        )
        self._last_checkpoint = time.perf_counter()
        return CheckpointReady(run_id=self.run_id, checkpoint=checkpoint)

    def _restore(self, checkpoint: Checkpoint) -> None:
        restore(checkpoint, self.autoencoder, self.stepper, self.best, self.average)
        self.reporter.meter.restore(checkpoint.state["meter"])
        self.learning_rate.restore(checkpoint.state.get("learning_rate", {}))
        self.epochs_done = int(checkpoint.state["epochs_done"])
        self._step_in_epoch = int(checkpoint.state["step_in_epoch"])
        self.step = checkpoint.step

    def _diverged(self, num_good_steps: int) -> DivergedError:
        self.step = num_good_steps
        self._step_in_epoch = self.step - self.epochs_done * len(self.bounds)
        broken = self.reporter.broken_terms()
        # The sums of this epoch are spoilt; the weights are not, because bad steps are not taken.
        self.reporter.meter.start_epoch()
        what = f"the term '{broken[0]}'" if broken else "the gradient"
        return DivergedError(
            f"{what} stopped being a finite number at step {self.step + 1}; "
            "the weights from before that are kept.",
            subject=broken[0] if broken else "gradient",
            next_step="Lower training.learning_rate, or set training.gradient_clip to 1.",
        )


def _explain(problem: Exception) -> StudioError:
    text = str(problem)
    is_memory = isinstance(problem, MemoryError | torch.OutOfMemoryError)
    if is_memory or "not enough memory" in text or "out of memory" in text:
        return MemoryFullError(
            "there is not enough memory for this step.",
            subject="training.batch_size",
            next_step="Halve training.batch_size, or choose smaller images or layers.",
        )
    return FailureError(f"training failed: {type(problem).__name__}: {text}")
