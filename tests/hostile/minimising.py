"""The smallest part of a file that still shows a fault."""

from __future__ import annotations

from collections.abc import Callable


def minimised(
    content: bytes, shows: Callable[[bytes], bool], *, is_over: Callable[[], bool]
) -> bytes:
    """Leave out larger and then smaller pieces for as long as the rest ``shows`` the same.

    A. Zeller, R. Hildebrandt: Simplifying and isolating failure-inducing input, 2002, without its
    complements.
    """
    size = len(content) // 2
    while size and not is_over():
        start = 0
        while start < len(content) and not is_over():
            rest = content[:start] + content[start + size :]
            if rest and shows(rest):
                content = rest
            else:
                start += size
        size //= 2
    return content
