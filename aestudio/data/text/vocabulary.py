"""The symbols of a text, by number: characters, words or byte pairs.

Number 0 fills up and has no name, number 1 stands for whatever is unknown. The list of symbols alone
says how a text is cut, so that a model which knows its symbols can be given any text:

===========  ==========================================================
unknown      symbols are
===========  ==========================================================
U+FFFD       characters if none is longer than one, else byte pairs
" U+FFFD"    words
===========  ==========================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from aestudio.data.text.byte_pairs import PieceCutter, learn_pieces
from aestudio.data.text.cutting import UNKNOWN, UNKNOWN_WORD, words

Unit = Literal["characters", "words", "byte_pairs"]

#: What is taken where nobody says how many.
USUAL_SIZES: dict[Unit, int] = {"characters": 512, "words": 2000, "byte_pairs": 1000}
#: Padding and what is unknown.
NUM_SPECIAL = 2
#: Byte pairs keep this share of the symbols for single characters at most.
_CHARACTERS_OF_PAIRS = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Symbols, and how a text is cut into them."""

    unit: Unit
    symbols: tuple[str, ...]
    #: The number of what is not among the symbols; None where only known symbols can be written.
    unknown: int | None

    @classmethod
    def of(cls, symbols: tuple[str, ...]) -> Vocabulary | None:
        """Return the vocabulary with these symbols; None where they tell not how to cut a text."""
        if UNKNOWN_WORD in symbols:
            return cls("words", symbols, symbols.index(UNKNOWN_WORD))
        unknown = symbols.index(UNKNOWN) if UNKNOWN in symbols else None
        if all(len(symbol) <= 1 for symbol in symbols):
            return cls("characters", symbols, unknown)
        return cls("byte_pairs", symbols, unknown) if unknown is not None else None

    def cutter(self) -> Callable[[str], list[int]]:
        """Return what gives the numbers of a text.

        It raises a KeyError with a symbol that it does not know, where nothing stands for such.
        """
        number_of = {symbol: number for number, symbol in enumerate(self.symbols) if symbol}
        unknown, cut = self.unknown, self._cut()
        if unknown is None:
            return lambda text: [number_of[piece] for piece in cut(text)]
        return lambda text: [number_of.get(piece, unknown) for piece in cut(text)]

    def _cut(self) -> Callable[[str], Iterable[str]]:
        if self.unit == "characters":
            return lambda text: text
        if self.unit == "words":
            return words
        pieces_of = PieceCutter(self.symbols[NUM_SPECIAL:]).pieces
        return lambda text: [piece for word in words(text) for piece in pieces_of(word)]


def counted(texts: Iterable[str], unit: Unit, check_cancelled: Callable[[], None]) -> Counter[str]:
    """Return how often each character, or else each word, occurs."""
    counts: Counter[str] = Counter()
    for place, text in enumerate(texts):
        if place % 1000 == 0:
            check_cancelled()
        counts.update(text if unit == "characters" else words(text))
    return counts


def learn_vocabulary(
    counts: Mapping[str, int], unit: Unit, size: int, check_cancelled: Callable[[], None]
) -> Vocabulary:
    """Return the most frequent characters or words, or byte pairs, ``size`` symbols in all."""
    room = max(1, size - NUM_SPECIAL)
    if unit == "words":
        return Vocabulary(unit, ("", UNKNOWN_WORD, *_most_frequent(counts, room)), 1)
    if unit == "characters":
        return Vocabulary(unit, ("", UNKNOWN, *sorted(_most_frequent(counts, room))), 1)
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
    most = max(1, int(room * _CHARACTERS_OF_PAIRS))
    alphabet = tuple(sorted(_most_frequent(characters, most)))
    pieces = learn_pieces(counts, alphabet, room - len(alphabet), check_cancelled)
    return Vocabulary(unit, ("", UNKNOWN, *pieces), 1)


def _most_frequent(counts: Mapping[str, int], size: int) -> list[str]:
    """Return the most frequent first; of equally frequent ones the first in the alphabet."""
    known = ((symbol, count) for symbol, count in counts.items() if UNKNOWN not in symbol)
    return [symbol for symbol, _ in sorted(known, key=lambda item: (-item[1], item[0]))[:size]]
