"""Weights that change while training goes on."""

from __future__ import annotations


def linear_warmup(step: int, num_warmup_steps: float) -> float:
    """Return a factor that rises from 0 at step 0 to 1 at ``num_warmup_steps``, and stays there.

    Bowman et al. 2016, https://arxiv.org/abs/1511.06349, section 3.1, in its linear form.
    """
    if num_warmup_steps <= 0:
        return 1.0
    return min(1.0, step / num_warmup_steps)
