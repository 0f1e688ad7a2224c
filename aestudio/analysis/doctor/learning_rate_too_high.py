"""Learning rate too high: the loss jumps up again and again, or is stuck far off."""

from __future__ import annotations

import numpy as np

from aestudio.analysis.doctor.evidence import Floats, RunEvidence
from aestudio.analysis.doctor.registry import Diagnosis, Severity, rounded, verdict

#: A jump is a rise by this part of all that the loss fell by, ...
_JUMP = 0.25
#: ... and by this many standard deviations of its usual change from block to block.
_BEYOND_NOISE = 8.0
#: Turns the median distance from the median into the standard deviation of a normal distribution.
_NORMAL_SPREAD = 1.4826
#: The first part of a run may be wild.
_SETTLING_SHARE = 0.2
_MOST_JUMPS = 2
#: The share of the spread that is missed by a model that has learned next to nothing.
_LEARNED_NOTHING = 0.9


@verdict("learning_rate_too_high")
def find(evidence: RunEvidence) -> Diagnosis | None:
    rate = evidence.learning_rate
    advice = f"Set training.learning_rate to {rate / 10:.2g}, or training.gradient_clip to 1."
    settings = {"training.learning_rate": rounded(rate / 10)}
    if evidence.has_diverged:
        return Diagnosis(
            "learning_rate_too_high",
            f"Steps with the learning rate {rate:g} led to numbers that are not finite.",
            advice,
            Severity.FAULT,
            settings,
        )
    steps = evidence.curves.steps
    num_jumps = _jumps(steps)
    if num_jumps > _MOST_JUMPS:
        return Diagnosis(
            "learning_rate_too_high",
            f"With the learning rate {rate:g} the loss jumped up {num_jumps} times, by a quarter "
            "or more of what it had fallen: steps overshoot.",
            advice,
            settings=settings,
        )
    if evidence.model is not None and _is_stuck(evidence):
        return Diagnosis(
            "learning_rate_too_high",
            f"With the learning rate {rate:g} the loss went up and down and led nowhere: the "
            f"model is no better than the mean sample.",
            advice,
            Severity.FAULT,
            settings,
        )
    return None


def _jumps(steps: Floats) -> int:
    """Count rises above the lowest loss so far; one jump is over when the loss is back."""
    if len(steps) < 10 or not np.isfinite(steps).all():
        return 0
    settled = max(1, int(_SETTLING_SHARE * len(steps)))
    lowest = np.minimum.accumulate(steps)
    changes = np.diff(steps)
    noise = _NORMAL_SPREAD * float(np.median(np.abs(changes - np.median(changes))))
    threshold = np.maximum(_JUMP * (steps[0] - lowest), _BEYOND_NOISE * noise)
    is_up = (steps - lowest > np.maximum(threshold, 1e-12))[settled:]
    return int(np.sum(is_up[1:] & ~is_up[:-1]) + is_up[0])


def _is_stuck(evidence: RunEvidence) -> bool:
    train = evidence.curves.train
    if evidence.model is None or evidence.model.unexplained < _LEARNED_NOTHING or len(train) < 3:
        return False
    # A rate too low leads nowhere too, but steadily downwards.
    return bool(np.mean(np.diff(train) < 0) < 0.8)
