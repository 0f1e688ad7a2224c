"""What a reader is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.data.files.plain_words import printable
from aestudio.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aestudio.data.columns import Column
    from aestudio.data.files.doors import Glimpse
    from aestudio.data.options import DataOptions


class ReadingCancelled(StudioError):  # noqa: N818 - nothing failed
    """The person changed their mind; nothing is wrong with the data."""


@dataclass(frozen=True, slots=True)
class Request:
    """One source to read, how to read it, and whom to tell."""

    glimpse: Glimpse
    options: DataOptions
    #: Called with (items done, items in all), 0 for the latter while nobody knows it.
    progress: Callable[[int, int], None]
    is_cancelled: Callable[[], bool]
    #: The symbols of the model that the samples are read for, where it has such: texts are then
    #: written in these.
    symbols: tuple[str, ...] = ()
    #: The columns of the model that a table is read for, where it has learned a table: these are
    #: read, in this order and with these categories.
    columns: tuple[Column, ...] = ()

    @property
    def path(self) -> Path:
        return self.glimpse.path

    def check_cancelled(self) -> None:
        """Raise :class:`ReadingCancelled` when the person has asked to stop."""
        if self.is_cancelled():
            raise ReadingCancelled("reading was cancelled.", subject=printable(self.path))
