"""What each number of the code means: one is moved while the others stay."""

from __future__ import annotations

import numpy as np

from aestudio.workflows.insights.code_spread import widest_first
from aestudio.workflows.insights.figures import Samples
from aestudio.workflows.insights.registry import Finding, Material, insight

_MOST_ROWS = 8
_STEPS = np.array([-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0])


@insight(
    "traversals",
    title="Traversals",
    explanation=(
        "Each row moves one number of the code, from two standard deviations below the mean to two "
        "above, and keeps the others at the mean; the busiest number comes first. What changes along "
        "a row is what that number stands for."
    ),
    order=20,
)
def traversals(material: Material) -> Finding:
    codes_PL = material.codes.astype(np.float64)
    spread_L, order_L = widest_first(codes_PL)
    shown = order_L[:_MOST_ROWS]
    moved = np.repeat(codes_PL.mean(axis=0)[None], len(shown) * len(_STEPS), axis=0)
    for row, number in enumerate(shown):
        places = slice(row * len(_STEPS), (row + 1) * len(_STEPS))
        moved[places, number] += _STEPS * spread_L[number]
    return Finding(
        sentence=_sentence(len(shown), len(spread_L)),
        figure=Samples(
            samples=material.model.decode(moved.astype(np.float32)),
            columns=len(_STEPS),
            names=tuple(
                f"number {number + 1}: mean {step:+g} standard deviations"
                for number in shown
                for step in _STEPS
            ),
        ),
    )


def _sentence(num_shown: int, num_all: int) -> str:
    if num_shown < num_all:
        return f"The {num_shown} busiest of {num_all} numbers, each moved alone."
    if num_all == 1:
        return "The only number of the code, moved."
    return f"{'Both' if num_all == 2 else f'All {num_all}'} numbers of the code, each moved alone."
