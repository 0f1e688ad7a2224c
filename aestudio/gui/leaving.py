"""Ends the program although a background thread is still in compiled code."""

from __future__ import annotations

import logging
import os
import sys
import threading


def leave_if_busy(code: int) -> None:
    """End the process with ``code`` where a background thread is still at work; return otherwise.

    A thread that was asked to end may be inside an import or a long operation and answer too late.
    Python would unwind it through the C++ that it is in when it comes back, which aborts the
    process. Nothing is lost by leaving at once: what a thread writes is there whole or not at all.
    """
    if not any(thread.daemon for thread in threading.enumerate()):
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Both are None where the program was started without a terminal.
        if stream is not None:
            stream.flush()
    os._exit(code)
