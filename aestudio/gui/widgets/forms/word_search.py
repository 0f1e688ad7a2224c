"""How the search boxes of the window search."""

from __future__ import annotations


def has_words(text: str, wanted: str) -> bool:
    """Return whether every word of ``wanted`` occurs in ``text``, in any order and in any case."""
    text = text.casefold()
    return all(word in text for word in wanted.casefold().split())
