import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from aestudio.objectives.divergence import kl_to_unit_gaussian


def test_the_published_value_in_ten_dimensions() -> None:
    # 10 * (1 + e - 1 - 1) / 2: mean 1 and log variance 1 against the unit Gaussian.
    kl = kl_to_unit_gaussian(torch.ones(1, 10), torch.ones(1, 10))
    assert kl.item() == pytest.approx(5 * (math.e - 1))
    assert round(kl.item(), 2) == 8.59


def test_a_unit_gaussian_is_at_no_distance() -> None:
    assert kl_to_unit_gaussian(torch.zeros(3, 4), torch.zeros(3, 4)).tolist() == [0.0, 0.0, 0.0]


def test_equals_the_second_implementation_in_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    mean_BL = torch.randn(64, 7, generator=generator)
    log_variance_BL = torch.randn(64, 7, generator=generator)
    reference = kl_divergence(
        Normal(mean_BL, (0.5 * log_variance_BL).exp()), Normal(torch.tensor(0.0), torch.tensor(1.0))
    ).sum(1)
    torch.testing.assert_close(kl_to_unit_gaussian(mean_BL, log_variance_BL), reference)
