"""From a list of texts to a dataset of tokens."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Dataset, Finding, Kind, Remedy, Severity
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.labels import Labels
from aestudio.data.text.vocabulary import (
    NUM_SPECIAL,
    USUAL_SIZES,
    Unit,
    Vocabulary,
    counted,
    learn_vocabulary,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aestudio.data.request import Request

#: What longer texts are cut off at where nobody says at what.
_USUAL_LENGTHS: dict[Unit, int] = {"characters": 128, "words": 48, "byte_pairs": 96}
#: From this many words in the middle text on, symbols are words.
_WORDS_FROM = 4
_LOOKED_AT = 10_000
#: More symbols than this of one text are not even counted.
_LONGEST = 65_536
#: The largest value of the option.
MOST_KEPT = 4096
#: Findings about a larger share than this are warnings.
_MANY = 0.05
#: Texts serve as names of samples up to this many characters.
_LONGEST_NAME = 200
_SAID = "Symbols"
_NAMES = {"characters": "characters", "words": "words", "byte_pairs": "pieces of words"}


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """The numbers of all texts in one row, (S,), and where each text begins, (N + 1,)."""

    flat: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        return np.diff(self.starts)


def dataset_from_texts(
    request: Request, texts: Sequence[str | None], labels: Labels | None = None
) -> Dataset:
    """Cut texts into symbols and number them, (N, T); empty texts are left out, and that is told.

    With ``request.symbols`` the texts are written in those, and are as long as ``data.text_length``
    says: what a model that has learned from other texts takes.

    Raises
    ------
    DataError
        There is no text at all, or one cannot be written in the symbols.
    """
    options, labels = request.options, labels or Labels()
    rows, kept, findings = _chosen(texts)
    if not kept:
        raise data_error(request.path, "there is no text in it.", "Choose a file with texts.")
    if options.lowercase:
        kept = [text.lower() for text in kept]
    vocabulary = _vocabulary(request, kept)
    numbers = _numbered(request, vocabulary, kept)
    length = _length(request, vocabulary.unit, numbers)
    x = _filled_up(numbers, length, len(vocabulary.symbols))
    findings += (
        _about(vocabulary, numbers),
        *_about_length(vocabulary.unit, numbers, length),
        *_about_unknown(request, vocabulary, numbers),
    )
    return Dataset(
        name=printable(request.path.name),
        kind=Kind.TOKENS,
        x=x,
        source=str(request.path),
        labels=None if labels.indices is None else labels.indices[rows],
        label_names=labels.names,
        sample_names=tuple(text[:_LONGEST_NAME] for text in kept),
        symbols=vocabulary.symbols,
        padding=0,
        findings=(*labels.findings, *findings),
        read_as=((_SAID, _NAMES[vocabulary.unit]),),
    )


def text_unit(dataset: Dataset) -> str | None:
    """Return what texts were cut into, in words; None for tokens and all else that was no text."""
    return dict(dataset.read_as).get(_SAID)


def tokens_of(
    texts: Sequence[str], symbols: tuple[str, ...], length: int
) -> npt.NDArray[np.int64] | None:
    """Return texts as numbers (N, ``length``), cut off and filled up.

    None where the symbols do not say how to cut a text, or cannot write one of them.
    """
    vocabulary = Vocabulary.of(symbols)
    if vocabulary is None or symbols[0] != "":
        return None
    numbers_of = vocabulary.cutter()
    x = np.zeros((len(texts), length), np.int64)
    for row, text in zip(x, texts, strict=True):
        try:
            found = numbers_of(text)[:length]
        except KeyError:
            return None
        row[: len(found)] = found
    return x


def usual_unit(texts: Sequence[str]) -> Unit:
    """Return words for texts of several words, characters for names and the like."""
    return "words" if num_words(texts) >= _WORDS_FROM else "characters"


def num_words(texts: Sequence[str | None]) -> int:
    """Return how many words the middle one of some of the texts has; of None, 0."""
    some = texts[:: max(1, -(-len(texts) // _LOOKED_AT))]
    counts = sorted(0 if text is None else len(text.split()) for text in some)
    return counts[len(counts) // 2] if counts else 0


def _chosen(
    texts: Sequence[str | None],
) -> tuple[npt.NDArray[np.int64], list[str], tuple[Finding, ...]]:
    """Return the rows that are kept, their texts, and what was left out."""
    rows, kept = array("q"), []
    for row, text in enumerate(texts):
        if text is not None and text.strip():
            rows.append(row)
            kept.append(text)
    num_empty = len(texts) - len(kept)
    findings = []
    if num_empty:
        what = "text is" if num_empty == 1 else "texts are"
        findings.append(Finding(Severity.NOTE, f"{num_empty:,} empty {what} left out."))
    return np.array(rows, np.int64), kept, tuple(findings)


def _vocabulary(request: Request, texts: list[str]) -> Vocabulary:
    options = request.options
    if request.symbols:
        known = Vocabulary.of(request.symbols)
        if known is None or request.symbols[0] != "":
            raise data_error(
                request.path,
                "the model has learned from numbers, and nothing says how texts become such.",
                "Give an array of the numbers.",
            )
        return known
    unit: Unit = usual_unit(texts) if options.text_unit == "auto" else options.text_unit
    counts = counted(texts, unit, request.check_cancelled)
    size = options.vocabulary_size or USUAL_SIZES[unit]
    return learn_vocabulary(counts, unit, size, request.check_cancelled)


def _numbered(request: Request, vocabulary: Vocabulary, texts: list[str]) -> _Numbers:
    numbers_of = vocabulary.cutter()
    flat, starts = array("i"), array("q", [0])
    for place, text in enumerate(texts):
        if place % 1000 == 0:
            request.check_cancelled()
            request.progress(place, len(texts))
        try:
            flat.extend(numbers_of(text)[:_LONGEST])
        except KeyError as error:
            raise data_error(
                request.path,
                f"'{error.args[0]}' is none of the symbols that the model knows.",
                "Give texts in the same symbols.",
            ) from None
        starts.append(len(flat))
    request.progress(len(texts), len(texts))
    return _Numbers(np.frombuffer(flat, np.int32), np.frombuffer(starts, np.int64))


def _length(request: Request, unit: Unit, numbers: _Numbers) -> int:
    """Return how many symbols a sample has."""
    wanted, longest = request.options.text_length, int(numbers.lengths.max())
    if request.symbols and wanted is not None:
        return wanted
    return max(1, min(longest, _USUAL_LENGTHS[unit] if wanted is None else wanted))


def _filled_up(numbers: _Numbers, length: int, num_symbols: int) -> npt.NDArray[Any]:
    """Return (N, T): each text's first T numbers, and paddings behind what is shorter."""
    dtype = np.uint8 if num_symbols <= 256 else np.int16 if num_symbols <= 2**15 else np.int32
    x = np.zeros((len(numbers.lengths), length), dtype)
    places = numbers.starts[:-1].copy()
    for step in range(length):
        is_there = numbers.lengths > step
        x[is_there, step] = numbers.flat[places[is_there] + step]
    return x


def _about(vocabulary: Vocabulary, numbers: _Numbers) -> Finding:
    middle = int(np.median(numbers.lengths))
    return Finding(
        Severity.NOTE,
        f"Texts are taken as {_NAMES[vocabulary.unit]}: {len(vocabulary.symbols) - NUM_SPECIAL:,} "
        f"different ones are told apart, and the middle text has {middle:,}.",
        "Choose other 'Symbols' if that is wrong.",
    )


def _about_length(unit: Unit, numbers: _Numbers, length: int) -> Iterator[Finding]:
    num_cut = int(np.count_nonzero(numbers.lengths > length))
    if num_cut:
        longest = int(numbers.lengths.max())
        yield Finding(
            Severity.WARNING if num_cut > _MANY * len(numbers.lengths) else Severity.NOTE,
            f"{num_cut:,} of {len(numbers.lengths):,} texts have more than {length:,} "
            f"{_NAMES[unit]}; their ends are cut off.",
            f"The longest has {longest:,}; the more are kept, the longer training takes.",
            Remedy("Cut off less", "data.text_length", str(min(2 * length, longest, MOST_KEPT))),
        )


def _about_unknown(
    request: Request, vocabulary: Vocabulary, numbers: _Numbers
) -> Iterator[Finding]:
    if vocabulary.unknown is None:
        return
    share = float(np.mean(numbers.flat == vocabulary.unknown))
    if share > 0:
        # What is given to a model is written in the symbols that it knows.
        may_choose = not request.symbols and vocabulary.unit == "words"
        yield Finding(
            Severity.WARNING if share > _MANY else Severity.NOTE,
            f"{100 * share:.3g} % of the {_NAMES[vocabulary.unit]} are too rare for a symbol of "
            "their own and count as unknown.",
            "A larger vocabulary knows more; pieces of words can spell every word." * may_choose,
            Remedy("Use pieces of words", "data.text_unit", "byte_pairs") if may_choose else None,
        )
