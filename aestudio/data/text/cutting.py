"""How a text is cut into words, each with the space before it, so that joining them gives it back."""

from __future__ import annotations

import re

#: Stands for whatever is not in the vocabulary: U+FFFD, "used to replace an unknown character".
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
#: As a word it brings its space along, as all words do.
UNKNOWN_WORD = f" {UNKNOWN}"

#: Letters and digits, with an apostrophe between them; or any other visible character alone.
_WORD = re.compile(r"(\s*)(\w+(?:['\N{RIGHT SINGLE QUOTATION MARK}]\w+)*|[^\w\s])")


def words(text: str) -> list[str]:
    """Return words and punctuation marks, the first and those behind a space with a space before.

    >>> words("don't go, ok?")
    [" don't", ' go', ',', ' ok', '?']
    """
    found = _WORD.findall(text)
    return [
        f" {word}" if space or place == 0 else word for place, (space, word) in enumerate(found)
    ]
