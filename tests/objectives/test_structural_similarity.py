"""The similarity that is learned from equals the one that is measured with."""

import numpy as np
import pytest
import torch

from aestudio.analysis.image_quality import ssim
from aestudio.objectives.structural_similarity import structural_similarity


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 17, 40), (1, 8, 9), (2, 11, 11), (1, 2, 5)])
def test_equals_the_second_implementation_in_numpy(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(0)
    a = torch.rand(6, *shape, generator=generator)
    noise = torch.rand(6, *shape, generator=generator)
    b = 0.7 * a + 0.3 * noise
    found = structural_similarity(a, b)
    np.testing.assert_allclose(found, ssim(a.numpy(), b.numpy(), 1.0), atol=1e-5)
    assert found.shape == (6,)


def test_a_picture_is_like_itself_and_unlike_its_negative() -> None:
    x = torch.rand(4, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(structural_similarity(x, x), torch.ones(4))
    assert (structural_similarity(x, 1 - x) < 0).all()


def test_half_precision_around_it_changes_nothing() -> None:
    x, y = torch.rand(2, 4, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    expected = structural_similarity(x, y)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(structural_similarity(x, y), expected)


def test_the_gradient_equals_finite_differences() -> None:
    x, y = torch.rand(2, 1, 1, 6, 6, generator=torch.Generator().manual_seed(3))
    x.requires_grad_()
    structural_similarity(x, y).sum().backward()
    assert x.grad is not None
    direction = torch.rand(x.shape, generator=torch.Generator().manual_seed(4))
    ends = [ssim((x + h * direction).detach().numpy(), y.numpy(), 1.0)[0] for h in (-1e-3, 1e-3)]
    assert (x.grad * direction).sum().item() == pytest.approx((ends[1] - ends[0]) / 2e-3, rel=0.01)


def test_can_be_learned_from_after_being_measured_without_gradients() -> None:
    x = torch.rand(2, 1, 13, 13)
    with torch.inference_mode():
        structural_similarity(x, x)
    y = torch.rand(2, 1, 13, 13, requires_grad=True)
    structural_similarity(x, y).sum().backward()
    assert y.grad is not None
