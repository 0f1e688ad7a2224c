import numpy as np
import pytest

from aestudio.objectives.schedules import cyclical_warmup, linear_warmup


@pytest.mark.parametrize(
    ("step", "num_warmup_steps", "factor"),
    [(0, 10, 0.0), (5, 10, 0.5), (10, 10, 1.0), (99, 10, 1.0), (0, 0, 1.0), (3, 7.5, 0.4)],
)
def test_rises_linearly_and_stays(step: int, num_warmup_steps: float, factor: float) -> None:
    assert linear_warmup(step, num_warmup_steps) == pytest.approx(factor)
    assert cyclical_warmup(step, num_warmup_steps, 1) == pytest.approx(factor)


def test_cycles_follow_the_published_formula() -> None:
    # Fu et al. 2019, equation 6: tau = mod(t - 1, ceil(T / M)) / (T / M), with t counted from 1,
    # and beta = tau / R up to R = 1/2, then 1.
    num_cycles, num_warmup_steps = 4, 25
    total = num_cycles * 2 * num_warmup_steps
    tau = (np.arange(total) % (total // num_cycles)) / (total / num_cycles)
    published = np.minimum(tau / 0.5, 1.0)
    ours = [cyclical_warmup(step, num_warmup_steps, num_cycles) for step in range(total)]
    assert ours == pytest.approx(published.tolist())
    assert ours.count(0.0) == num_cycles
    assert cyclical_warmup(total, num_warmup_steps, num_cycles) == 1.0
    assert cyclical_warmup(2**62, num_warmup_steps, num_cycles) == 1.0
