"""What a command prints: one JSON object, or lines for a person; never both.

Results go to stdout, everything else to stderr, so that output can be piped.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np


class Report(Protocol):
    """What a workflow gives back."""

    def to_json(self) -> dict[str, Any]: ...
    def lines(self) -> list[str]: ...


def print_json(values: Mapping[str, Any]) -> None:
    """Print one strict JSON object; numbers that JSON cannot write become null."""
    print(json.dumps(to_json(values), allow_nan=False), flush=True)


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(printable(line))
    sys.stdout.flush()


def print_report(report: Report, as_json: bool) -> None:
    """Print what came of the work, for a program or for a person."""
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(report.lines())


def print_note(text: str) -> None:
    """Say something beside the result."""
    print(printable(text), file=sys.stderr, flush=True)


def table(rows: Sequence[Sequence[str]], *, indent: str = "") -> list[str]:
    """Align columns of text; the last column may be as long as it likes."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        (
            indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def printable(text: str) -> str:
    """Make control characters and undecodable bytes in names visible instead of effective."""
    shown = "".join(
        character if character.isprintable() or character in "\n\t" else ascii(character)[1:-1]
        for character in text
    )
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def to_json(value: Any) -> Any:
    """Turn arrays, paths and numpy numbers into what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_json(value.tolist())
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, np.generic):
        return to_json(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def duration(seconds: float) -> str:
    """Format a duration as a person says it: 8 s, 3:20 min, 2:05 h."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"
