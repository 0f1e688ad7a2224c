"""A process that decodes what strangers wrote, and the conversation with it.

The process may crash, hang or answer nonsense; the studio lives on and says what happened.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

from aestudio.data.isolation.frames import receive
from aestudio.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Sequence

START_TIMEOUT_S = 60.0
#: What a conversation with a process that has died, or answers nonsense, ends with.
ACCIDENTS = (OSError, EOFError, ValueError, TypeError, KeyError)
#: One thread each: more would reserve address space that the memory limit counts.
_QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class ChildProcess:
    """A process that is started when it is first asked, and again after an accident.

    ``say``, ``hear``, ``accident`` and ``reap`` belong to one thread; ``end_if_late`` and ``close``
    may be called from another one meanwhile.
    """

    def __init__(self, command: Sequence[str], timeout_s: float, subject: str) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._subject = subject
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._is_late = False
        self._is_closed = False

    def say(self, request: bytes) -> None:
        """Send a request, of which the answer has to come in time.

        Raises
        ------
        HelperError
            The process cannot be started.
        """
        process = self._process or self._start()
        assert process.stdin is not None
        self._set_deadline(self._timeout_s)
        process.stdin.write(request)
        process.stdin.flush()

    def hear(self, timeout_s: float | None = None) -> tuple[Any, memoryview]:
        """Wait for the next frame; raises one of :data:`ACCIDENTS` where there is none."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._set_deadline(timeout_s or self._timeout_s)
        try:
            return receive(self._process.stdout)
        finally:
            self._set_deadline(None)

    def accident(self) -> str:
        """End the process over which a conversation broke off, and say in words what it did."""
        self.reap()
        if self._is_late:
            return f"decoding took longer than {self._timeout_s:g} s."
        return "the decoder crashed on it."

    def end_if_late(self) -> None:
        """End the process if it should have answered by now."""
        with self._lock:
            deadline, process = self._deadline, self._process
            if process is not None and deadline is not None and time.monotonic() > deadline:
                self._is_late = True
                process.kill()

    def close(self) -> None:
        """End the process for good; a conversation under way breaks off."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def reap(self) -> None:
        """End the process and free its pipes; only while nobody converses with it."""
        with self._lock:
            process, self._process = self._process, None
            self._deadline = None
        if process is not None:
            process.kill()
            process.communicate()

    def _set_deadline(self, timeout_s: float | None) -> None:
        with self._lock:
            self._deadline = None if timeout_s is None else time.monotonic() + timeout_s

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise HelperError("the decoder has been closed.", subject=self._subject)
            try:
                self._process = process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, **_QUIET},
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise self._cannot_start(f"{error}") from None
            self._is_late = False
        try:
            self.hear(START_TIMEOUT_S)
        except (OSError, EOFError, ValueError):
            self.reap()
            raise self._cannot_start("it ended at once") from None
        return process

    def _cannot_start(self, reason: str) -> HelperError:
        return HelperError(
            f"the process that decodes such files cannot be started ({reason}).",
            subject=self._subject,
            next_step="Install the program again.",
        )
