"""The .ts format of the UEA & UCR archive: many series, each on a line of its own.

Layout (https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html): comments
after ``#`` or ``%``, a header of lines ``@key value``, ``@data``, then one line per series: channels
separated by colons, their values by commas, ``?`` or ``NaN`` where one is missing, and behind the
last colon the class. With ``@timestamps true`` values come as ``(when,value)``.

Shapes: C channels, L steps of one series, which may differ from series to series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import memory_limit
from aestudio.data.files.plain_words import data_error

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.data.files.byte_stream import ByteStream
    from aestudio.errors import DataError

Doubles = npt.NDArray[np.float64]

#: A longer line is one series of more than a few million values, or no .ts file at all.
MAX_LINE_BYTES = 2**26
_PAIR = re.compile(r"\(([^(),]+),([^(),]*)\)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?", re.ASCII)
_YES = ("true", "yes", "1")
_KEYS = (
    "problemname", "timestamps", "missing", "univariate", "dimension", "dimensions", "equallength",
    "serieslength", "classlabel", "targetlabel",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class TsContent:
    """What one file holds."""

    #: (L, C) each.
    series: list[Doubles] = field(default_factory=list)
    #: (L,) each, seconds since 1970 for dates; empty without time stamps.
    moments: list[Doubles] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    is_date: bool = False
    #: Whether labels are numbers that were measured rather than classes.
    is_target: bool = False


def looks_like_ts(head: bytes, suffix: str) -> bool:
    """Whether a file that begins like this is in the .ts format.

    Comments may fill the whole beginning; the suffix then decides, which videos and programs share.
    """
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"@problemname", b"@timestamps")):
        return True
    has_key = re.search(rb"^@(problemname|timestamps|univariate)\b", text, re.MULTILINE)
    return text.startswith((b"#", b"%", b"@")) and (has_key is not None or suffix == ".ts")


def read_ts(stream: ByteStream) -> TsContent:
    """Read all series.

    Raises
    ------
    DataError
        A line is not as the format wants it, which one is told; or the values fill the memory.
    """
    parser = _Parser(stream.path)
    for number, line in _lines(stream):
        parser.take(number, line)
    return parser.finished()


def _lines(stream: ByteStream) -> Iterator[tuple[int, str]]:
    rest, number = b"", 0
    while chunk := stream.read():
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE_BYTES or any(len(line) > MAX_LINE_BYTES for line in whole):
            raise data_error(
                stream.path,
                f"a line after line {number:,} is longer than {MAX_LINE_BYTES:,} bytes.",
                "Save one series a line.",
            )
        for line in whole:
            number += 1
            yield number, line.decode("utf-8", "replace").strip()
    yield number + 1, rest.decode("utf-8", "replace").strip()


class _Parser:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._header: dict[str, str] = {}
        self._is_in_data = False
        self._num_bytes = 0
        self._content = TsContent()

    def take(self, number: int, line: str) -> None:
        line = line.removeprefix("\ufeff")
        if not line or line.startswith(("#", "%")):
            return
        if self._is_in_data:
            self._take_series(number, line)
        elif line.startswith("@"):
            self._take_header(number, line)
        else:
            raise self._error(number, "there are values before @data")

    def finished(self) -> TsContent:
        if not self._content.series:
            what = "there is no series behind @data" if self._is_in_data else "there is no @data"
            raise data_error(self._path, f"{what}.", "Get or save the file again.")
        self._content.is_target = self._says("targetlabel")
        return self._content

    def _take_header(self, number: int, line: str) -> None:
        key, _, value = line[1:].partition(" ")
        key = key.strip().lower()
        if key == "data":
            self._is_in_data = True
        elif key in _KEYS:
            self._header[key] = value.strip()
        else:
            raise self._error(number, f"the header has the unknown key @{key[:40]}")

    def _take_series(self, number: int, line: str) -> None:
        has_stamps = self._says("timestamps")
        # Times of day hold colons too; those between brackets separate nothing.
        parts = re.split(r":(?![^(]*\))", line) if has_stamps else line.split(":")
        if self._says("classlabel") or self._says("targetlabel"):
            label = parts.pop().strip()
            if not parts:
                raise self._error(number, "there is a label but no series")
            self._content.labels.append(label)
        channels = []
        for part in parts:
            moments, values = self._stamped(number, part) if has_stamps else (None, part)
            channels.append(self._numbers(number, values))
            if moments is not None and len(channels) == 1:
                self._content.moments.append(moments)
        longest = max(map(len, channels))
        series = np.full((longest, len(channels)), np.nan)
        for channel, values in enumerate(channels):
            series[: len(values), channel] = values
        self._add(number, series)

    def _add(self, number: int, series: Doubles) -> None:
        known = self._content.series
        if known and series.shape[1] != known[0].shape[1]:
            raise self._error(
                number,
                f"this series has {series.shape[1]:,} channels and the first has {known[0].shape[1]:,}",
            )
        self._num_bytes += series.nbytes
        if self._num_bytes > memory_limit():
            raise self._error(number, "the values up to here fill the memory")
        known.append(series)

    def _numbers(self, number: int, text: str) -> Doubles:
        # The format's mark of what is missing is a question mark.
        words = text.replace("?", "nan").split(",")
        try:
            return np.array(words, np.float64)
        except ValueError:
            wrong = next((word for word in words if not _is_number(word)), "")
            raise self._error(number, f"'{wrong.strip()[:40]}' is no number") from None

    def _stamped(self, number: int, text: str) -> tuple[Doubles, str]:
        """Return when the values of one channel were, and the values separated by commas."""
        pairs = _PAIR.findall(text)
        if not pairs or _PAIR.sub("", text).strip(", \t"):
            raise self._error(number, "values do not come as (when,value)")
        stamps = [when.strip() for when, _ in pairs]
        try:
            if all(map(_is_number, stamps)):
                moments = np.array(stamps, np.float64)
            else:
                self._content.is_date = True
                dates = [stamp.replace("/", "-").replace(" ", "T") for stamp in stamps]
                # numpy itself would take zones, and only warn.
                if not all(map(_DATE.fullmatch, dates)):
                    raise ValueError
                moments = np.array(dates, "datetime64[ms]").astype(np.float64) / 1e3
        except ValueError:
            raise self._error(number, "a time stamp is neither a number nor a date") from None
        return moments, ",".join(value for _, value in pairs)

    def _says(self, key: str) -> bool:
        words = self._header.get(key, "").split()
        return bool(words) and words[0].lower() in _YES

    def _error(self, number: int, reason: str) -> DataError:
        return data_error(
            self._path, f"line {number:,}: {reason}.", "Mend that line, or get the file again."
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
