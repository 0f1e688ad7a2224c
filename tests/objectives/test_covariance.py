import numpy as np
import pytest
import torch

from aestudio.objectives.covariance import covariance, diagonal_gap, off_diagonal_square


@pytest.mark.parametrize("in_half_precision", [False, True])
def test_equals_numpys(in_half_precision: bool) -> None:
    x_BL = 100 + torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16, enabled=in_half_precision):
        found_LL = covariance(x_BL)
    wanted_LL = np.cov(x_BL.double().numpy(), rowvar=False, bias=True)
    np.testing.assert_allclose(found_LL, wanted_LL, atol=1e-5)
    beside = wanted_LL - np.diag(np.diag(wanted_LL))
    assert off_diagonal_square(found_LL).item() == pytest.approx((beside**2).sum(), rel=1e-4)
    gap = ((np.diag(wanted_LL) - 1) ** 2).sum()
    assert diagonal_gap(found_LL).item() == pytest.approx(gap, rel=1e-4)


def test_the_identity_is_at_no_distance() -> None:
    assert off_diagonal_square(torch.eye(3)).item() == 0
    assert diagonal_gap(torch.eye(3)).item() == 0
