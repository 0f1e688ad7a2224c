"""The studio's side of decoding: up to two processes that decode untrusted pictures.

A process that dies or does not answer in time is replaced, and the one file that did it is named.
To keep the pipes busy, files travel in batches; after an accident the files of that batch go again
one by one, which finds the culprit.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.data.images.plan import MAX_PIXELS
from aestudio.data.isolation.decoder_process import Accident, DecoderProcess, Outcome
from aestudio.errors import HelperError

if TYPE_CHECKING:
    from aestudio.data.images.plan import ImageFacts, ImagePlan

COMMAND = (sys.executable, "-P", "-m", "aestudio.data.isolation.decoding")
MAX_PROCESSES = 2
#: Seconds for one batch of files; a hundred megapixels take about two.
TIMEOUT_S = 20.0
#: Accidents after which something other than the files must be wrong.
MAX_ACCIDENTS = 50

_BATCH_FILES = 32
_BATCH_PIXELS = 8_000_000
_FILES_WORTH_A_SECOND_PROCESS = 100
_TICK_S = 0.02
#: Finished batches that may wait for the caller, so that a slow caller bounds the memory.
_WAITING_BATCHES = 8

Batch = Sequence[int]


@dataclass(frozen=True, slots=True)
class _Finished:
    batch: Batch
    outcomes: Sequence[Outcome] | Accident | HelperError


class DecoderPool(AbstractContextManager["DecoderPool"]):
    """A context that owns the decoding processes; leaving it ends them.

    ``check_cancelled`` is asked every few hundredths of a second and may raise anything; the
    processes are then ended in the middle of whatever they do.
    """

    def __init__(
        self,
        check_cancelled: Callable[[], None] = lambda: None,
        *,
        command: Sequence[str] = COMMAND,
        timeout_s: float = TIMEOUT_S,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        self._check_cancelled = check_cancelled
        self._command = command
        self._timeout_s = timeout_s
        self._max_pixels = max_pixels
        self._processes: list[DecoderProcess] = []
        self._num_accidents = 0

    def __exit__(self, *exception: object) -> None:
        self._end_all()

    def run(
        self,
        paths: Sequence[str],
        plan: ImagePlan | None,
        known: Sequence[ImageFacts] | None = None,
    ) -> Generator[tuple[int, Outcome], None, None]:
        """Yield (position in ``paths``, outcome) for every file, in any order.

        Without a plan only headers are read. ``known`` facts let large pictures travel in small
        batches. Exhaust the generator or close it before leaving the pool.

        Raises
        ------
        HelperError
            A process cannot be started, or they keep dying.
        """
        jobs: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        finished: queue.Queue[_Finished] = queue.Queue(_WAITING_BATCHES)
        for batch in _batches(len(paths), known):
            jobs.put(batch)
        self._start(1 + len(paths) // _FILES_WORTH_A_SECOND_PROCESS)
        threads = [
            threading.Thread(
                target=_serve, args=(process, paths, plan, jobs, finished), daemon=True
            )
            for process in self._processes
        ]
        for thread in threads:
            thread.start()
        is_complete = False
        try:
            yield from self._collect(len(paths), jobs, finished)
            is_complete = True
        finally:
            if not is_complete:
                for process in self._processes:
                    process.close()
            _wind_up(threads, jobs, finished)
            if not is_complete:
                self._end_all()

    def _start(self, wanted: int) -> None:
        num_processes = min(MAX_PROCESSES, os.cpu_count() or 1, wanted)
        while len(self._processes) < num_processes:
            self._processes.append(DecoderProcess(self._command, self._timeout_s, self._max_pixels))

    def _collect(
        self,
        num_files: int,
        jobs: queue.SimpleQueue[Batch | None],
        finished: queue.Queue[_Finished],
    ) -> Iterator[tuple[int, Outcome]]:
        num_left = num_files
        while num_left:
            self._check_cancelled()
            for process in self._processes:
                process.end_if_late()
            try:
                done = finished.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            outcomes = done.outcomes
            if isinstance(outcomes, HelperError):
                raise outcomes
            if isinstance(outcomes, Accident):
                self._count_accident(outcomes)
                if len(done.batch) > 1:
                    for index in done.batch:
                        jobs.put([index])
                    continue
                outcomes = [Outcome(reason=outcomes.reason)]
            num_left -= len(done.batch)
            yield from zip(done.batch, outcomes, strict=True)

    def _count_accident(self, accident: Accident) -> None:
        self._num_accidents += 1
        if self._num_accidents > MAX_ACCIDENTS:
            raise HelperError(
                f"the picture decoder failed {self._num_accidents} times; lastly: {accident.reason}",
                subject="picture decoder",
                next_step="Close other programs to free memory, or leave the damaged pictures out.",
            )

    def _end_all(self) -> None:
        for process in self._processes:
            process.reap()
        self._processes.clear()


def _serve(
    process: DecoderProcess,
    paths: Sequence[str],
    plan: ImagePlan | None,
    jobs: queue.SimpleQueue[Batch | None],
    finished: queue.Queue[_Finished],
) -> None:
    """Feed one process until there are no more jobs; runs in a thread of its own."""
    while (batch := jobs.get()) is not None:
        outcomes: Sequence[Outcome] | Accident | HelperError
        try:
            outcomes = process.ask([paths[index] for index in batch], plan)
        except HelperError as error:
            outcomes = error
        finished.put(_Finished(batch, outcomes))


def _wind_up(
    threads: Sequence[threading.Thread],
    jobs: queue.SimpleQueue[Batch | None],
    finished: queue.Queue[_Finished],
) -> None:
    """Let the threads end: take away what is left to do and what they wait to hand over."""
    while not jobs.empty():
        jobs.get()
    for _ in threads:
        jobs.put(None)
    for thread in threads:
        while thread.is_alive():
            while not finished.empty():
                finished.get()
            thread.join(_TICK_S)


def _batches(num_files: int, known: Sequence[ImageFacts] | None) -> Iterator[Batch]:
    batch: list[int] = []
    num_pixels = 0
    for index in range(num_files):
        batch.append(index)
        if known is not None:
            num_pixels += known[index].width * known[index].height
        if len(batch) == _BATCH_FILES or num_pixels > _BATCH_PIXELS:
            yield batch
            batch, num_pixels = [], 0
    if batch:
        yield batch
