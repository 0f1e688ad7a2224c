"""The description of a network agrees with the network that is built."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from aestudio.errors import OptionError
from aestudio.networks.hourglass import describe_network
from aestudio.networks.options import NetworkOptions
from tests.networks.conftest import build

NETWORKS = [
    (NetworkOptions(), (1, 28, 28)),
    (NetworkOptions(normalization="batch", hidden=(9, 4)), (5,)),
    (NetworkOptions(tied=True, normalization="layer"), (1, 28, 28)),
    (NetworkOptions(residual=True, dropout=0.3), (12,)),
    (NetworkOptions(depth=0), (6,)),
    (NetworkOptions(kind="convolutional", normalization="batch"), (3, 21, 18)),
    (
        NetworkOptions(kind="convolutional", downsampling="max_pool", upsampling="resize"),
        (1, 21, 18),
    ),
    (
        NetworkOptions(
            kind="convolutional", residual=True, downsampling="average_pool", normalization="layer"
        ),
        (1, 21, 18),
    ),
    (NetworkOptions(kind="recurrent"), (11, 3)),
    (NetworkOptions(kind="recurrent", hidden=(5, 5), cell="lstm", bidirectional=True), (11, 3)),
    (
        NetworkOptions(kind="recurrent", hidden=(5, 4), feedback=True, normalization="layer"),
        (11, 3),
    ),
    (NetworkOptions(kind="temporal", causal=True, initialization="orthogonal"), (11, 3)),
    (NetworkOptions(kind="temporal", depth=0), (11, 3)),
]
DESCRIBING_ALL = """
import sys
from aestudio.networks.hourglass import describe_network
from tests.networks.test_hourglass import NETWORKS

assert "torch._dynamo" not in sys.modules
for options, shape in NETWORKS:
    describe_network(options, shape)
embedded = NETWORKS[0][0].changed(categories="embedded")
assert describe_network(embedded, (7,), categories=((2, 6),)).layers[1].name == "Embeddings"
sys.exit("torch._dynamo" in sys.modules)
"""


@pytest.mark.parametrize(("options", "shape"), NETWORKS, ids=str)
@pytest.mark.parametrize("outputs_per_code", [1, 2])
def test_every_parameter_is_counted_once(
    options: NetworkOptions, shape: tuple[int, ...], outputs_per_code: int
) -> None:
    found = describe_network(options, shape, outputs_per_code=outputs_per_code)
    built = build(options, shape, outputs_per_code * options.code_size)
    assert found.num_parameters == sum(p.numel() for part in built for p in part.parameters())
    assert found.code_size == options.code_size
    assert found.compression_ratio == math.prod(shape) / options.code_size
    assert found.layers[0].shape == found.layers[-1].shape == shape
    assert [layer.part for layer in found.layers].count("code") == 1
    assert all(layer.name and layer.num_values > 0 for layer in found.layers)


def test_rows_follow_the_data() -> None:
    options = NetworkOptions(hidden=(512, 256), code_size=10, normalization="batch")
    rows = [
        (layer.name, layer.part, layer.shape, layer.num_parameters)
        for layer in describe_network(options, (1, 28, 28)).layers
    ]
    assert rows == [
        ("Data", "data", (1, 28, 28), 0),
        ("Linear", "encoder", (512,), 784 * 512 + 512 + 2 * 512),
        ("Linear", "encoder", (256,), 512 * 256 + 256 + 2 * 256),
        ("Code", "code", (10,), 256 * 10 + 10),
        ("Linear", "decoder", (256,), 10 * 256 + 256 + 2 * 256),
        ("Linear", "decoder", (512,), 256 * 512 + 512 + 2 * 512),
        ("Reconstruction", "reconstruction", (1, 28, 28), 512 * 784 + 784),
    ]


def test_pictures_shrink_and_grow_again() -> None:
    options = NetworkOptions(
        kind="convolutional", hidden=(8, 16), downsampling="max_pool", upsampling="resize"
    )
    assert [(layer.name, layer.shape) for layer in describe_network(options, (1, 9, 6)).layers] == [
        ("Data", (1, 9, 6)),
        ("Filters 3 x 3", (8, 9, 6)),
        ("Largest of 2 x 2", (8, 5, 3)),
        ("Filters 3 x 3", (16, 5, 3)),
        ("Largest of 2 x 2", (16, 3, 2)),
        ("Code", (2,)),
        ("Linear", (96,)),
        ("Doubling", (16, 5, 3)),
        ("Filters 3 x 3", (8, 5, 3)),
        ("Doubling", (8, 9, 6)),
        ("Reconstruction", (1, 9, 6)),
    ]


@pytest.mark.parametrize("feedback", [False, True])
def test_recurrent_layers_are_told_once_however_long_the_sequence(feedback: bool) -> None:
    options = NetworkOptions(kind="recurrent", hidden=(8, 8), bidirectional=True, feedback=feedback)
    layers = describe_network(options, (1000, 3)).layers
    assert [(layer.name, layer.shape) for layer in layers] == [
        ("Data", (1000, 3)),
        ("2 GRU layers, both ways", (1000, 16)),
        ("Code", (2,)),
        ("2 GRU layers", (1000, 8)),
        ("Reconstruction", (1000, 3)),
    ]


def test_a_giant_network_costs_nothing_to_describe() -> None:
    describe_network(NetworkOptions(), (4,))
    before = torch.random.get_rng_state()
    started = time.process_time()
    found = describe_network(NetworkOptions(hidden=(60_000, 60_000)), (3, 1024, 1024))
    assert time.process_time() - started < 2
    assert found.num_parameters > 300e9
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_first_description_does_not_load_the_compiler(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBING_ALL], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_impossible_networks_are_refused() -> None:
    with pytest.raises(OptionError) as caught:
        describe_network(NetworkOptions(kind="convolutional"), (30,))
    assert caught.value.subject == "network.kind"
