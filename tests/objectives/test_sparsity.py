import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Laplace, kl_divergence

from aestudio.objectives.sparsity import (
    absolute_sum,
    kl_to_target,
    largest_of_batch,
    largest_of_each,
    mean_activation,
    running_mean,
)


@pytest.fixture
def code() -> Tensor:
    return torch.randn(6, 5, generator=torch.Generator().manual_seed(0))


def test_the_sum_of_magnitudes_is_a_laplace_likelihood(code: Tensor) -> None:
    prior = Laplace(torch.tensor(0.0), torch.tensor(1.0))
    nll = -(prior.log_prob(code) - prior.log_prob(torch.tensor(0.0))).sum(1)
    torch.testing.assert_close(absolute_sum(code), nll)


def test_the_mean_is_over_the_batch_and_in_single_precision(code: Tensor) -> None:
    assert mean_activation(code.bfloat16()).dtype == torch.float32
    torch.testing.assert_close(mean_activation(code), torch.stack(list(code)).mean(0))


@pytest.mark.parametrize("rho", [0.01, 0.05, 0.5, 0.9])
def test_the_divergence_equals_the_second_implementation_in_torch(rho: float) -> None:
    mean_L = torch.rand(20, generator=torch.Generator().manual_seed(1)) * 0.9 + 0.05
    reference = kl_divergence(Bernoulli(torch.tensor(rho)), Bernoulli(mean_L)).sum()
    torch.testing.assert_close(kl_to_target(mean_L, rho), reference)


def test_units_on_target_are_at_no_distance() -> None:
    assert kl_to_target(torch.full((4,), 0.05), 0.05).item() == pytest.approx(0, abs=1e-7)


def test_the_gradient_is_that_of_the_lecture_notes() -> None:
    # CS294A: -rho / m + (1 - rho) / (1 - m).
    mean_L = torch.tensor([0.02, 0.05, 0.6], requires_grad=True)
    kl_to_target(mean_L, 0.05).backward()
    m = mean_L.detach()
    assert mean_L.grad is not None
    torch.testing.assert_close(mean_L.grad, -0.05 / m + 0.95 / (1 - m), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_saturated_units_cost_a_finite_amount(mean: float) -> None:
    mean_L = torch.full((3,), mean, requires_grad=True)
    divergence = kl_to_target(mean_L, 0.05)
    divergence.backward()
    assert divergence.isfinite()
    assert mean_L.grad is not None
    assert mean_L.grad.isfinite().all()


def test_the_running_mean_remembers_and_passes_on_the_gradient_of_its_share() -> None:
    mean_L = torch.tensor([0.5, 0.1], requires_grad=True)
    running_L = torch.tensor([0.1, 0.1])
    mixed_L = running_mean(mean_L, running_L, 0.75)
    torch.testing.assert_close(mixed_L, torch.tensor([0.2, 0.1]))
    mixed_L.sum().backward()
    assert mean_L.grad is not None
    assert mean_L.grad.tolist() == [0.25, 0.25]
    assert running_L.tolist() == pytest.approx([0.1, 0.1])


def test_a_running_mean_settles_on_the_mean_of_what_it_sees() -> None:
    running_L = torch.zeros(1)
    for step in range(400):
        running_L = running_mean(torch.tensor([0.2 if step % 2 else 0.4]), running_L, 0.95)
    assert running_L.item() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_each_row_keeps_its_largest(code: Tensor, k: int) -> None:
    kept = largest_of_each(code, k)
    for row, kept_row in zip(code.tolist(), kept.tolist(), strict=True):
        threshold = sorted(row)[-k]
        assert kept_row == [value if value >= threshold else 0.0 for value in row]


@pytest.mark.parametrize("k", [1, 3, 5])
def test_a_batch_keeps_its_largest_wherever_they_are(code: Tensor, k: int) -> None:
    kept = largest_of_batch(code, k)
    threshold = sorted(code.flatten().tolist())[-k * len(code)]
    torch.testing.assert_close(kept, torch.where(code >= threshold, code, 0.0))
    assert len(kept[kept != 0]) == k * len(code)
    if k < 5:
        assert len(set((kept != 0).sum(1).tolist())) > 1, "rich rows keep more than plain ones"


def test_ties_do_not_keep_more_than_asked_for() -> None:
    assert largest_of_each(torch.ones(3, 8), 2).sum(1).tolist() == [2.0, 2.0, 2.0]
    assert largest_of_batch(torch.ones(3, 8), 2).sum().item() == 6.0


def test_only_what_is_kept_has_a_gradient(code: Tensor) -> None:
    for keep in (largest_of_each, largest_of_batch):
        number_BL = code.clone().requires_grad_()
        kept = keep(number_BL, 2)
        kept.sum().backward()
        assert number_BL.grad is not None
        assert ((number_BL.grad == 1) == (kept != 0)).all()
        assert ((number_BL.grad == 0) == (kept == 0)).all()
