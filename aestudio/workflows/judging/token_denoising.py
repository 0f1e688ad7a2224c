"""How well a run finds symbols again that were taken away from its samples.

restored.csv   each sample as it is, with gaps, and restored
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from aestudio.autoencoders.denoising import TOKEN_CORRUPTIONS, DenoisingOptions
from aestudio.errors import OptionError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.networks.noise import NoiseSource
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs import atomic
from aestudio.workflows.judging.judged_samples import JudgedSamples
from aestudio.workflows.judging.repair import RepairEvaluation, chosen_corruptor
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import Progress

#: What is taken away where neither the person nor the run says how much.
_USUAL_SHARE = 0.2
#: Stands in the texts for a symbol that was taken away.
_GAP = "_"
_MOST_WRITTEN = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDenoisingEvaluation(RepairEvaluation):
    """How many of the symbols were taken away, and how many of these were found again."""

    num_tokens: int
    num_lost: int
    num_found: int
    #: The share of all symbols that is right after the repair.
    token_accuracy: float

    @property
    def found_share(self) -> float:
        """The share of what was taken away that was found again; 0 where nothing was."""
        return self.num_found / max(1, self.num_lost)

    def to_json(self) -> dict[str, Any]:
        return {**RepairEvaluation.to_json(self), "found_share": self.found_share}

    def lines(self) -> list[str]:
        return [
            self.judged_line(),
            f"Damage    {self.damage()}: {self.num_lost:,} of {self.num_tokens:,} symbols taken "
            "away",
            f"Restored  {100 * self.found_share:.2f} % of these found again; "
            f"{100 * self.token_accuracy:.2f} % of all symbols are right",
            *map(str, self.files),
        ]


def evaluate_token_denoising(
    model: TrainedModel,
    judged: JudgedSamples,
    *,
    run: str,
    corruption: str | None,
    strength: float | None,
    out: Path | None,
    seed: int,
    report: Progress,
) -> TokenDenoisingEvaluation:
    """Take symbols away from the judged samples, and count which the model finds again.

    What only fills up is neither taken away nor counted, but for the one that ends a sample. Raises
    :class:`OptionError` for damage that does not take symbols away.
    """
    scaling = model.scaling
    assert isinstance(scaling, TokenScaling)
    _check_takes_away(corruption)
    corruptor = chosen_corruptor(
        model,
        corruption,
        strength,
        usual=DenoisingOptions(corruption="masking", strength=_USUAL_SHARE),
        is_unit_interval=True,
    )
    noise = NoiseSource()
    noise.reseed(seed, 0)
    num_tokens = num_lost = num_found = num_right = 0
    lines: list[Sequence[str]] = [("text", "damaged", "restored")]
    for rows in model.blocks(len(judged.x)):
        stored = np.asarray(judged.x[rows])
        counts = scaling.counted(stored).reshape(stored.shape)
        damaged = corruptor(torch.from_numpy(model.to_model_scale(stored)), noise).numpy()
        lost = ~damaged.any(axis=2) & counts
        restored = scaling.inverse(model.reconstruct_scaled(damaged))
        is_right = (restored == stored) & counts
        num_tokens += int(counts.sum())
        num_lost += int(lost.sum())
        num_found += int((is_right & lost).sum())
        num_right += int(is_right.sum())
        if out is not None and len(lines) <= _MOST_WRITTEN:
            lines += _written(model, stored, lost, restored)
        report(rows.stop, len(judged.x))
    return TokenDenoisingEvaluation(
        run=run,
        data=judged.data,
        split=judged.part,
        num_samples=len(judged.x),
        corruption=corruptor.name,
        strength_min=corruptor.weakest,
        strength=corruptor.strongest,
        num_tokens=num_tokens,
        num_lost=num_lost,
        num_found=num_found,
        token_accuracy=num_right / max(1, num_tokens),
        files=() if out is None else _write(out, lines),
    )


def _check_takes_away(corruption: str | None) -> None:
    if corruption is not None and corruption not in TOKEN_CORRUPTIONS:
        raise OptionError(
            f"'{corruption}' changes numbers a little, and a token is one symbol or another.",
            subject="corruption",
            next_step=f"Choose {' or '.join(TOKEN_CORRUPTIONS)}.",
        )


def _written(
    model: TrainedModel,
    stored: npt.NDArray[np.generic],
    lost: npt.NDArray[np.bool_],
    restored: npt.NDArray[np.float32],
) -> list[Sequence[str]]:
    scaling = model.scaling
    assert isinstance(scaling, TokenScaling)
    gap = len(scaling.symbols)
    with_gaps = np.where(lost, gap, stored.astype(np.int64))
    texts = [
        model.texts(stored),
        model.texts(with_gaps, more_symbols=(_GAP,)),
        model.texts(restored),
    ]
    return [tuple(map(neutral_text, row)) for row in zip(*texts, strict=True)]


def _write(out: Path, lines: list[Sequence[str]]) -> tuple[Path, ...]:
    atomic.make_folder(out, parents=True, exist_ok=True)
    path = out / "restored.csv"
    atomic.write_bytes(path, csv_bytes(lines))
    return (path,)
