"""The numbers from 0 to 999 in English words, letter by letter."""

from __future__ import annotations

import numpy as np

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.samples.registry import sample

NUM_NUMBERS = 1000
#: Fills up what is shorter than the longest; its name is the empty text.
PADDING = 0
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LABELS = ("below 100", *(f"{_ONES[hundreds]} hundred" for hundreds in range(1, 10)))


@sample(
    name="number-words",
    title="Numbers in words",
    description="0 to 999 in English, letter by letter; learns to spell in a minute.",
    kind=Kind.TOKENS,
)
def load() -> Dataset:
    texts = [in_words(number) for number in range(NUM_NUMBERS)]
    symbols = ("", *sorted(set("".join(texts))))
    number_of = {symbol: number for number, symbol in enumerate(symbols)}
    x = np.full((NUM_NUMBERS, max(map(len, texts))), PADDING, np.uint8)
    for row, text in zip(x, texts, strict=True):
        row[: len(text)] = [number_of[letter] for letter in text]
    digits = np.arange(NUM_NUMBERS)[:, None] // np.array([100, 10, 1]) % 10
    return Dataset(
        name="number-words",
        kind=Kind.TOKENS,
        x=x,
        labels=digits[:, 0].astype(np.int64),
        label_names=_LABELS,
        sample_names=tuple(str(number) for number in range(NUM_NUMBERS)),
        factors=digits.astype(np.int64),
        factor_names=("hundreds", "tens", "ones"),
        symbols=symbols,
        padding=PADDING,
        source="number-words",
        reader="sample",
    )


def in_words(number: int) -> str:
    """Return a number below 1,000 in words.

    >>> in_words(121)
    'one hundred twenty-one'
    """
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return f"{_ONES[hundreds]} hundred" + (f" {in_words(rest)}" if rest else "")
    if rest < len(_ONES):
        return _ONES[rest]
    tens, ones = divmod(rest, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
