import pytest
import torch
from torch import nn
from torch.func import jacrev, vmap

from aestudio.networks.chain import is_chain, run_chain
from aestudio.networks.layers import ACTIVATIONS
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network


def dense_encoder(**options: object) -> nn.Module:
    torch.manual_seed(0)
    plan = NetworkPlan(
        options=NetworkOptions(code_size=3, hidden=(7, 5), **options),
        sample_shape=(2, 3, 2),
        num_code_outputs=3,
        noise=NoiseSource(),
    )
    return build_network(plan)[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_factors_multiply_to_the_jacobian(activation: str) -> None:
    encoder = dense_encoder(activation=activation)
    assert is_chain(encoder)
    x = torch.randn(4, 2, 3, 2)
    chain = run_chain(encoder, x)
    torch.testing.assert_close(chain.output, encoder(x))
    first, second, third = chain.weights
    inner, outer = chain.slopes
    product = third @ torch.diag_embed(outer) @ second @ torch.diag_embed(inner) @ first
    jacobian = vmap(jacrev(lambda one: encoder(one[None])[0]))(x).flatten(2)
    torch.testing.assert_close(product, jacobian, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("activation", ["gelu", "relu", "softplus"])
def test_the_same_factors_come_out_where_gradients_are_off(activation: str) -> None:
    encoder, x = dense_encoder(activation=activation), torch.randn(4, 2, 3, 2)
    learning = run_chain(encoder, x)
    with torch.no_grad():
        looking = run_chain(encoder, x)
    torch.testing.assert_close(looking.output, learning.output)
    for ours, theirs in zip(looking.slopes, learning.slopes, strict=True):
        torch.testing.assert_close(ours, theirs)
        assert not ours.requires_grad
    assert not looking.output.requires_grad
    assert learning.slopes[0].requires_grad


@pytest.mark.parametrize("options", [{"dropout": 0.5}, {"normalization": "layer"}])
def test_layers_that_are_not_elementwise_curves_break_the_chain(options: dict[str, object]) -> None:
    assert not is_chain(dense_encoder(**options))


def test_other_networks_are_no_chains() -> None:
    assert not is_chain(nn.GRU(3, 4))
    assert not is_chain(nn.Sequential(nn.Conv1d(1, 1, 3)))
    assert not is_chain(nn.Sequential(nn.Linear(3, 4), nn.GELU()))
    assert is_chain(nn.Sequential(nn.Linear(3, 4)))
