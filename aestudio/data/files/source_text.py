"""What a person chose, as one text: a path, or several with a line for each.

A recipe keeps where its data comes from as a text, and so do the lists of what was open lately.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from aestudio.data.files.path_text import as_text, from_text
from aestudio.data.files.plain_words import printable
from aestudio.errors import DataError

MAX_SOURCES = 10_000
_SHOWN = 3


def together(sources: Iterable[str | os.PathLike[str]]) -> str:
    """Return several paths as one source; a single one stays as it is.

    Raises
    ------
    DataError
        A path holds a line break, or there are too many.
    """
    texts = [as_text(source) for source in sources]
    if len(texts) == 1:
        return texts[0]
    for text in texts:
        if "\n" in text:
            raise DataError(
                "among several files, a name with a line break cannot be told apart.",
                subject=printable(text),
                next_step="Rename the file, or choose its folder.",
            )
    if len(texts) > MAX_SOURCES:
        raise DataError(
            f"{len(texts):,} files were chosen at once, more than {MAX_SOURCES:,}.",
            subject=printable(texts[0]),
            next_step="Choose the folder that holds them.",
        )
    return "\n".join(texts)


def is_several(source: str) -> bool:
    """Whether a source is several; a path that exists as it stands is meant itself."""
    return "\n" in source and not os.path.lexists(source)


def parts_of(source: str) -> list[str]:
    """Return the sources, from the first to the last."""
    return (
        [from_text(line) for line in source.split("\n") if line] if is_several(source) else [source]
    )


def title_of(source: str) -> str:
    """Return what a source is called in a list: its last name, and how many others there are."""
    first, *others = source.split("\n") if is_several(source) else [source]
    more = f" and {len(others):,} other{'s' * (len(others) > 1)}" if others else ""
    return (os.path.basename(first) or first) + more


def in_short(source: str) -> str:
    r"""Return a source in few words, for a person.

    >>> in_short("/a.png\n/b.png\n/c.png\n/d.png\n/e.png")
    '/a.png, /b.png, /c.png and 2 more'
    """
    lines = source.split("\n") if is_several(source) else [source]
    more = f" and {len(lines) - _SHOWN:,} more" if len(lines) > _SHOWN else ""
    return ", ".join(lines[:_SHOWN]) + more
