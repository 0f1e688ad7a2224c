"""Progress out, cancellation in, through one callable."""

from __future__ import annotations

from collections.abc import Callable

from aestudio.errors import StudioError

#: Called with (items done, items in all).
Progress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]

#: One of several works is told of in so many parts.
PARTS = 1000


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


def part_of(progress: Progress | None, place: int, count: int) -> Progress:
    """Return what takes the progress of the work at ``place``, and tells that of all ``count``.

    All of them together are ``count * PARTS``.
    """

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(place * PARTS + PARTS * done // max(1, total), count * PARTS)

    return report
