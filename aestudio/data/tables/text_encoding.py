"""How the letters of a text file are written as bytes: guessed, then undone piece by piece."""

from __future__ import annotations

import codecs
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.dataset import Finding, Severity
from aestudio.data.files.plain_words import data_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from aestudio.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # The four-byte marks begin with the two-byte ones.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What programs on Windows in western Europe and America write when they do not write UTF-8.
FALLBACK = "cp1252"
_IN_WORDS = {FALLBACK: "Windows-1252 (cp1252)", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name that Python knows it by, and why it was taken."""

    name: str
    is_guess: bool = False
    #: Where the first byte stands that is no UTF-8; where something else was guessed for it.
    first_other_byte: int | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What to tell where it was guessed."""
        if not self.is_guess:
            return ()
        place = self.first_other_byte
        where = "" if place is None else f" (from byte {place:,} on)"
        text = f"The text is not UTF-8{where} and is read as {_IN_WORDS[self.name]}."
        return (Finding(Severity.NOTE, text, "Set 'Encoding' if letters look wrong."),)


def guess_encoding(beginning: bytes, *, is_whole: bool, path: Path, position: int = 0) -> Encoding:
    """Guess from a mark, from zeros at every second byte, or by trying UTF-8.

    ``beginning`` stands at ``position``, where everything before it is ASCII.

    Raises
    ------
    DataError
        It is UTF-8 with single bytes that are not, which no other encoding would mend.
    """
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return Encoding(name)
    if (unmarked := _without_mark(beginning)) is not None:
        return Encoding(unmarked, is_guess=True)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning, is_whole)
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(beginning):
            raise _damaged(path, "utf-8", position + error.start, beginning[error.start]) from None
        return Encoding(FALLBACK, is_guess=True, first_other_byte=position + error.start)
    return Encoding("utf-8")


def chosen_encoding(
    wanted: str, beginning: bytes, *, is_whole: bool, path: Path, position: int = 0
) -> Encoding:
    """Return the encoding that the person has chosen, or where that is "auto" :func:`guess_encoding`.

    UTF-16 without a mark is in the order that nearly all computers have.
    """
    if wanted == "auto":
        return guess_encoding(beginning, is_whole=is_whole, path=path, position=position)
    is_marked = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wanted == "utf-16" and not is_marked:
        return Encoding(_without_mark(beginning) or "utf-16-le")
    return Encoding(wanted)


def decoded(
    chunks: Iterable[bytes], encoding: str, path: Path, *, is_whole: bool = True
) -> Iterator[bytes]:
    r"""Yield the content in UTF-8, without a mark, every line ended by \n; checked for NUL.

    The last character may be cut off where the chunks are not the whole file.

    Raises
    ------
    DataError
        A byte means nothing in this encoding, or there is a NUL character, which no text holds.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    is_utf8 = encoding == "utf-8"
    position = line = 0
    is_first, held = True, b""
    for chunk in itertools.chain(chunks, (None,)):
        pending = decoder.getstate()[0]
        if is_utf8 and chunk is not None and not pending and chunk.isascii():
            block = chunk
        else:
            try:
                text = decoder.decode(chunk or b"", is_whole and chunk is None)
            except UnicodeDecodeError as error:
                place = position - len(pending) + error.start
                raise _damaged(path, encoding, place, error.object[error.start]) from None
            block = text.encode("utf-8", "replace")
        position += len(chunk or b"")
        if is_first and block:
            block, is_first = block.removeprefix(codecs.BOM_UTF8), False
        block = held + block
        # A carriage return at the end may be half of a line's end.
        held = b"\r" if chunk is not None and block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in block:
            raise _with_nul(path, line + block[: block.index(b"\0")].count(b"\n") + 1)
        line += block.count(b"\n")
        if block:
            yield block


def _without_mark(beginning: bytes) -> str | None:
    sample = beginning[:4096]
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    for name, odd, even in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        zeros, others = sample[odd::2].count(0), sample[even::2].count(0)
        if zeros > 0.7 * pairs and others == 0:
            return name
    return None


def _is_mostly_utf8(beginning: bytes) -> bool:
    """Whether more letters beyond ASCII are sound UTF-8 than bytes are astray."""
    text = beginning.decode("utf-8", "ignore")
    num_plain = len(text.encode("ascii", "ignore"))
    num_high = int(np.count_nonzero(np.frombuffer(beginning, np.uint8) > 127))
    num_stray = num_high - (len(text.encode()) - num_plain)
    return len(text) - num_plain > num_stray


def _damaged(path: Path, encoding: str, place: int, byte: int) -> DataError:
    return data_error(
        path,
        f"byte 0x{byte:02x} at offset {place:,} means nothing in {encoding}.",
        "Choose another encoding, or save the file as UTF-8.",
    )


def _with_nul(path: Path, line: int) -> DataError:
    return data_error(
        path,
        f"line {line:,} holds a NUL character, so this is no text.",
        "Save the table again as text, or set the encoding if it is UTF-16.",
    )
