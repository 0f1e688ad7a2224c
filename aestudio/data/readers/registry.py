"""Every format that can be read, found by looking into this package.

A new format is one new file: a function ``(Request) -> Dataset`` under the :func:`reader` decorator,
and a function that tells from a :class:`~aestudio.data.files.doors.Glimpse` whether the content is its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.data.dataset import Dataset
from aestudio.data.files.plain_words import printable
from aestudio.data.images.pictures import Pictures
from aestudio.data.refusals import refuse_archive, refuse_by_content
from aestudio.data.request import Request
from aestudio.discovery import import_neighbours
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.files.doors import Glimpse

Read = Callable[[Request], Dataset]
ReadPictures = Callable[[Request], Pictures]


@dataclass(frozen=True, slots=True)
class Reader:
    """One format: how it is called, how it is recognised and how it is read."""

    name: str
    title: str
    #: For file dialogs and messages; content decides, not the suffix.
    suffixes: tuple[str, ...]
    #: Asked first when higher; two readers of equal priority must not claim the same content.
    priority: int
    recognises: Callable[[Glimpse], bool]
    read: Read
    #: Reads pictures each in its own size, where they may differ.
    read_pictures: ReadPictures | None = None


_readers: dict[str, Reader] = {}


def reader(
    *,
    name: str,
    title: str,
    suffixes: tuple[str, ...],
    recognises: Callable[[Glimpse], bool],
    priority: int = 0,
    read_pictures: ReadPictures | None = None,
) -> Callable[[Read], Read]:
    """Register the decorated function as the reader of one format."""

    def register(read: Read) -> Read:
        if name in _readers:
            raise ValueError(f"two readers are called '{name}'")
        _readers[name] = Reader(name, title, suffixes, priority, recognises, read, read_pictures)
        return read

    return register


def readers() -> tuple[Reader, ...]:
    """Every reader, highest priority first, then by name."""
    import_neighbours(__name__, __file__)
    return tuple(sorted(_readers.values(), key=lambda known: (-known.priority, known.name)))


def find_reader(glimpse: Glimpse) -> Reader:
    """Return the one reader that recognises the content.

    Raises
    ------
    DataError
        No reader does, or two of the same priority do.
    """
    refuse_by_content(glimpse)
    matches = [known for known in readers() if known.recognises(glimpse)]
    best = [known for known in matches if known.priority == matches[0].priority]
    if len(best) == 1:
        return best[0]
    if best:
        titles = " and as ".join(known.title for known in best)
        raise DataError(
            f"this can be read as {titles}.",
            subject=printable(glimpse.path),
            next_step="Move what you do not mean out of the folder.",
        )
    refuse_archive(glimpse)
    raise DataError(
        "the content is none of the known formats.",
        subject=printable(glimpse.path),
        next_step=what_can_be_read(),
    )


def what_can_be_read() -> str:
    """One sentence that lists the formats."""
    return f"What can be read: {', '.join(known.title for known in readers())}."
