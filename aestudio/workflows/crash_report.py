"""A file with what the developers need to know about an unforeseen error.

It stays on the computer; the person decides whether to send it.
"""

from __future__ import annotations

import os
import platform
import traceback
from datetime import datetime
from pathlib import Path

import platformdirs

from aestudio import __version__
from aestudio.errors import StudioError
from aestudio.runs import atomic

VARIABLE = "AESTUDIO_LOGS"


def report_folder() -> Path:
    """Where crash reports go: the platform's log folder, or what ``AESTUDIO_LOGS`` names."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_log_path("aestudio", appauthor=False)


def write_crash_report(error: BaseException, now: datetime | None = None) -> Path | None:
    """Write versions and the traceback; None where not even that could be written."""
    moment = (now or datetime.now()).strftime("%Y-%m-%d-%H%M%S")
    path = report_folder() / f"crash-{moment}.txt"
    text = (
        f"AE Studio {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n"
        + "".join(traceback.format_exception(error))
    )
    try:
        atomic.make_folder(path.parent, parents=True, exist_ok=True)
        atomic.write_text(path, text)
    except (StudioError, OSError):
        return None
    return path
