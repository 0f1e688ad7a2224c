"""Byte pairs: pieces of words, learned by joining the most frequent pair of neighbours again and again.

Sennrich, Haddow & Birch 2016, Neural machine translation of rare words with subword units,
https://arxiv.org/abs/1508.07909, section 3.2. Pieces begin as characters, so that every piece can be
read. Nothing but the pieces in the order in which they were learned is needed to cut a word: of two
neighbours those are joined first whose joint was learned first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise

Pair = tuple[str, str]

#: The pair has to be worth a symbol.
_FEWEST = 2
#: Words beyond these most frequent ones teach hardly any further pair.
_MOST_WORDS = 200_000


def learn_pieces(
    counts: Mapping[str, int],
    alphabet: tuple[str, ...],
    num_pieces: int,
    check_cancelled: Callable[[], None],
) -> tuple[str, ...]:
    """Return ``alphabet`` and up to ``num_pieces`` joints, in the order in which they were learned.

    ``counts`` says how often each word occurs; characters that are not in ``alphabet`` take part in
    no joint. Of pairs that occur equally often the first in the alphabet's order is taken.
    """
    known = set(alphabet)
    most_frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]
    words = [list(word) for word, _ in most_frequent]
    weights = [count for _, count in most_frequent]
    pairs: Counter[Pair] = Counter()
    where: dict[Pair, set[int]] = {}
    for place, word in enumerate(words):
        for pair in _pairs(word, known):
            pairs[pair] += weights[place]
            where.setdefault(pair, set()).add(place)
    pieces = list(alphabet)
    for _ in range(num_pieces):
        check_cancelled()
        most = max(pairs.values(), default=0)
        if most < _FEWEST:
            break
        best = min(pair for pair, count in pairs.items() if count == most)
        joint = best[0] + best[1]
        # Two different pairs can have the same joint: "a" + "bc" and "ab" + "c".
        if joint not in known:
            known.add(joint)
            pieces.append(joint)
        for place in where.pop(best):
            for pair in _pairs(words[place], known):
                pairs[pair] -= weights[place]
            words[place] = _joined(words[place], best)
            for pair in _pairs(words[place], known):
                pairs[pair] += weights[place]
                where.setdefault(pair, set()).add(place)
        del pairs[best]
    return tuple(pieces)


class PieceCutter:
    """Cuts words into known pieces, and remembers how it cut them."""

    def __init__(self, pieces: tuple[str, ...]) -> None:
        self._rank = {piece: rank for rank, piece in enumerate(pieces)}
        self._known: dict[str, list[str]] = {}

    def pieces(self, word: str) -> list[str]:
        """Return the pieces of a word; a character that is no piece stays alone."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = self._cut(word)
        return found

    def _cut(self, word: str) -> list[str]:
        parts = list(word)
        while len(parts) > 1:
            ranked = [
                (self._rank[first + second], (first, second))
                for first, second in pairwise(parts)
                if first + second in self._rank
            ]
            if not ranked:
                break
            parts = _joined(parts, min(ranked)[1])
        return parts


def _pairs(word: list[str], known: set[str]) -> list[Pair]:
    return [pair for pair in pairwise(word) if pair[0] in known and pair[1] in known]


def _joined(word: list[str], pair: Pair) -> list[str]:
    """Return the word with every occurrence of the pair joined, from the left."""
    result: list[str] = []
    place = 0
    while place < len(word):
        if place + 1 < len(word) and (word[place], word[place + 1]) == pair:
            result.append(pair[0] + pair[1])
            place += 2
        else:
            result.append(word[place])
            place += 1
    return result
