"""Texts from strangers in files that a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Iterable

#: A spreadsheet takes a text that begins with one of these for a formula (OWASP, CSV injection),
#: also in the wide forms of East Asian keyboards.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  # the wide forms are meant


def neutral_text(text: str) -> str:
    """A text that no spreadsheet computes: formulas get an apostrophe before them.

    White space and invisible characters before the formula do not hide it.
    """
    start = text.lstrip(" \u00a0\u200b\u2060\ufeff\0")
    return f"'{text}" if start.startswith(_FORMULA_STARTS) else text


def neutral_row(cells: Iterable[object]) -> list[object]:
    """Return a row whose texts are neutral; numbers stay as they are."""
    return [neutral_text(cell) if isinstance(cell, str) else cell for cell in cells]
