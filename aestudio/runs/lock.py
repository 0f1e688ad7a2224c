"""Which process trains in a run folder.

The lock is the system's (flock): it vanishes with the process that holds it, however that ends.
The file's content only says who holds it.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from pathlib import Path

from aestudio.errors import RunError
from aestudio.runs import atomic
from aestudio.runs.reading import read_file

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "run.lock"
_ATTEMPTS = 5
_PAUSE_S = 0.02


class RunLock:
    """The right to write into one run folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._descriptor = -1
        #: What to tell the person, when the file system knows no locks.
        self.note = ""

    @property
    def is_held(self) -> bool:
        return self._descriptor >= 0

    def acquire(self) -> None:
        """Take the lock; does nothing when this object holds it already.

        Raises :class:`RunError` that names the holder when another one has it, and
        :class:`OutputError` where the folder cannot be written.
        """
        if self.is_held:
            return
        path = self._root / NAME
        descriptor = atomic.open_in_place(path)
        try:
            if not self._lock(descriptor):
                raise RunError(
                    f"another AE Studio ({holder(self._root)}) is training in this run.",
                    subject=self._root,
                    next_step="Wait until it has finished, or stop it there.",
                )
            atomic.cut(path, descriptor, 0)
            who = json.dumps({"pid": os.getpid(), "host": platform.node()})
            atomic.append(path, descriptor, who.encode(), start=0)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        if self.is_held:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lock(self, descriptor: int) -> bool:
        for attempt in range(_ATTEMPTS):
            if attempt:
                # A reader that asks whether the run is in use holds the lock for microseconds.
                time.sleep(_PAUSE_S)
            try:
                _take(descriptor, is_shared=False)
            except BlockingIOError:
                continue
            except OSError:
                self.note = "This file system knows no locks: open the run in one program only."
            return True
        return False


def is_in_use(root: Path) -> bool:
    """Whether somebody, in this process or another one, trains in the run."""
    try:
        descriptor = os.open(root / NAME, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        _take(descriptor, is_shared=True)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def holder(root: Path) -> str:
    """Who says of itself that it holds the lock: ``process 123 on HOST``."""
    with contextlib.suppress(RunError, ValueError, KeyError, TypeError, RecursionError):
        who = json.loads(read_file(root, NAME, most_bytes=1000))
        host = "".join(letter for letter in str(who["host"]) if letter.isprintable())
        return f"process {int(who['pid'])} on {host[:100]}"
    return "an unknown process"


def _take(descriptor: int, *, is_shared: bool) -> None:
    if sys.platform == "win32":
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
