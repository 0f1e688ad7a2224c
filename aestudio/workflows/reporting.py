"""Progress out, cancellation in, through one callable."""

from __future__ import annotations

from collections.abc import Callable

from aestudio.errors import StudioError

#: Called with (items done, items in all).
Progress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]


class WorkCancelledError(StudioError):
    """The person changed their mind; nothing is wrong and nothing was written."""


def reporting(progress: Progress | None, is_cancelled: IsCancelled | None) -> Progress:
    """Return a callable that passes progress on, and raises :class:`WorkCancelledError` when asked to."""

    def report(done: int, total: int) -> None:
        if is_cancelled is not None and is_cancelled():
            raise WorkCancelledError("the work was cancelled.")
        if progress is not None:
            progress(done, total)

    return report
