import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Laplace, Normal

from aestudio.objectives.reconstruction import (
    RECONSTRUCTION_LOSSES,
    absolute_error,
    binary_cross_entropy,
    squared_error,
)


@pytest.fixture
def output() -> Tensor:
    return torch.randn(5, 3, 4, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def target() -> Tensor:
    return torch.rand(5, 3, 4, 2, generator=torch.Generator().manual_seed(2))


def test_every_loss_gives_one_number_per_sample(output: Tensor, target: Tensor) -> None:
    for loss in RECONSTRUCTION_LOSSES.values():
        assert loss.function(output, target).shape == (5,)


def test_losses_are_summed_over_features() -> None:
    output, target = torch.full((1, 10), 3.0), torch.full((1, 10), 1.0)
    assert squared_error(output, target).item() == 40.0
    assert absolute_error(output, target).item() == 20.0


def test_squared_error_is_twice_a_gaussian_likelihood(output: Tensor, target: Tensor) -> None:
    normal = Normal(output, 1.0)
    nll = -(normal.log_prob(target) - normal.log_prob(output)).flatten(1).sum(1)
    torch.testing.assert_close(squared_error(output, target), 2 * nll)


def test_absolute_error_is_a_laplace_likelihood(output: Tensor, target: Tensor) -> None:
    laplace = Laplace(output, 1.0)
    nll = -(laplace.log_prob(target) - laplace.log_prob(output)).flatten(1).sum(1)
    torch.testing.assert_close(absolute_error(output, target), nll)


def test_cross_entropy_is_a_bernoulli_likelihood(output: Tensor, target: Tensor) -> None:
    binary = target.round()
    nll = -Bernoulli(logits=output).log_prob(binary).flatten(1).sum(1)
    torch.testing.assert_close(binary_cross_entropy(output, binary), nll)


def test_cross_entropy_stays_finite_at_certain_mistakes() -> None:
    loss = binary_cross_entropy(torch.tensor([[1e4, -1e4]]), torch.tensor([[0.0, 1.0]]))
    assert loss.item() == pytest.approx(2e4)
