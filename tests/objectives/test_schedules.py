import pytest

from aestudio.objectives.schedules import linear_warmup


@pytest.mark.parametrize(
    ("step", "num_warmup_steps", "factor"),
    [(0, 10, 0.0), (5, 10, 0.5), (10, 10, 1.0), (99, 10, 1.0), (0, 0, 1.0), (3, 7.5, 0.4)],
)
def test_rises_linearly_and_stays(step: int, num_warmup_steps: float, factor: float) -> None:
    assert linear_warmup(step, num_warmup_steps) == pytest.approx(factor)
