"""What the clouds of codes tell: how much each number carries, and whether the code has collapsed.

Shapes: N samples, L code size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

#: Variance of the means above which a number of the code is active: Burda et al. 2016, section 5.2,
#: https://arxiv.org/abs/1509.00519.
ACTIVE_FROM = 0.01
#: With fewer active numbers than this share, the code counts as partly collapsed.
_HEALTHY_SHARE = 0.5

Collapse = Literal["none", "partial", "whole"]


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorReport:
    """The clouds of a set of samples, number by number of the code."""

    #: Mean KL(q(z_l|x) || N(0, 1)) over the samples, nats, (L,).
    kl: npt.NDArray[np.float64]
    #: Variance over the samples of the clouds' means, (L,).
    variance_of_means: npt.NDArray[np.float64]

    @property
    def is_active(self) -> npt.NDArray[np.bool_]:
        """Whether the number's mean depends on the sample, (L,)."""
        return self.variance_of_means > ACTIVE_FROM

    @property
    def num_active(self) -> int:
        return int(self.is_active.sum())

    @property
    def by_importance(self) -> npt.NDArray[np.intp]:
        """The numbers of the code from the one that carries most to the one that carries least."""
        return np.argsort(-self.kl, kind="stable")

    @property
    def collapse(self) -> Collapse:
        if self.num_active == 0:
            return "whole"
        return "partial" if self.num_active < _HEALTHY_SHARE * len(self.kl) else "none"

    @property
    def sentence(self) -> str:
        """Say in a sentence or two how much of the code is in use and, if little, what to try."""
        total, number = float(self.kl.sum()), len(self.kl)
        used = f"{self.num_active} of {number} numbers of the code are in use"
        if self.collapse == "none":
            return f"{used}; together they carry {total:.1f} nats."
        advice = "Try a smaller beta, a warm-up, free bits or a likelihood with a learned width"
        if self.collapse == "whole":
            return f"The code has collapsed: the decoder does without it. {advice}."
        return f"{used}; the others say nothing. {advice}, or a smaller code."


def examine_posterior(mean_NL: Floats, log_variance_NL: Floats) -> PosteriorReport:
    """Measure the clouds N(mean, variance) of at least one sample, in double precision."""
    mean, log_variance = mean_NL.astype(np.float64), log_variance_NL.astype(np.float64)
    kl_NL = 0.5 * (mean**2 + np.exp(log_variance) - 1.0 - log_variance)
    return PosteriorReport(kl=kl_NL.mean(axis=0), variance_of_means=mean.var(axis=0))
