"""Texts are cut into characters, words or byte pairs, and the symbols alone say how."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.text.byte_pairs import PieceCutter, learn_pieces
from aestudio.data.text.cutting import UNKNOWN, UNKNOWN_WORD, words
from aestudio.data.text.vocabulary import Unit, Vocabulary, counted, learn_vocabulary

UNITS: tuple[Unit, ...] = ("characters", "words", "byte_pairs")


def never() -> None:
    pass


def learned(texts: list[str], unit: Unit, size: int) -> Vocabulary:
    return learn_vocabulary(counted(texts, unit, never), unit, size, never)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_words_joined_are_the_text_but_for_its_spaces(text: str) -> None:
    joined = "".join(words(text))
    assert "".join(joined.split()) == "".join(text.split())
    assert joined == "" or joined.startswith(" ")


def test_punctuation_stands_alone_and_apostrophes_hold_words_together() -> None:
    assert words("it's 5pm,  ok? :)") == [" it's", " 5pm", ",", " ok", "?", " :", ")"]


def test_the_pairs_of_the_paper() -> None:
    # Sennrich et al. 2016, algorithm 1, without its sign for the end of a word.
    counts = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
    alphabet = tuple(sorted(set("".join(counts))))
    pieces = learn_pieces(counts, alphabet, 4, never)
    # "es" and "st" both occur nine times; the first in the alphabet is taken.
    assert pieces[len(alphabet) :] == ("es", "est", "lo", "low")


def naive_pieces(counts: dict[str, int], alphabet: tuple[str, ...], number: int) -> list[str]:
    """The same by counting everything anew each time."""
    parts = {word: list(word) for word in counts}
    pieces = list(alphabet)
    for _ in range(number):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in counts.items():
            for pair in zip(parts[word], parts[word][1:], strict=False):
                if pair[0] in pieces and pair[1] in pieces:
                    pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
        if best is None or pairs[best] < 2:
            break
        for word, old in parts.items():
            new: list[str] = []
            while old:
                step = 2 if tuple(old[:2]) == best else 1
                new.append("".join(old[:step]))
                old = old[step:]
            parts[word] = new
        if "".join(best) not in pieces:
            pieces.append("".join(best))
    return pieces


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=8), st.integers(1, 9), max_size=8),
    st.integers(0, 12),
)
def test_pairs_are_those_of_counting_anew(counts: dict[str, int], number: int) -> None:
    alphabet = ("a", "b")
    assert list(learn_pieces(counts, alphabet, number, never)) == naive_pieces(
        counts, alphabet, number
    )


def test_byte_pairs_leave_nothing_unknown_that_is_spelled_in_known_characters() -> None:
    vocabulary = learned(["the cat sat", "the hat sat"], "byte_pairs", 24)
    assert " the" in vocabulary.symbols
    pieces = [vocabulary.symbols[number] for number in vocabulary.cutter()("the chat sat, eh")]
    assert "".join(pieces) == f" the chat sat{UNKNOWN} eh"
    assert PieceCutter(vocabulary.symbols[2:]).pieces("xx") == ["x", "x"]


@pytest.mark.parametrize("unit", UNITS)
def test_symbols_alone_say_how_texts_are_cut(unit: Unit) -> None:
    texts = ["call me now", "call you later", "now or later"]
    vocabulary = learned(texts, unit, 30)
    again = Vocabulary.of(vocabulary.symbols)
    assert again is not None
    assert again.unit == unit
    for text in [*texts, "unseen words \N{SNOWMAN}"]:
        assert again.cutter()(text) == vocabulary.cutter()(text)


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_rare_is_unknown(unit: Unit) -> None:
    vocabulary = learned(["aa aa aa zq"] * 3 + ["k!"], unit, 5)
    assert len(vocabulary.symbols) <= 5
    numbers = vocabulary.cutter()("aa x")
    assert vocabulary.symbols[0] == ""
    assert 0 not in numbers
    assert vocabulary.symbols[1] in (UNKNOWN, UNKNOWN_WORD)
    assert 1 in numbers


def test_characters_need_nothing_for_what_is_unknown() -> None:
    letters = Vocabulary.of(("", "a", "b"))
    assert letters is not None
    assert letters.cutter()("ab") == [1, 2]
    with pytest.raises(KeyError, match="c"):
        letters.cutter()("abc")
    assert Vocabulary.of(("cat", "dog")) is None


@given(st.lists(st.text(max_size=20), max_size=6), st.sampled_from(UNITS), st.integers(4, 40))
def test_any_text_can_be_written(texts: list[str], unit: Unit, size: int) -> None:
    vocabulary = learned(texts, unit, size)
    assert len(set(vocabulary.symbols)) == len(vocabulary.symbols) <= max(size, 3)
    for text in texts:
        assert all(0 < number < len(vocabulary.symbols) for number in vocabulary.cutter()(text))
