"""Types that are told a label: what each network is given, and that it goes without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from aestudio.autoencoders.base import FINISHED, Batch, Plan
from aestudio.autoencoders.condition import LabelCondition
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import build, parse_autoencoder_options, types
from aestudio.errors import OptionError
from aestudio.export.onnx import TOLERANCE, export_onnx
from aestudio.networks.options import NetworkOptions

#: Types that can be told labels: all with clouds of codes, and no other.
FAMILY = [name for name, cls in types().items() if issubclass(cls, GaussianCode)]
LABELS = torch.tensor([0, 1, 2, 3, -1, 0, 2])
SHAPES = {
    "dense": (1, 6, 5),
    "convolutional": (1, 6, 5),
    "fully_convolutional": (1, 9, 4),
    "recurrent": (6, 2),
    "temporal": (6, 2),
}


def make(
    name: str = "variational", kind: str = "dense", *, network: Any = None, **values: Any
) -> GaussianCode:
    plan = Plan(
        network=NetworkOptions(kind=kind, code_size=3, hidden=(8, 8), **(network or {})),
        loss="mse",
        sample_shape=SHAPES[kind],
        is_unit_interval=True,
    )
    told = {"conditional": "both", "num_labels": 4, **values}
    model = build(parse_autoencoder_options({"type": name, **told}), plan)
    assert isinstance(model, GaussianCode)
    return model


def samples(kind: str = "dense") -> Tensor:
    return torch.rand(7, *SHAPES[kind], generator=torch.Generator().manual_seed(0))


def condition_of(model: GaussianCode) -> LabelCondition:
    assert model.condition is not None
    return model.condition


def means(model: GaussianCode, labels: Tensor | None) -> list[float]:
    model.noise.reseed(0, 0)
    terms = model.terms(Batch(samples(), labels), FINISHED)
    return [term.mean().item() for term in terms.values()]


@pytest.mark.parametrize("name", list(types()))
def test_the_types_with_clouds_can_be_told_labels(name: str) -> None:
    options = {"type": name, "conditional": "decoder", "num_labels": 4}
    if name in FAMILY:
        assert parse_autoencoder_options(options).model_dump()["conditional"] == "decoder"
        return
    with pytest.raises(OptionError, match="no such option"):
        parse_autoencoder_options(options)


@pytest.mark.parametrize("kind", list(SHAPES))
@pytest.mark.parametrize("name", FAMILY)
def test_labels_reach_both_networks_and_are_not_needed(name: str, kind: str) -> None:
    model = make(name, kind)
    x = samples(kind)
    for labels in (LABELS, None):
        terms = model.terms(Batch(x, labels), FINISHED)
        assert all(term.isfinite().all() for term in terms.values())
    shift = condition_of(model).input_shift
    assert shift is not None
    with torch.no_grad():
        shift.normal_(generator=torch.Generator().manual_seed(1))
    model.eval()
    codes = model.encode(x)
    assert codes.shape == (7, 3)
    assert model.decode(codes).shape == x.shape
    nobody = torch.full((7,), -1)
    torch.testing.assert_close(model.encode(x, nobody), codes)
    torch.testing.assert_close(model.decode(codes, nobody), model.decode(codes))
    for told, untold in (
        (model.encode(x, LABELS), codes),
        (model.decode(codes, LABELS), model.decode(codes)),
    ):
        # Only the fifth sample has no label.
        is_same = (told - untold).flatten(1).abs().amax(1) < 1e-7
        assert is_same.tolist() == [False] * 4 + [True] + [False] * 2


def test_the_decoder_sees_the_one_hot_behind_the_code() -> None:
    model = make(conditional="decoder").eval()
    z = torch.randn(7, 3, generator=torch.Generator().manual_seed(2))
    one_hot = torch.nn.functional.one_hot(LABELS.where(LABELS >= 0, 4), 5).float()
    torch.testing.assert_close(
        model.decode(z, LABELS), torch.sigmoid(model.decoder(torch.cat([z, one_hot], 1)))
    )


def test_the_encoder_of_a_dense_network_sees_what_a_one_hot_beside_its_inputs_would_give() -> None:
    model = make().eval()
    shift = condition_of(model).input_shift
    assert shift is not None
    with torch.no_grad():
        shift.normal_(generator=torch.Generator().manual_seed(3))
    first = model.encoder[1]
    weight = torch.cat([first.weight, first.weight @ shift.flatten(1).t()], 1)
    one_hot = torch.nn.functional.one_hot(LABELS.where(LABELS >= 0, 4), 5).float()
    inputs = torch.cat([samples().flatten(1), one_hot], 1)
    expected = model.encoder[2:](torch.nn.functional.linear(inputs, weight, first.bias))
    torch.testing.assert_close(model.encode(samples(), LABELS), expected[:, :3])


def test_only_the_decoder_is_told_where_only_it_should_be() -> None:
    model = make(conditional="decoder").eval()
    assert condition_of(model).input_shift is None
    torch.testing.assert_close(model.encode(samples(), LABELS), model.encode(samples()))


@pytest.mark.parametrize("name", FAMILY)
def test_gradients_reach_what_stands_for_the_labels(name: str) -> None:
    model = make(name, label_dropout=0.0)
    shift = condition_of(model).input_shift
    assert shift is not None
    terms = model.terms(Batch(samples(), LABELS.clamp(min=0)), FINISHED)
    sum(term.mean() for term in terms.values()).backward()
    assert shift.grad is not None
    # Nobody was without a label.
    assert (shift.grad.flatten(1).abs().sum(1) > 0).tolist() == [True] * 4 + [False]


def test_a_share_of_the_labels_is_hidden_while_training_only() -> None:
    condition = condition_of(make(label_dropout=0.3))
    labels = torch.arange(4).repeat(5000)
    shown = condition.shown(labels)
    assert shown is not None
    is_hidden = shown == -1
    assert is_hidden.float().mean().item() == pytest.approx(0.3, abs=0.015)
    assert torch.equal(shown[~is_hidden], labels[~is_hidden])
    condition.eval()
    assert condition.shown(labels) is labels


def test_with_all_labels_hidden_they_change_nothing() -> None:
    model = make(label_dropout=1.0, conditional="decoder")
    model.noise.reseed(0, 0)
    hidden = model.terms(Batch(samples(), LABELS), FINISHED)["kl"]
    torch.testing.assert_close(hidden, model.terms(Batch(samples(), None), FINISHED)["kl"])
    assert model.shown_labels(Batch(samples(), LABELS)).tolist() == [-1] * 7  # type: ignore[union-attr]  # it is conditional


@pytest.mark.parametrize("name", FAMILY)
def test_which_labels_are_hidden_is_a_function_of_seed_and_step(name: str) -> None:
    assert means(make(name, label_dropout=0.5), LABELS) == means(
        make(name, label_dropout=0.5), LABELS
    )


@pytest.mark.parametrize("name", FAMILY)
def test_a_model_that_is_told_nothing_is_what_it_was(name: str) -> None:
    plain = make(name, conditional="none", num_labels=0)
    assert plain.condition is None
    assert means(plain, LABELS) == means(plain, None)
    assert not any("condition" in part for part in plain.state_dict())


@pytest.mark.parametrize(
    ("values", "subject"),
    [
        ({"num_labels": 0}, "autoencoder.conditional"),
        ({"network": {"tied": True}}, "network.tied"),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, Any], subject: str) -> None:
    with pytest.raises(OptionError) as caught:
        make(**values)
    assert caught.value.subject == subject
    assert caught.value.next_step


@pytest.mark.parametrize(
    "kind",
    [kind if kind == "dense" else pytest.param(kind, marks=pytest.mark.slow) for kind in SHAPES],
)
def test_a_conditional_model_is_exported_without_a_label(kind: str, tmp_path: Path) -> None:
    raw = np.random.default_rng(0).integers(0, 256, (40, *SHAPES[kind])).astype(np.uint8)
    broadcast = (1,) * len(SHAPES[kind])
    zero, scale = np.zeros(broadcast, np.float32), np.full(broadcast, 1 / 255, np.float32)
    written = export_onnx(make(kind=kind), tmp_path, offset=zero, scale=scale, samples=raw)
    assert written.relative_difference <= TOLERANCE
