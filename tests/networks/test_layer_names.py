from __future__ import annotations

import pytest

from aestudio.autoencoders.base import Plan
from aestudio.autoencoders.registry import build, types
from aestudio.experiment import Experiment
from aestudio.networks.layer_names import layer_names


def names_of(settings: list[str], shape: tuple[int, ...] = (1, 8, 8)) -> dict[str, str]:
    experiment = Experiment().with_settings(["network.code_size=2", *settings])
    plan = Plan(network=experiment.network, loss="mse", sample_shape=shape, is_unit_interval=True)
    return layer_names(build(experiment.autoencoder, plan, seed=0))


def test_layers_are_counted_from_the_data_to_the_reconstruction() -> None:
    names = names_of(["network.hidden=[16,8]"])
    assert list(dict.fromkeys(names.values())) == [
        *("encoder 1", "encoder 2", "code", "decoder 1", "decoder 2", "reconstruction"),
    ]
    # The weights and the biases of each.
    assert len(names) == 12


def test_normalisation_belongs_to_the_layer_before() -> None:
    names = names_of(["network.hidden=[16]", "network.normalization=layer"])
    assert [name for name, layer in names.items() if layer == "encoder 1"] == [
        *("encoder.1.weight", "encoder.1.bias", "encoder.2.weight", "encoder.2.bias"),
    ]


def test_a_network_of_one_layer_is_its_code_and_its_reconstruction() -> None:
    names = names_of(["autoencoder.type=undercomplete", "network.depth=0"])
    assert set(names.values()) == {"code", "reconstruction"}


def test_shared_weights_belong_to_the_encoder() -> None:
    names = names_of(["network.hidden=[16]", "network.tied=true"])
    assert {layer for name, layer in names.items() if name.startswith("decoder")} == {
        *("decoder 1", "reconstruction"),
    }
    assert names["encoder.1.weight"] == "encoder 1"


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        (["network.kind=convolutional"], (1, 16, 16)),
        (["network.kind=convolutional", "network.residual=true"], (1, 16, 16)),
        (["network.kind=recurrent"], (12, 3)),
        (["network.kind=recurrent", "network.feedback=true"], (12, 3)),
        (["network.kind=temporal"], (12, 3)),
    ],
)
def test_every_kind_of_network_ends_in_code_and_reconstruction(
    settings: list[str], shape: tuple[int, ...]
) -> None:
    layers = list(dict.fromkeys(names_of(settings, shape).values()))
    assert layers[0] in ("encoder 1", "code")
    assert {"code", "reconstruction"} <= set(layers)


@pytest.mark.parametrize("name", list(types()))
def test_what_a_type_has_beside_its_networks_is_one_layer(name: str) -> None:
    layers = set(names_of([f"autoencoder.type={name}"]).values())
    others = {layer for layer in layers if layer.rstrip(" 0123456789") not in PARTS}
    assert others == ({"discriminator"} if name == "adversarial" else set())


PARTS = {"encoder", "decoder", "code", "reconstruction"}
