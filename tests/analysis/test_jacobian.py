from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from aestudio.analysis.jacobian import jacobians, singular_values


def _encoder() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(1), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))


X = np.random.default_rng(0).standard_normal((4, 1, 2, 3)).astype(np.float32)


def test_equals_differences_of_codes() -> None:
    encoder = _encoder().double()

    def encode(x: Tensor) -> Tensor:
        return encoder(x.double())

    found = jacobians(encode, X)
    assert found.shape == (4, 3, 6)
    step = 1e-4
    for feature in range(6):
        nudge = torch.zeros(6, dtype=torch.float64)
        nudge[feature] = step
        samples = torch.from_numpy(X).double()
        with torch.no_grad():
            above = encoder(samples + nudge.reshape(1, 2, 3))
            below = encoder(samples - nudge.reshape(1, 2, 3))
        np.testing.assert_allclose(
            found[:, :, feature], ((above - below) / (2 * step)).numpy(), atol=1e-5
        )


def test_singular_values_of_a_linear_encoder_are_those_of_its_matrix() -> None:
    matrix = np.random.default_rng(1).standard_normal((3, 6)).astype(np.float32)

    def encode(x: Tensor) -> Tensor:
        return x.flatten(1) @ torch.from_numpy(matrix).t()

    values = singular_values(encode, X)
    assert values.shape == (4, 3)
    np.testing.assert_allclose(values, np.tile(np.linalg.svd(matrix)[1], (4, 1)), rtol=1e-5)


def test_the_squares_of_the_singular_values_add_up_to_the_contraction() -> None:
    encoder = _encoder()
    squares = np.square(jacobians(encoder, X)).sum(axis=(1, 2))
    np.testing.assert_allclose(
        np.square(singular_values(encoder, X)).sum(axis=1), squares, rtol=1e-5
    )


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_works_where_gradients_are_off(mode: type[torch.no_grad]) -> None:
    encoder = _encoder()
    expected = jacobians(encoder, X)
    with mode():
        np.testing.assert_array_equal(jacobians(encoder, X), expected)
    assert all(p.grad is None for p in encoder.parameters())
