import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from aestudio.objectives.divergence import (
    capacity_gap,
    gaussian_log_density,
    kl_per_dimension,
    kl_to_unit_gaussian,
    kl_with_free_bits,
)


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
    reference_BL = kl_divergence(
        Normal(mean_BL, (0.5 * log_variance_BL).exp()), Normal(torch.tensor(0.0), torch.tensor(1.0))
    )
    torch.testing.assert_close(kl_per_dimension(mean_BL, log_variance_BL), reference_BL)
    torch.testing.assert_close(kl_to_unit_gaussian(mean_BL, log_variance_BL), reference_BL.sum(1))


def test_the_density_of_a_gaussian_equals_torchs() -> None:
    generator = torch.Generator().manual_seed(0)
    x, mean, log_variance = torch.randn(3, 5, 4, generator=generator)
    reference = Normal(mean, (0.5 * log_variance).exp()).log_prob(x)
    torch.testing.assert_close(gaussian_log_density(x, mean, log_variance), reference)


def test_free_bits_count_the_mean_of_a_batch_and_not_of_a_sample() -> None:
    # Means over the batch: 0.5, 0.2 and 3. One sample above the limit does not count by itself.
    kl_BL = torch.tensor([[1.0, 0.3, 2.0], [0.0, 0.1, 4.0]], requires_grad=True)
    total = kl_with_free_bits(kl_BL, 0.4)
    assert total.item() == pytest.approx(0.5 + 0.4 + 3.0)
    total.backward()
    assert kl_BL.grad is not None
    assert kl_BL.grad.tolist() == [[0.5, 0.0, 0.5], [0.5, 0.0, 0.5]]


@pytest.mark.parametrize(("kl", "sign"), [(7.0, 1.0), (3.0, -1.0)])
def test_the_capacity_pulls_to_this_steps_value_and_reports_the_last(
    kl: float, sign: float
) -> None:
    kl_B = torch.tensor([kl - 1, kl + 1], requires_grad=True)
    gap = capacity_gap(kl_B, 5.0, 20.0)
    assert gap.item() == pytest.approx(20.0 - kl)
    gap.backward()
    assert kl_B.grad is not None
    assert kl_B.grad.tolist() == [sign / 2, sign / 2]
