"""The studio's side of decoding: up to two processes that decode untrusted pictures.

A process that dies or does not answer in time is replaced, and the one file that did it is named.
To keep the pipes busy, files travel in batches; after an accident those of that batch without an
answer go again one by one, which finds the culprit.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.data.images.plan import MAX_PIXELS
from aestudio.data.isolation.decoder_process import Accident, DecoderProcess, Outcome
from aestudio.errors import HelperError

if TYPE_CHECKING:
    from aestudio.data.images.plan import ImagePlan

COMMAND = (sys.executable, "-P", "-m", "aestudio.data.isolation.decoding")
MAX_PROCESSES = 2
#: Seconds without an answer for another file; a hundred megapixels take about two.
TIMEOUT_S = 20.0
#: Accidents after which something other than the files must be wrong.
MAX_ACCIDENTS = 50

#: Files of one batch at most, and batches for each process at least, so that both end together.
_BATCH_FILES = 128
_FEWEST_BATCHES = 8
_FILES_WORTH_A_SECOND_PROCESS = 100
_TICK_S = 0.02
#: Finished batches that may wait for the caller, so that a slow caller bounds the memory.
_WAITING_BATCHES = 8

#: Positions of files that follow each other.
Batch = Sequence[int]
#: The position of a file, and what became of it and of those that follow it.
Part = tuple[int, Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class _Finished:
    batch: Batch
    outcomes: Sequence[Outcome] | Accident | Exception


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
        self, paths: Sequence[str], plan: ImagePlan | None
    ) -> Generator[tuple[int, Outcome], None, None]:
        """Yield (position in ``paths``, outcome) for every file, as :meth:`in_parts` does."""
        with closing(self.in_parts(paths, plan)) as parts:
            for first, outcomes in parts:
                yield from enumerate(outcomes, first)

    def in_parts(self, paths: Sequence[str], plan: ImagePlan | None) -> Generator[Part, None, None]:
        """Yield (first position in ``paths``, outcomes) until every file had its turn, in any order.

        Without a plan only headers are read. Exhaust the generator or close it before leaving the
        pool.

        Raises
        ------
        HelperError
            A process cannot be started, or they keep dying.
        """
        jobs: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        finished: queue.Queue[_Finished] = queue.Queue(_WAITING_BATCHES)
        self._start(1 + len(paths) // _FILES_WORTH_A_SECOND_PROCESS)
        for batch in _batches(len(paths), len(self._processes)):
            jobs.put(batch)
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
    ) -> Iterator[Part]:
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
            if isinstance(outcomes, Exception):
                raise outcomes
            if isinstance(outcomes, Accident):
                self._count_accident(outcomes)
                if len(done.batch) > 1:
                    for index in done.batch:
                        jobs.put([index])
                    continue
                outcomes = [Outcome(reason=outcomes.reason)]
            num_left -= len(done.batch)
            yield done.batch[0], outcomes

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
        left = batch
        try:
            for outcomes in process.ask([paths[index] for index in batch], plan):
                num_done = len(left) if isinstance(outcomes, Accident) else len(outcomes)
                finished.put(_Finished(left[:num_done], outcomes))
                left = left[num_done:]
        except Exception as error:
            # Foreseen or not, whoever waits for an answer has to hear of it.
            finished.put(_Finished(left, error))


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


def _batches(num_files: int, num_processes: int) -> Iterator[Batch]:
    size = max(1, min(_BATCH_FILES, num_files // (_FEWEST_BATCHES * num_processes)))
    for start in range(0, num_files, size):
        yield range(start, min(start + size, num_files))
