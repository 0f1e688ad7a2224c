"""Texts that are dates: which way of writing them fits every one, and what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from aestudio.data.dataset import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAMPLE = 200
_TIMES = {"": "", r"[ T]\d{1,2}:\d{2}": " %H:%M", r"[ T]\d{1,2}:\d{2}:\d{2}": " %H:%M:%S"}
#: What a date looks like, and how it may be meant, the likeliest first.
_DAYS = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",)),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    (r"\d{1,2}/\d{1,2}/\d{2}", ("%m/%d/%y", "%d/%m/%y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", ("%d %b %Y",)),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", ("%b %d, %Y",)),
)
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"
_ZONED = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}[ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?{_ZONE}")
#: The form of texts that name their zone.
_WITH_ZONE = "%z"
#: What arrow takes for a time of its own accord.
_PLAIN = r"\d{4}-\d{2}-\d{2}([ T]([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,9})?)?)?)?"
_WORDS = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month"}


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """(N,) datetime64[ns], NaT where missing, and what to know about them."""

    values: npt.NDArray[np.datetime64]
    #: How all of them are written, for :func:`times_among`.
    form: str
    findings: tuple[Finding, ...] = ()


def times_of(name: str, texts: pa.ChunkedArray) -> Times | None:
    """Read a column of texts as points in time; None if any text that is there is none."""
    sample = [text for text in texts.slice(0, _SAMPLE).to_pylist() if text is not None]
    if not sample:
        sample = texts.drop_null().slice(0, _SAMPLE).to_pylist()
    if not sample:
        return None
    if all(_ZONED.fullmatch(text) for text in sample):
        return _zoned(name, texts)
    meanings = [
        (form, times) for form in _formats(sample) if (times := _read(texts, form)) is not None
    ]
    if not meanings:
        return None
    form, times = meanings[0]
    findings: tuple[Finding, ...] = ()
    if len(meanings) > 1 and not np.array_equal(times, meanings[1][1], equal_nan=True):
        findings = (_ambiguous(name, form, sample[0]),)
    return Times(times, form, findings)


def times_among(texts: pa.ChunkedArray, form: str) -> npt.NDArray[np.datetime64]:
    """Return (N,) points in time, NaT for every text that is not written in ``form``.

    That is one of :func:`times_of`, or nothing for what arrow takes for a time.
    """
    if form not in ("", _WITH_ZONE):
        return _as_numpy(_parsed(texts, form))
    pattern = f"^{_PLAIN}{_ZONE if form else ''}$"
    days = compute.utf8_slice_codeunits(texts, 0, 10)
    read = compute.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True)
    # It takes a 30th of February for one of March.
    is_day = compute.equal(compute.strftime(read, format="%Y-%m-%d"), days)
    is_time = compute.and_(compute.match_substring_regex(texts, pattern), is_day)
    sound = compute.if_else(is_time, texts, pa.scalar(None, pa.string()))
    return _as_numpy(_universal(sound) if form else sound.cast(pa.timestamp("ns")))


def _formats(sample: list[str]) -> Iterator[str]:
    for day, meanings in _DAYS:
        for time, form in _TIMES.items():
            if all(re.fullmatch(day + time, text) for text in sample):
                for meaning in meanings:
                    yield meaning + form


def _read(texts: pa.ChunkedArray, form: str) -> npt.NDArray[np.datetime64] | None:
    times = _parsed(texts, form)
    return _as_numpy(times) if times.null_count == texts.null_count else None


def _parsed(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    if "%H" in form:
        texts = compute.replace_substring(texts, pattern="T", replacement=" ")
    return compute.strptime(texts, format=form, unit="s", error_is_null=True)


def _zoned(name: str, texts: pa.ChunkedArray) -> Times | None:
    try:
        times = _universal(texts)
    except pa.ArrowInvalid:
        return None
    text = f"The times of '{name}' name their zone; they are kept in universal time (UTC)."
    return Times(_as_numpy(times), _WITH_ZONE, (Finding(Severity.NOTE, text),))


def _universal(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return texts.cast(pa.timestamp("ns", tz="UTC")).cast(pa.timestamp("ns"))


def _as_numpy(times: pa.ChunkedArray) -> npt.NDArray[np.datetime64]:
    return in_nanoseconds(times.to_numpy())


def in_nanoseconds(times: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Return points in time of any unit as nanoseconds, those before 1678 or after 2261 as missing.

    Such as 9999-12-31, which stands for "never": 64 bits hold no others, and numpy would give some
    time of other centuries for them.
    """
    years = times.astype("datetime64[Y]")
    is_held = (years >= np.datetime64("1678")) & (years <= np.datetime64("2261"))
    return np.where(is_held, times, np.datetime64("NaT")).astype("datetime64[ns]")


def _ambiguous(name: str, form: str, example: str) -> Finding:
    first, second = (_WORDS[part] for part in re.findall(r"%[dmbYy]", form)[:2])
    return Finding(
        Severity.WARNING,
        f"The dates of '{name}', such as {example}, are read with the {first} before the {second}, and could be meant the other way round.",
        "Write them as 2024-12-31 if that is wrong.",
    )
