"""A training in the terminal: progress while it runs, signals that stop it, what came of it."""

from __future__ import annotations

import contextlib
import shlex
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

from aestudio.cli.output import duration
from aestudio.cli.progress import ProgressDisplay
from aestudio.errors import FailureError
from aestudio.training.events import (
    EpochDone,
    Event,
    FinishReason,
    RunFinished,
    RunStarted,
    StepsDone,
)

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.training.control import Control
    from aestudio.workflows.training import TrainingSession

#: Signals that end a training in good order, where the system has them.
_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@dataclass
class Outcome:
    """What the events of one session came to."""

    run: Path
    started: RunStarted | None = None
    finished: RunFinished | None = None
    epochs: list[EpochDone] = field(default_factory=list)
    signal_number: int = 0

    @property
    def was_stopped(self) -> bool:
        return self.finished is not None and self.finished.reason is FinishReason.STOPPED

    @property
    def exit_code(self) -> int:
        """0, or 128 plus the signal's number, as shells expect."""
        return 128 + self.signal_number if self.was_stopped and self.signal_number else 0

    @property
    def quoted_run(self) -> str:
        return shlex.quote(str(self.run))

    def raise_if_failed(self) -> None:
        """Raise what ended the run, if it did not end well."""
        if self.finished is None:
            raise FailureError("the training ended without saying why.", subject=self.run)
        if self.finished.reason in (FinishReason.DIVERGED, FinishReason.FAILED):
            raise self.finished.error or FailureError(
                f"the training ended: {self.finished.reason}.", subject=self.run
            )

    def to_json(self) -> dict[str, Any]:
        """Return the figures of ``train --json``; per-epoch lists cover this session's epochs."""
        assert self.started is not None
        assert self.finished is not None
        last = self.epochs[-1] if self.epochs else None
        return {
            "run": str(self.run),
            "status": str(self.finished.reason),
            "epochs": self.finished.epoch,
            "steps": self.finished.step,
            "best_epoch": self.finished.best_epoch,
            "samples_per_second": [round(done.samples_per_s, 1) for done in self.epochs],
            "terms": {
                "train": dict(last.train) if last else {},
                "validation": dict(last.validation) if last else {},
            },
            "elapsed_s": round(self.finished.elapsed_s, 3),
            "device": self.started.device,
            "precision": self.started.precision,
            "num_parameters": self.started.num_parameters,
            "num_train": self.started.num_train,
            "num_validation": self.started.num_validation,
            "batch_size": self.started.batch_size,
        }

    def lines(self) -> list[str]:
        """Return the same for a person."""
        assert self.finished is not None
        how = {
            FinishReason.COMPLETED: "Finished",
            FinishReason.EARLY: "Stopped early, as validation no longer improved,",
            FinishReason.STOPPED: "Stopped",
        }[self.finished.reason]
        best = self.finished.best_epoch
        lines = [
            f"{how} after epoch {self.finished.epoch} in {duration(self.finished.elapsed_s)}"
            + (f"; the best is epoch {best}." if best else "."),
            f"Run: {self.run}",
        ]
        if not self.was_stopped:
            lines.append(f"Next: aestudio evaluate {self.quoted_run}")
        return lines


def follow(session: TrainingSession, control: Control) -> Outcome:
    """Iterate the session to its end, showing progress on stderr."""
    outcome = Outcome(session.run.path)
    with ProgressDisplay("Training") as display, stopped_by_signals(control) as stop:
        for event in session.events:
            _show(event, outcome, display)
    outcome.signal_number = stop.signal_number
    return outcome


def _show(event: Event, outcome: Outcome, display: ProgressDisplay) -> None:
    if isinstance(event, RunStarted):
        outcome.started = event
        display.note(
            f"{event.num_train:,} samples to learn from, {event.num_validation:,} held back; "
            f"{event.num_parameters:,} parameters on {event.device} ({event.precision})."
        )
        display.note(f"Run: {outcome.run}")
        if event.num_validation:
            display.note("In brackets: the same on the samples held back.")
    elif isinstance(event, StepsDone) and outcome.started is not None:
        display.show(
            event.step,
            outcome.started.num_epochs * outcome.started.steps_per_epoch,
            f"epoch {event.epoch}/{outcome.started.num_epochs}  {event.samples_per_s:,.0f} samples/s",
            event.remaining_s,
        )
    elif isinstance(event, EpochDone) and outcome.started is not None:
        outcome.epochs.append(event)
        display.note(_epoch_line(event, outcome.started.num_epochs))
    elif isinstance(event, RunFinished):
        outcome.finished = event


def _epoch_line(event: EpochDone, num_epochs: int) -> str:
    # With one term the loss is that term, and saying it twice would only fill the line.
    names = list(event.train) if len(event.train) > 2 else ["loss"]
    terms = "  ".join(
        f"{name} {event.train[name]:.4g}"
        + (f" ({event.validation[name]:.4g})" if name in event.validation else "")
        for name in names
    )
    best = "  best" if event.is_best else ""
    return f"epoch {event.epoch}/{num_epochs}  {terms}{best}  {duration(event.remaining_s)} left"


@dataclass
class Stop:
    """The signal that asked the training to stop; 0 while there was none."""

    signal_number: int = 0


@contextlib.contextmanager
def stopped_by_signals(control: Control) -> Iterator[Stop]:
    """The first signal asks the training to stop and save; a second one takes its usual course."""
    heard = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def give_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def stop(number: int, _frame: FrameType | None) -> None:
        heard.signal_number = number
        control.stop()
        give_back()

    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield heard
    finally:
        give_back()
