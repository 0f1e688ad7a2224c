import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.objectives.mmd import SCALES, squared_mmd


def naive(a_NL: Tensor, b_ML: Tensor) -> float:
    """One pair after the other, in double precision."""

    def kernel(x: Tensor, y: Tensor) -> float:
        squared = float(((x.double() - y.double()) ** 2).sum())
        bases = [scale * 2.0 * len(x) for scale in SCALES]
        return sum(base / (base + squared) for base in bases)

    n, m = len(a_NL), len(b_ML)
    within_a = sum(kernel(a_NL[i], a_NL[j]) for i in range(n) for j in range(n) if i != j)
    within_b = sum(kernel(b_ML[i], b_ML[j]) for i in range(m) for j in range(m) if i != j)
    between = sum(kernel(a, b) for a in a_NL for b in b_ML)
    return within_a / (n * (n - 1)) + within_b / (m * (m - 1)) - 2 * between / (n * m)


@pytest.mark.parametrize(("n", "m", "width"), [(12, 12, 3), (9, 14, 1), (2, 5, 8)])
def test_equals_a_double_loop(n: int, m: int, width: int) -> None:
    generator = torch.Generator().manual_seed(n)
    a_NL = 0.5 + 2 * torch.randn(n, width, generator=generator)
    b_ML = torch.randn(m, width, generator=generator)
    assert squared_mmd(a_NL, b_ML).item() == pytest.approx(naive(a_NL, b_ML), abs=2e-5)


def test_is_unbiased_for_equal_distributions_and_large_for_others() -> None:
    generator = torch.Generator().manual_seed(0)

    def draw(shift: float) -> float:
        a, b = torch.randn(2, 40, 2, generator=generator)
        return squared_mmd(a + shift, b).item()

    equal = np.array([draw(0.0) for _ in range(200)])
    # Zero within three standard errors, and therefore sometimes below zero.
    assert abs(equal.mean()) < 3 * equal.std() / np.sqrt(len(equal))
    assert equal.min() < 0
    assert draw(2.0) > 20 * equal.std()


def test_following_the_gradient_moves_points_onto_the_prior() -> None:
    generator = torch.Generator().manual_seed(0)
    points = (1.5 + 0.3 * torch.randn(100, 2, generator=generator)).requires_grad_()
    optimizer = torch.optim.Adam([points], lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        squared_mmd(points, torch.randn(100, 2, generator=generator)).backward()
        optimizer.step()
    found = points.detach()
    assert found.mean(0).abs().max() < 0.3
    assert found.std(0).sub(1).abs().max() < 0.4


def test_a_single_point_gives_a_finite_number() -> None:
    assert squared_mmd(torch.zeros(1, 3), torch.ones(1, 3)).isfinite()
