"""How much each number of the code says."""

from __future__ import annotations

import numpy as np

from aestudio.workflows.insights.figures import Bars
from aestudio.workflows.insights.registry import Finding, Material, insight

#: A number that varies less than this share of the widest one is hardly used.
_HARDLY_USED = 0.01


def widest_first(codes_PL: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard deviation of each number of the code, (L,), and their descending order."""
    spread_L = codes_PL.astype(np.float64).std(axis=0)
    return spread_L, np.argsort(-spread_L, kind="stable")


@insight(
    "code_spread",
    title="Use of the code",
    explanation=(
        "How much each number of the code varies from sample to sample, the busiest first. A number "
        "that never varies carries nothing: the code could be smaller. If all vary alike, a larger "
        "code may keep more of each sample."
    ),
    order=10,
)
def code_spread(material: Material) -> Finding:
    spread_L, order_L = widest_first(material.codes)
    num_used = int(np.count_nonzero(spread_L > _HARDLY_USED * max(spread_L.max(), 1e-12)))
    return Finding(
        sentence=f"{num_used} of {len(spread_L)} numbers of the code are in use.",
        figure=Bars(
            values=spread_L[order_L],
            names=tuple(str(number + 1) for number in order_L),
            across="number of the code",
            up="standard deviation",
        ),
    )
