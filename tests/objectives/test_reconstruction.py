import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Laplace, Normal

from aestudio.analysis.image_quality import ssim
from aestudio.objectives.reconstruction import (
    RECONSTRUCTION_LOSSES,
    absolute_error,
    binary_cross_entropy,
    huber_error,
    reconstruction_loss,
    squared_error,
    ssim_mixed_error,
)


@pytest.fixture
def output() -> Tensor:
    return torch.randn(5, 3, 4, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def target() -> Tensor:
    return torch.rand(5, 3, 4, 2, generator=torch.Generator().manual_seed(2))


def test_every_loss_gives_one_number_per_sample(output: Tensor, target: Tensor) -> None:
    for loss in RECONSTRUCTION_LOSSES.values():
        # Symbols come as (N, T, V).
        parts = (output[..., 0], target[..., 0]) if loss.needs_tokens else (output, target)
        assert loss.function(*parts).shape == (5,)


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


def test_huber_is_half_the_square_up_to_its_threshold_and_a_line_beyond() -> None:
    errors = torch.tensor([[0.0, 0.05, -0.1, 0.1, 0.5, -3.0]])
    written_out = 0.05**2 / 2 + 2 * 0.1**2 / 2 + 0.1 * (0.5 - 0.05) + 0.1 * (3.0 - 0.05)
    assert huber_error(errors, torch.zeros(1, 6)).item() == pytest.approx(written_out)


def test_huber_lies_between_its_two_limits(output: Tensor, target: Tensor) -> None:
    wide = reconstruction_loss("huber", 1e3).function(output, target)
    torch.testing.assert_close(2 * wide, squared_error(output, target))
    narrow = reconstruction_loss("huber", 1e-4).function(output, target)
    torch.testing.assert_close(narrow / 1e-4, absolute_error(output, target), rtol=1e-3, atol=0)


def test_the_mixed_loss_equals_one_computed_in_numpy(target: Tensor) -> None:
    picture = torch.rand(5, 3, 4, 2, generator=torch.Generator().manual_seed(3))
    a, b = picture.numpy(), target.numpy()
    expected = 24 * (0.84 * (1 - ssim(a, b, 1.0)) + 0.16 * np.abs(a - b).mean((1, 2, 3)))
    np.testing.assert_allclose(ssim_mixed_error(picture, target), expected, rtol=1e-5)
    assert ssim_mixed_error(target, target).abs().max() < 1e-4
