from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev, vmap

from aestudio.networks.chain import run_chain
from aestudio.objectives.contraction import (
    estimated_contraction,
    exact_contraction,
    layered_contraction,
    one_layer_contraction,
    two_layer_contraction,
)

NUM_FEATURES, CODE_SIZE = 11, 4


@pytest.fixture
def x() -> Tensor:
    return torch.randn(9, NUM_FEATURES, generator=torch.Generator().manual_seed(0))


def encoder(*hidden: int, curve: Callable[[], nn.Module] = nn.GELU) -> nn.Sequential:
    torch.manual_seed(1)
    widths = [NUM_FEATURES, *hidden, CODE_SIZE]
    modules: list[nn.Module] = []
    for num_in, num_out in pairwise(widths):
        modules += [nn.Linear(num_in, num_out), curve()]
    return nn.Sequential(*modules[:-1])


def reference(encode: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The second implementation: whole Jacobians by torch.func."""
    jacobian_BLD = vmap(jacrev(lambda one: encode(one[None])[0]))(x)
    return jacobian_BLD.square().flatten(1).sum(1)


def exact(encode: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    return exact_contraction(encode(x), x, differentiable=True)


@pytest.mark.parametrize(
    ("curve", "slope"),
    [
        (torch.sigmoid, lambda z: z * (1 - z)),
        (torch.tanh, lambda z: 1 - z.square()),
    ],
    ids=["sigmoid", "tanh"],
)
def test_exact_equals_the_closed_form_of_one_layer(
    curve: Callable[[Tensor], Tensor], slope: Callable[[Tensor], Tensor], x: Tensor
) -> None:
    layer = encoder()[0]
    closed = one_layer_contraction(slope(curve(layer(x))), layer.weight)
    # Rifai et al. 2011, equation 7, a sum at a time.
    by_hand = [
        sum(
            (slope(value) ** 2 * (row**2).sum()).item()
            for value, row in zip(curve(layer(one)), layer.weight, strict=True)
        )
        for one in x
    ]
    assert closed.tolist() == pytest.approx(by_hand, rel=1e-5)
    torch.testing.assert_close(exact(lambda x: curve(layer(x)), x), closed, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("hidden", [(), (7,), (16,), (7, 6), (16, 5, 8)])
def test_layers_multiplied_equal_backward_passes_and_torch_func(
    hidden: tuple[int, ...], x: Tensor
) -> None:
    network = encoder(*hidden)
    chain = run_chain(network, x)
    code = torch.sigmoid(chain.output)
    by_layers = layered_contraction(chain.weights, chain.slopes, code * (1 - code))

    def encode(x: Tensor) -> Tensor:
        return torch.sigmoid(network(x))

    torch.testing.assert_close(by_layers, reference(encode, x), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(by_layers, exact(encode, x), atol=1e-6, rtol=1e-5)


def test_two_layers_with_a_linear_code_need_no_work_per_number_of_the_code(x: Tensor) -> None:
    network = encoder(16)
    chain = run_chain(network, x)
    shortened = two_layer_contraction(chain.slopes[0], *chain.weights)
    torch.testing.assert_close(shortened, reference(network, x), atol=1e-6, rtol=1e-5)
    general = layered_contraction(chain.weights, chain.slopes, torch.ones_like(chain.output))
    torch.testing.assert_close(shortened, general, atol=1e-6, rtol=1e-5)


def test_half_precision_of_the_largest_product_hardly_changes_norm_or_gradient(x: Tensor) -> None:
    network = encoder(64)
    chain = run_chain(network, x)
    slope = torch.ones_like(chain.output)
    results = []
    for dtype in (None, torch.bfloat16):
        norms = layered_contraction(chain.weights, chain.slopes, slope, dtype)
        assert norms.dtype == torch.float32
        results.append((norms, *torch.autograd.grad(norms.sum(), chain.weights, retain_graph=True)))
    for whole, half in zip(*results, strict=True):
        assert not torch.equal(whole, half)
        assert (half - whole).norm() < 0.01 * whole.norm()


def test_large_batches_are_multiplied_in_parts(x: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = run_chain(encoder(7, 6), x)
    slope = torch.ones_like(chain.output)
    whole = layered_contraction(chain.weights, chain.slopes, slope)
    monkeypatch.setattr("aestudio.objectives.contraction._NUMBERS_IN_CACHE", 2 * CODE_SIZE * 7)
    in_parts = layered_contraction(chain.weights, chain.slopes, slope)
    torch.testing.assert_close(in_parts, whole)


@pytest.mark.parametrize(
    ("hidden", "way"),
    [
        ((16,), "layers"),
        ((16,), "two layers"),
        ((16,), "passes"),
        ((7, 6), "layers"),
        ((7, 6), "passes"),
    ],
)
def test_gradients_of_the_weights_equal_those_of_torch_func(
    hidden: tuple[int, ...], way: str, x: Tensor
) -> None:
    network = encoder(*hidden).double()
    x = x.double()
    weights = dict(network.named_parameters())
    expected = torch.autograd.grad(
        reference(lambda x: functional_call(network, weights, (x,)), x).sum(),
        [p for name, p in weights.items() if name != f"{2 * len(hidden)}.bias"],
    )
    if way == "passes":
        norms = exact(network, x)
    else:
        chain = run_chain(network, x)
        if way == "layers":
            norms = layered_contraction(chain.weights, chain.slopes, torch.ones_like(chain.output))
        else:
            norms = two_layer_contraction(chain.slopes[0], *chain.weights)
    given = torch.autograd.grad(
        norms.sum(), [p for name, p in weights.items() if name != f"{2 * len(hidden)}.bias"]
    )
    for ours, theirs in zip(given, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("hidden", [(16,), (7, 6)])
def test_gradients_through_a_curved_code_equal_those_of_torch_func(
    hidden: tuple[int, ...], x: Tensor
) -> None:
    network = encoder(*hidden).double()
    x = x.double()
    weights = dict(network.named_parameters())
    expected = reference(lambda x: torch.sigmoid(functional_call(network, weights, (x,))), x)
    chain = run_chain(network, x)
    code = torch.sigmoid(chain.output)
    norms = layered_contraction(chain.weights, chain.slopes, code * (1 - code))
    torch.testing.assert_close(norms, expected)
    for ours, theirs in zip(
        torch.autograd.grad(norms.sum(), list(weights.values())),
        torch.autograd.grad(expected.sum(), list(weights.values())),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


def test_the_estimate_is_within_its_standard_error_of_the_exact_norm(x: Tensor) -> None:
    network = encoder(7)
    generator = torch.Generator().manual_seed(3)
    num_directions = 4000
    x = x.requires_grad_()
    code = network(x)
    signs = torch.randint(0, 2, (num_directions, *code.shape), generator=generator) * 2.0 - 1
    single = torch.stack(
        [estimated_contraction(code, x, one[None], differentiable=False) for one in signs]
    )
    whole = estimated_contraction(code, x, signs, differentiable=False)
    torch.testing.assert_close(whole, single.mean(0), rtol=1e-4, atol=1e-5)
    error = (whole - reference(network, x.detach())).abs()
    standard_error = single.std(0) / num_directions**0.5
    # Of 9 samples, all are within 3 standard errors and most within one.
    assert (error <= 3 * standard_error).all()
    assert (error <= standard_error).sum() >= 5
    assert (standard_error < 0.05 * whole).all(), "the error says something"


def test_gradients_of_an_estimate_are_those_of_the_exact_norm_on_average(x: Tensor) -> None:
    network = encoder(7)
    weight = network[0].weight
    x = x.requires_grad_()
    # All sign patterns, each once, have the expectation as their mean.
    patterns = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * CODE_SIZE)
    directions = patterns[:, None, :].expand(-1, len(x), -1)
    estimate = estimated_contraction(network(x), x, directions, differentiable=True)
    torch.testing.assert_close(estimate, reference(network, x.detach()))
    (ours,) = torch.autograd.grad(estimate.sum(), weight)
    (theirs,) = torch.autograd.grad(exact(network, x.detach()).sum(), weight)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
