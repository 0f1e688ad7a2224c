"""A training in the terminal: progress while it runs, signals that stop it, what came of it."""

from __future__ import annotations

import contextlib
import shlex
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import FrameType
from typing import TYPE_CHECKING, Any

from aestudio.cli.output import duration
from aestudio.cli.progress import ProgressDisplay
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a training that did not fail came to."""

    run: Path
    started: RunStarted
    finished: RunFinished
    epochs: tuple[EpochDone, ...]
    #: What the program ends with: that of the signal, if one has stopped the training.
    exit_code: int = 0

    @property
    def was_stopped(self) -> bool:
        return self.finished.reason is FinishReason.STOPPED

    @property
    def quoted_run(self) -> str:
        return shlex.quote(str(self.run))

    def to_json(self) -> dict[str, Any]:
        """Return the figures of ``train --json``; per-epoch lists cover this session's epochs."""
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
    """Watch the session to its end, which signals bring about in good order.

    Raises what ended the run if it failed.
    """
    with stopped_by_signals(control) as stop:
        outcome = watch(session)
    return replace(outcome, exit_code=stop.exit_code) if outcome.was_stopped else outcome


def watch(session: TrainingSession) -> Outcome:
    """Iterate the session to its end, showing progress on stderr.

    Raises what ended the run if it failed.
    """
    # Imported here, where torch is there already: quick commands do without.
    from aestudio.workflows.training import follow_to_end

    with ProgressDisplay("Training") as display:
        shown = _Shown(display, session.run.path)
        finished = follow_to_end(session, shown.show)
    assert shown.started is not None
    return Outcome(
        run=session.run.path,
        started=shown.started,
        finished=finished,
        epochs=tuple(shown.epochs),
    )


class _Shown:
    """Shows the events of one session, and keeps those that its figures come from."""

    def __init__(self, display: ProgressDisplay, run: Path) -> None:
        self._display = display
        self._run = run
        self.started: RunStarted | None = None
        self.epochs: list[EpochDone] = []

    def show(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self.started = event
            self._display.note(
                f"{event.num_train:,} samples to learn from, {event.num_validation:,} held back; "
                f"{event.num_parameters:,} parameters on {event.device} ({event.precision})."
            )
            self._display.note(f"Run: {self._run}")
            if event.num_validation:
                self._display.note("In brackets: the same on the samples held back.")
        elif isinstance(event, StepsDone) and self.started is not None:
            num_epochs = self.started.num_epochs
            self._display.show(
                event.step,
                num_epochs * self.started.steps_per_epoch,
                f"epoch {event.epoch}/{num_epochs}  {event.samples_per_s:,.0f} samples/s",
                event.remaining_s,
            )
        elif isinstance(event, EpochDone) and self.started is not None:
            self.epochs.append(event)
            self._display.note(_epoch_line(event, self.started.num_epochs))


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

    @property
    def exit_code(self) -> int:
        """128 plus the signal's number, as shells expect; 0 where there was none."""
        return 128 + self.signal_number if self.signal_number else 0


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
