from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import jacrev, vmap

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.contractive import Contractive
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.errors import OptionError
from aestudio.networks.options import NetworkOptions

SHAPES = {"dense": (1, 6, 5), "convolutional": (1, 8, 9), "recurrent": (7, 2)}


def make(
    network: dict[str, object] | None = None, *, adapted: bool = True, **values: object
) -> Contractive:
    options = NetworkOptions(**{"code_size": 3, "hidden": (16,), **(network or {})})
    shape = SHAPES[options.kind]
    plan = Plan(network=options, loss="mse", sample_shape=shape, is_unit_interval=True)
    model = build(parse_autoencoder_options({"type": "contractive", **values}), plan)
    assert isinstance(model, Contractive)
    if adapted:
        # The norm is by samples as they are given, not by what the network is shown.
        model.adapt(torch.full(shape, 0.4), 0.25)
    return model


def samples(kind: str = "dense") -> Batch:
    return Batch(torch.rand(7, *SHAPES[kind], generator=torch.Generator().manual_seed(0)))


def reference(encode: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    jacobian = vmap(jacrev(lambda one: encode(one[None])[0]))(x)
    return jacobian.square().flatten(1).sum(1)


NETWORKS = {
    "one layer": {"hidden": (), "depth": 0},
    "two layers": {},
    "three layers": {"hidden": (16, 8)},
    "tied": {"tied": True},
    "normalised": {"normalization": "layer"},
    "convolutional": {"kind": "convolutional", "hidden": (4,)},
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("activation", ["linear", "sigmoid", "tanh"])
def test_the_exact_norm_equals_torch_func(name: str, activation: str) -> None:
    model = make(NETWORKS[name], method="exact", code_activation=activation)
    batch = samples(str(NETWORKS[name].get("kind", "dense")))
    expected = reference(model.encode, batch.x)
    terms = model.terms(batch, FINISHED)
    torch.testing.assert_close(terms["contraction"], expected, atol=1e-5, rtol=1e-4)
    with torch.no_grad():
        looked_at = model.eval().terms(batch, FINISHED)
    torch.testing.assert_close(looked_at["contraction"], expected, atol=1e-5, rtol=1e-4)
    assert not any(term.requires_grad for term in looked_at.values())


def test_one_sigmoid_layer_is_the_published_form() -> None:
    model = make({"hidden": (), "depth": 0}, adapted=False, code_activation="sigmoid")
    x = samples().x
    h = model.encode(x)
    weight = model.encoder[1].weight
    published = ((h * (1 - h)) ** 2 @ (weight**2).sum(1)).detach()
    contraction = model.terms(Batch(x), FINISHED)["contraction"]
    torch.testing.assert_close(contraction, published, atol=1e-5, rtol=1e-5)


def test_a_recurrent_encoder_can_be_contracted() -> None:
    model = make({"kind": "recurrent", "hidden": (5,)}, method="exact")
    batch = samples("recurrent")
    x = batch.x.clone().requires_grad_()
    code = model.encode(x)
    rows = [
        torch.autograd.grad(code[:, unit].sum(), x, retain_graph=True)[0].square().sum((1, 2))
        for unit in range(3)
    ]
    contraction = model.terms(batch, FINISHED)["contraction"]
    torch.testing.assert_close(contraction, torch.stack(rows).sum(0))
    contraction.sum().backward()
    gradients = [p.grad for p in model.encoder.parameters() if p.grad is not None]
    assert gradients
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_the_estimate_is_within_its_standard_error_of_the_exact_norm() -> None:
    batch = samples()
    exact = make({"code_size": 12}, method="exact").terms(batch, FINISHED)["contraction"]
    model = make({"code_size": 12}, method="estimate", num_projections=4)
    draws = []
    for step in range(400):
        model.noise.reseed(0, step)
        draws.append(model.terms(batch, FINISHED)["contraction"].detach())
    standard_error = torch.stack(draws).std(0) / 20
    error = (torch.stack(draws).mean(0) - exact).abs()
    assert (error < 3 * standard_error).all()
    assert (error < standard_error).sum() >= 4
    assert (standard_error < 0.05 * exact).all(), "the error says something"


@pytest.mark.parametrize("method", ["exact", "estimate"])
@pytest.mark.parametrize("name", ["two layers", "three layers", "convolutional"])
def test_minimising_it_makes_the_code_insensitive(name: str, method: str) -> None:
    model = make(NETWORKS[name], method=method)
    batch = samples(str(NETWORKS[name].get("kind", "dense")))
    optimizer = torch.optim.Adam(model.encoder.parameters(), lr=0.01)
    before = reference(model.encode, batch.x).mean()
    for step in range(30):
        model.noise.reseed(0, step)
        optimizer.zero_grad()
        model.terms(batch, FINISHED)["contraction"].mean().backward()
        optimizer.step()
    assert reference(model.encode, batch.x).mean() < 0.5 * before


def test_half_precision_hardly_changes_the_norm() -> None:
    for name in ("one layer", "two layers", "three layers"):
        model = make(NETWORKS[name], method="exact")
        whole = model.terms(samples(), FINISHED)["contraction"]
        with torch.autocast("cpu", torch.bfloat16):
            half = model.terms(samples(), FINISHED)["contraction"]
        assert half.dtype == torch.float32
        torch.testing.assert_close(half, whole, rtol=0.02, atol=1e-4)


@pytest.mark.parametrize(
    ("network", "activation", "draws"),
    [
        ({"code_size": 8, "hidden": (9, 9)}, "sigmoid", False),
        ({"code_size": 9, "hidden": (9, 9)}, "sigmoid", True),
        ({"code_size": 25}, "linear", False),
        ({"code_size": 25}, "tanh", True),
        ({"code_size": 25, "hidden": (), "depth": 0}, "sigmoid", False),
    ],
)
def test_auto_is_exact_where_that_is_cheap(
    network: dict[str, object], activation: str, draws: bool
) -> None:
    model = make(network, code_activation=activation)

    def contraction(step: int) -> list[float]:
        model.noise.reseed(0, step)
        values: list[float] = model.terms(samples(), FINISHED)["contraction"].tolist()
        return values

    assert (contraction(1) != contraction(2)) == draws


def test_the_weight_is_that_of_the_contraction() -> None:
    assert make(weight=0.5).term_weights(FINISHED) == {"contraction": 0.5}


def test_batch_normalisation_is_refused() -> None:
    with pytest.raises(OptionError, match="one sample alone") as caught:
        make({"normalization": "batch"})
    assert caught.value.subject == "network.normalization"
    assert "layer" in caught.value.next_step
