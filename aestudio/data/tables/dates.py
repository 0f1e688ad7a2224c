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
#: Of 31 days, February has 28 at least.
_MOST_DAYS_LACKING = 3
_PARTS = {
    "%d": r"(?P<day>\d+)", "%m": r"\d+", "%Y": r"\d+", "%y": r"\d+", "%b": "[A-Za-z]+",
}  # fmt: skip
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
    meanings = {form: read for form in _formats(sample) if (read := _read(texts, form)) is not None}
    if not meanings:
        return None
    form, *others = meanings
    times, *other_times = map(_as_numpy, meanings.values())
    findings = []
    if num_unreal := meanings[form].null_count - texts.null_count:
        findings.append(_unreal(name, num_unreal))
    if others and not np.array_equal(times, other_times[0], equal_nan=True):
        findings.append(_ambiguous(name, form, sample[0]))
    return Times(times, form, tuple(findings))


def times_among(texts: pa.ChunkedArray, form: str) -> npt.NDArray[np.datetime64]:
    """Return (N,) points in time, NaT for every text that is not written in ``form``.

    That is one of :func:`times_of`, or nothing for what arrow takes for a time.
    """
    if form not in ("", _WITH_ZONE):
        return _as_numpy(_on_real_days(texts, _parsed(texts, form), form))
    pattern = f"^{_PLAIN}{_ZONE if form else ''}$"
    days = compute.utf8_slice_codeunits(texts, 0, 10)
    read = compute.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True)
    is_day = _on_real_days(days, read, "%Y-%m-%d").is_valid()
    is_time = compute.and_(compute.match_substring_regex(texts, pattern), is_day)
    sound = compute.if_else(is_time, texts, pa.scalar(None, pa.string()))
    return _as_numpy(_universal(sound) if form else sound.cast(pa.timestamp("ns")))


def _formats(sample: list[str]) -> Iterator[str]:
    for day, meanings in _DAYS:
        for time, form in _TIMES.items():
            if all(re.fullmatch(day + time, text) for text in sample):
                for meaning in meanings:
                    yield meaning + form


def _read(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray | None:
    """Return the times of texts that are all written in a form, null on days that do not exist."""
    times = _parsed(texts, form)
    return _on_real_days(texts, times, form) if times.null_count == texts.null_count else None


def _parsed(texts: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    if "%H" in form:
        texts = compute.replace_substring(texts, pattern="T", replacement=" ")
    return compute.strptime(texts, format=form, unit="s", error_is_null=True)


def _on_real_days(texts: pa.ChunkedArray, times: pa.ChunkedArray, form: str) -> pa.ChunkedArray:
    """Return the times that texts were read as, null where arrow took 30 February for 1 March."""
    # The days that a month lacks end up as the first of the next one.
    is_early = compute.less_equal(compute.day(times), _MOST_DAYS_LACKING)
    places = np.flatnonzero(is_early.fill_null(False).to_numpy())
    pattern = re.sub("%[dmYyb]", lambda found: _PARTS[found[0]], form.partition(" %H")[0])
    written = compute.extract_regex(texts.take(places), f"^{pattern}").combine_chunks().field("day")
    is_other = compute.not_equal(written.cast(pa.int64()), compute.day(times.take(places)))
    is_unreal = np.zeros(len(times), np.bool_)
    is_unreal[places[is_other.to_numpy()]] = True
    return compute.if_else(pa.array(is_unreal), pa.scalar(None, times.type), times)


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


def _unreal(name: str, count: int) -> Finding:
    return Finding(
        Severity.WARNING,
        f"{count:,} {'date' if count == 1 else 'dates'} of '{name}' {'is' if count == 1 else 'are'} on a day that does not exist, such as 30 February, and {'counts' if count == 1 else 'count'} as missing.",
    )


def _ambiguous(name: str, form: str, example: str) -> Finding:
    first, second = (_WORDS[part] for part in re.findall(r"%[dmbYy]", form)[:2])
    return Finding(
        Severity.WARNING,
        f"The dates of '{name}', such as {example}, are read with the {first} before the {second}, and could be meant the other way round.",
        "Write them as 2024-12-31 if that is wrong.",
    )
