"""Progress on stderr: a live bar in a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import math
import sys
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from aestudio.cli.output import duration, print_note

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Where there is no terminal, a line at most this often.
_LINE_INTERVAL_S = 5.0


class ProgressDisplay(AbstractContextManager["ProgressDisplay"]):
    """Shows ``done`` of ``total`` and, once it has been measured, the time left.

    Calling it with (done, total) updates it, which is the form that workflows report in.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._start_s = time.monotonic()
        self._last_line_s = self._start_s

    def __exit__(self, *exception: object) -> None:
        """Remove the bar; the lines above it stay."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __call__(self, done: int, total: int) -> None:
        self.show(done, total)

    def show(
        self,
        done: float,
        total: float,
        detail: str = "",
        remaining_s: float | None = None,
        *,
        is_at_least: bool = False,
    ) -> None:
        """Update; ``remaining_s`` is shown instead of the extrapolation where it is known better.

        It is not a number where nobody can tell, and ``is_at_least`` says that it may become more.
        """
        if remaining_s is None:
            remaining_s = self._extrapolated(done, total)
        left = "" if remaining_s is None else _in_words(remaining_s, is_at_least)
        if sys.stderr.isatty():
            self._show_bar(done, total, detail, left)
            return
        now_s = time.monotonic()
        if now_s - self._last_line_s >= _LINE_INTERVAL_S:
            self._last_line_s = now_s
            share = f"{100 * done / total:.0f} %" if total > 0 else f"{done:.0f}"
            print_note(
                ", ".join(part for part in (f"{self._title}: {share}", detail, left) if part)
            )

    def note(self, text: str) -> None:
        """Print a line that stays, above the bar."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print_note(text)

    def _extrapolated(self, done: float, total: float) -> float | None:
        elapsed_s = time.monotonic() - self._start_s
        # The first moments say more about starting up than about the pace.
        if done <= 0 or elapsed_s < 0.5:
            return None
        return elapsed_s / done * max(0.0, total - done)

    def _show_bar(self, done: float, total: float, detail: str, left: str) -> None:
        if self._bar is None:
            self._bar, self._task = _new_bar(self._title)
            self._bar.start()
        assert self._task is not None
        self._bar.update(
            self._task, completed=done, total=total if total > 0 else None, detail=detail, left=left
        )


def _in_words(remaining_s: float, is_at_least: bool) -> str:
    if math.isnan(remaining_s):
        return ""
    return f"{'more than ' if is_at_least else ''}{duration(remaining_s)} left"


def _new_bar(title: str) -> tuple[Progress, TaskID]:
    # Imported here because most commands end before a bar would be worth drawing.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False, style="dim"),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task(title, total=None, detail="", left="")
