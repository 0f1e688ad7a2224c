"""Durations in the words of the window."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """``0:41``, ``12:05`` or ``3:04:59``."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def spoken(seconds: float) -> str:
    """``40 s``, ``3 min`` or ``2.0 h``: as exact as an estimate is."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s" if seconds < 10 else f"{5 * round(seconds / 5)} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
