import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from aestudio.objectives.distances import squared_distances


@pytest.mark.parametrize("in_half_precision", [False, True])
def test_equal_every_difference_squared(in_half_precision: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    a_ND, b_MD = torch.randn(40, 6, generator=generator), torch.randn(30, 6, generator=generator)
    with torch.autocast("cpu", torch.bfloat16, enabled=in_half_precision):
        squared_NM = squared_distances(a_ND, b_MD)
    np.testing.assert_allclose(squared_NM, cdist(a_ND, b_MD, "sqeuclidean"), atol=1e-5)


def test_never_below_zero() -> None:
    far_ND = 1e4 + torch.rand(50, 3, generator=torch.Generator().manual_seed(0))
    assert squared_distances(far_ND, far_ND).min() >= 0
