"""The stage of the pipe that writes: ``for event in record(run, fit(...))``.

Each event is on the disk before it is passed on. A disk error ends the training: the last good
state stays, and the run reports that it failed and why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime

from aestudio.errors import (
    FailureError,
    MemoryFullError,
    OutputError,
    StorageError,
    StudioError,
)
from aestudio.runs.folder import RunFolder
from aestudio.runs.history import Appender, Position, split_lines
from aestudio.runs.metrics import METRICS_NAME, epoch_line, finite_terms, step_lines
from aestudio.runs.previews import HasSamples
from aestudio.runs.reading import MEBIBYTE, read_file
from aestudio.runs.schema import Problem, Progress, RunStatus, TrainingFacts
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

TIMING_NAME = "timing.jsonl"
#: How often ``run.json`` follows the progress; each time costs a few milliseconds.
_INFO_INTERVAL_S = 10.0

_log = logging.getLogger(__name__)


def record(
    run: RunFolder, events: Iterable[Event], *, samples: HasSamples | None = None
) -> Generator[Event, None, None]:
    """Write every event into ``run``, then pass it on; exactly one ``RunFinished`` comes last.

    ``samples`` is what the rows of the previews point into; with it a run can be replayed without
    its data. The lock is held from the first event to the last.
    """
    recorder = _Recorder(run, samples)
    stream = iter(events)
    try:
        while True:
            # Named errors of the work and of the disk end the run alike; an unknown one is a
            # mistake in the program, which the person should see as a failed run, and we in the log.
            try:
                event = recorder.next_event(stream)
            except StudioError as error:
                event = recorder.failed(error)
            except MemoryError as error:
                event = recorder.failed(_out_of_memory(error))
            except Exception as error:
                _log.exception("training in %s ended unexpectedly", run.path)
                event = recorder.failed(_unexpected(error))
            yield event
            if isinstance(event, RunFinished):
                return
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
        recorder.close()


class _Recorder:
    """What is open while a run is recorded."""

    def __init__(self, run: RunFolder, samples: HasSamples | None) -> None:
        self._run = run
        self._samples = samples
        self._metrics: Appender | None = None
        self._timing: Appender | None = None
        self._progress = run.info.progress
        self._info_written_s = 0.0
        self._run_id = run.info.run_id

    def next_event(self, stream: Iterator[Event]) -> Event:
        """Take the next event and write it."""
        if not self._run.lock.is_held:
            self._run.acquire()
        event = next(stream, None)
        if event is None:
            raise FailureError(
                "training ended without saying how.",
                subject=self._run.path,
                next_step="Resume the run.",
            )
        try:
            self._write(event)
        except OutputError as error:
            # The place could be written when the run began, so it is the disk that changed.
            raise StorageError(
                error.reason,
                subject=error.subject,
                next_step="Make the folder writable again, then resume.",
            ) from error
        return event

    def failed(self, error: StudioError) -> RunFinished:
        """Report the failure, in ``run.json`` too if the disk lets us."""
        event = RunFinished(
            run_id=self._run_id,
            reason=FinishReason.FAILED,
            epoch=self._progress.epoch,
            step=self._progress.step,
            best_epoch=self._progress.best_epoch,
            elapsed_s=self._progress.elapsed_s,
            error=error,
        )
        if self._run.lock.is_held:
            try:
                self._finish(event)
            except (OutputError, StorageError) as second:
                # The status on the disk stays "running", which reads as interrupted.
                _log.warning("the failure could not be written: %s", second)
        return event

    def close(self) -> None:
        for appender in (self._metrics, self._timing):
            if appender is not None:
                appender.close()
        self._run.release()

    def _write(self, event: Event) -> None:
        self._run_id = event.run_id
        match event:
            case RunStarted():
                self._start(event)
            case StepsDone():
                self._opened(self._metrics).append(step_lines(event))
            case EpochDone():
                self._end_epoch(event)
            case PreviewReady():
                self._run.previews.save(event)
            case CheckpointReady():
                metrics = self._opened(self._metrics)
                # Before the state that names this position of the file.
                metrics.sync()
                self._run.checkpoints.save(event.checkpoint, metrics.position)
                self._follow()
            case RunFinished():
                self._finish(event)

    def _start(self, event: RunStarted) -> None:
        run = self._run
        position = run.checkpoints.rewind(event.steps_done)
        self._metrics = Appender(run.path / METRICS_NAME, position)
        self._timing = Appender(run.path / TIMING_NAME, _end_of_lines(run))
        run.previews.begin(event, self._samples)
        self._progress = Progress(
            epoch=event.epochs_done,
            step=event.steps_done,
            best_epoch=run.metrics().best_epoch,
            elapsed_s=self._progress.elapsed_s if event.steps_done else 0.0,
        )
        self._timing.append(
            [
                {
                    "kind": "started",
                    "at": _now(),
                    "step": event.steps_done,
                    "device": event.device,
                    "precision": event.precision,
                }
            ]
        )
        run.update(
            status=RunStatus.RUNNING,
            finished_at=None,
            problem=None,
            progress=self._progress,
            training=TrainingFacts(
                device=event.device,
                precision=event.precision,
                num_parameters=event.num_parameters,
                batch_size=event.batch_size,
                num_epochs=event.num_epochs,
                steps_per_epoch=event.steps_per_epoch,
                term_names=event.term_names,
            ),
        )
        self._info_written_s = time.monotonic()

    def _end_epoch(self, event: EpochDone) -> None:
        self._opened(self._metrics).append([epoch_line(event)])
        self._opened(self._timing).append(
            [
                {
                    "kind": "epoch",
                    "at": _now(),
                    "epoch": event.epoch,
                    "samples_per_s": round(event.samples_per_s, 1),
                    "elapsed_s": round(event.elapsed_s, 3),
                }
            ]
        )
        self._progress = Progress(
            epoch=event.epoch,
            step=event.step,
            best_epoch=event.epoch if event.is_best else self._progress.best_epoch,
            elapsed_s=event.elapsed_s,
            train=finite_terms(event.train),
            validation=finite_terms(event.validation),
        )

    def _follow(self) -> None:
        if time.monotonic() - self._info_written_s >= _INFO_INTERVAL_S:
            self._run.update(progress=self._progress)
            self._info_written_s = time.monotonic()

    def _finish(self, event: RunFinished) -> None:
        if self._timing is not None:
            self._timing.append([{"kind": "finished", "at": _now(), "reason": event.reason.value}])
        if self._metrics is not None:
            self._metrics.sync()
        progress = self._progress.model_copy(
            update={
                "epoch": event.epoch,
                "step": event.step,
                "best_epoch": event.best_epoch,
                "elapsed_s": event.elapsed_s,
            }
        )
        self._run.update(
            status=RunStatus(event.reason.value),
            finished_at=_now(),
            progress=progress,
            problem=Problem.of(event.error) if event.error else None,
        )

    def _opened(self, appender: Appender | None) -> Appender:
        if appender is None:
            raise FailureError(
                "training reported something before it said that it had started.",
                subject=self._run.path,
            )
        return appender


def _end_of_lines(run: RunFolder) -> Position:
    if not (run.path / TIMING_NAME).exists():
        return Position()
    return split_lines(read_file(run.path, TIMING_NAME, most_bytes=1024 * MEBIBYTE)).end


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _out_of_memory(error: MemoryError) -> MemoryFullError:
    wrapped = MemoryFullError(
        "the computer's memory is used up.",
        next_step="Close other programs, or choose a smaller batch.",
    )
    wrapped.__cause__ = error
    return wrapped


def _unexpected(error: Exception) -> FailureError:
    wrapped = FailureError(
        f"training stopped by an error in the program: {type(error).__name__}: {error}.",
        next_step="Resume the run; if it happens again, report it with the log.",
    )
    wrapped.__cause__ = error
    return wrapped
