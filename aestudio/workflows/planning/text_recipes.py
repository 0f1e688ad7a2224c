"""What suits texts: choices that were measured to spell well within minutes on two slow cores.

On 29,494 different first names, 5 % of them held back, with a code of 32 numbers: tests/benchmarks
has the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aestudio.data.dataset import Dataset, Kind

#: Up to so many steps, writing one after the other does not take long.
_LONGEST_SPELLED = 32
#: Fewer texts do not teach how to spell; filters along time learn them by heart more quickly.
_FEWEST_SPELLED = 2_000
#: What a decoder that writes step by step learns from, in texts seen.
_TEXTS_SEEN = 300_000
#: From so many symbols on, an input for each would be mostly weights that are hardly ever used.
_MANY_SYMBOLS = 100
_EMBEDDING_SIZE = 64
#: Filters of fewer channels than this have no room to tell hundreds of words apart.
_FILTERS_OF_WORDS = (96, 96, 96, 96)
#: After so many texts seen, held-back sentences are given back no better, known ones by heart.
_SENTENCES_SEEN = 60_000
#: How many numbers it takes to walk from one text to another.
WALKING_CODE_SIZE = 32


def _word_choices(dataset: Dataset, fixed: Mapping[str, Any]) -> dict[str, Any]:
    if fixed.get("network.kind", "temporal") != "temporal":
        return {}
    return {
        "network.hidden": _FILTERS_OF_WORDS,
        "training.epochs": int(np.clip(round(_SENTENCES_SEEN / dataset.num_samples), 8, 100)),
        "training.learning_rate": 3e-3,
        "training.schedule": "one_cycle",
    }


def is_spelled(dataset: Dataset) -> bool:
    """Whether samples are many short texts of characters, such as names."""
    return (
        dataset.kind is Kind.TOKENS
        and dataset.shape[0] <= _LONGEST_SPELLED
        and dataset.num_samples >= _FEWEST_SPELLED
        and all(len(symbol) <= 1 for symbol in dataset.symbols)
    )


def text_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what texts want otherwise than other tokens; nothing for other data."""
    if dataset.kind is not Kind.TOKENS:
        return {}
    is_tied = bool(fixed.get("network.tied"))
    if len(dataset.symbols) >= _MANY_SYMBOLS and not is_tied:
        return {"network.embedding_size": _EMBEDDING_SIZE, **_word_choices(dataset, fixed)}
    if not is_spelled(dataset) or fixed.get("network.kind", "recurrent") != "recurrent":
        return {}
    epochs = int(np.clip(round(_TEXTS_SEEN / dataset.num_samples), 5, 100))
    choices: dict[str, Any] = {
        "network.kind": "recurrent",
        "network.hidden": (160,),
        "network.bidirectional": True,
        # What is written follows from what stands before it: that makes texts pronounceable. To see
        # the truth at every step while learning is several times quicker.
        "network.feedback": fixed.get("network.normalization") != "batch",
        "network.teacher_forcing": 1.0,
        "training.epochs": epochs,
        "training.batch_size": 128,
        "training.learning_rate": 4e-3,
        "training.schedule": "one_cycle",
    }
    if autoencoder_type == "variational":
        epochs = int(fixed.get("training.epochs", epochs))
        choices |= {
            "network.code_size": WALKING_CODE_SIZE,
            # The price of the code: at 1, a decoder that can spell by itself leaves it empty.
            "autoencoder.beta": 0.2,
            "autoencoder.warmup_epochs": float(max(1, epochs // 10)),
        }
    return choices
