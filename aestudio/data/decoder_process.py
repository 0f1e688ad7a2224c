"""One decoding process and the conversation with it; its answers are checked like a foreign file."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from aestudio.data.image_plan import FRAME, ImageFacts, ImagePlan
from aestudio.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Sequence

START_TIMEOUT_S = 60.0
_MAX_REPLY_BYTES = 2**20
#: One thread each: more would reserve address space that the memory limit counts.
_QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: facts and pixels, or the reason why there are none."""

    facts: ImageFacts | None = None
    pixels: memoryview | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accident:
    """The process died, hung or answered nonsense over a batch of files."""

    reason: str


class DecoderProcess:
    """A process that is started when it is first asked, and again after an accident.

    ``ask`` and ``reap`` belong to one thread; ``end_if_late`` and ``close`` may be called from
    another one meanwhile.
    """

    def __init__(self, command: Sequence[str], timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._is_late = False
        self._is_closed = False

    def ask(self, paths: Sequence[str], plan: ImagePlan | None) -> list[Outcome] | Accident:
        """Return one outcome per path.

        Raises
        ------
        HelperError
            The process cannot be started.
        """
        process = self._process or self._start()
        request = {"paths": paths, "plan": None if plan is None else asdict(plan)}
        try:
            reply, pixels = self._exchange(process, json.dumps(request).encode("ascii") + b"\n")
            return _outcomes(reply, pixels, len(paths), 0 if plan is None else plan.num_bytes)
        except (OSError, EOFError, ValueError, TypeError, KeyError):
            reason = "the decoder crashed on it."
            if self._is_late:
                reason = f"decoding took longer than {self._timeout_s:g} s."
            self.reap()
            return Accident(reason)

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
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_closed:
                raise HelperError("the decoder has been closed.", subject="picture decoder")
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
                raise _cannot_start(f"{error}") from None
            self._is_late = False
        try:
            self._exchange(process, b"", START_TIMEOUT_S)
        except (OSError, EOFError, ValueError):
            self.reap()
            raise _cannot_start("it ended at once") from None
        return process

    def _exchange(
        self, process: subprocess.Popen[bytes], request: bytes, timeout_s: float | None = None
    ) -> tuple[Any, memoryview]:
        assert process.stdin is not None
        assert process.stdout is not None
        with self._lock:
            self._deadline = time.monotonic() + (timeout_s or self._timeout_s)
        try:
            process.stdin.write(request)
            process.stdin.flush()
            num_text, num_pixels = FRAME.unpack(_read(process.stdout, FRAME.size))
            if num_text > _MAX_REPLY_BYTES:
                raise ValueError("the reply is too long")
            text = _read(process.stdout, num_text)
            return json.loads(text), memoryview(_read(process.stdout, num_pixels))
        finally:
            with self._lock:
                self._deadline = None


def _read(stream: IO[bytes], num_bytes: int) -> bytes:
    content = stream.read(num_bytes)
    if len(content) < num_bytes:
        raise EOFError
    return content


def _outcomes(reply: Any, pixels: memoryview, num_files: int, num_bytes: int) -> list[Outcome]:
    outcomes = []
    position = 0
    for answer in reply:
        if "error" in answer:
            outcomes.append(Outcome(reason=str(answer["error"])))
            continue
        outcomes.append(Outcome(ImageFacts(**answer), pixels[position : position + num_bytes]))
        position += num_bytes
    if len(outcomes) != num_files or position != len(pixels):
        raise ValueError("the reply does not fit the request")
    return outcomes


def _cannot_start(reason: str) -> HelperError:
    return HelperError(
        f"the process that decodes pictures cannot be started ({reason}).",
        subject="picture decoder",
        next_step="Install the program again.",
    )
