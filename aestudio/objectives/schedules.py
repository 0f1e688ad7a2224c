"""Weights that change while training goes on."""

from __future__ import annotations


def linear_warmup(step: int, num_warmup_steps: float) -> float:
    """Return a factor that rises from 0 at step 0 to 1 at ``num_warmup_steps``, and stays there.

    Bowman et al. 2016, https://arxiv.org/abs/1511.06349, section 3.1, in its linear form.
    """
    if num_warmup_steps <= 0:
        return 1.0
    return min(1.0, step / num_warmup_steps)


def cyclical_warmup(step: int, num_warmup_steps: float, num_cycles: int) -> float:
    """Return a factor that rises from 0 to 1 and holds as long as it rose, ``num_cycles`` times.

    After the last cycle it stays at 1. Fu et al. 2019, https://arxiv.org/abs/1903.10145, equations
    6 and 7, with the rising half R = 0.5 of a cycle. One cycle is :func:`linear_warmup`.
    """
    if num_warmup_steps <= 0:
        return 1.0
    cycle_steps = 2.0 * num_warmup_steps
    if step >= num_cycles * cycle_steps:
        return 1.0
    return min(1.0, step % cycle_steps / num_warmup_steps)
