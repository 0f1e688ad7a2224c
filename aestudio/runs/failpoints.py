"""Named points at which a test can make the program die or the disk refuse.

``AESTUDIO_FAILPOINT=kill@rename:2`` ends the process, as a power cut would, just before the second
rename; ``raise@write:3`` lets the third write fail once with an input/output error and
``raise@any:5+`` lets every call fail from the fifth on. Points are the kinds of system call that
:mod:`aestudio.runs.atomic` makes. Without the variable a point costs one comparison.
"""

from __future__ import annotations

import errno
import os
import re
import signal
from dataclasses import dataclass, field

VARIABLE = "AESTUDIO_FAILPOINT"
_PATTERN = re.compile(r"(kill|raise)@([a-z]+):([1-9][0-9]*)(\+?)")


@dataclass(slots=True)
class Failpoint:
    """One planned fault, counted down as its point is reached."""

    action: str
    point: str
    nth: int
    is_lasting: bool = False
    error_number: int = errno.EIO
    reached: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> Failpoint:
        """Read ``ACTION@POINT:N`` or ``ACTION@POINT:N+``."""
        found = _PATTERN.fullmatch(text)
        if found is None:
            raise ValueError(f"{VARIABLE} is {text!r}; expected kill@POINT:N or raise@POINT:N[+]")
        action, point, nth, lasting = found.groups()
        return cls(action, point, int(nth), bool(lasting))

    def reach(self, point: str) -> None:
        if self.point not in ("any", point):
            return
        self.reached.append(point)
        count = len(self.reached)
        if count != self.nth and not (self.is_lasting and count > self.nth):
            return
        if self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(self.error_number, os.strerror(self.error_number))


_planned = Failpoint.parse(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def plan(failpoint: Failpoint | None) -> None:
    """Set or clear the fault of this process."""
    global _planned
    _planned = failpoint


def reach(point: str) -> None:
    """Say that ``point`` has been reached."""
    if _planned is not None:
        _planned.reach(point)
