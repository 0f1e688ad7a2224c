"""Networks that were built before an option existed are still built the same, name by name."""

from __future__ import annotations

import pytest
import torch

from aestudio.networks.options import NetworkOptions
from tests.networks.conftest import build

#: Options as an older recipe has them, the names of layers with weights in encoder and decoder,
#: and the sums of codes and outputs for fixed inputs, as the version before computed them.
OLDER = [
    (NetworkOptions(), (1, 8, 8), "1 3 5 7", "0 2 4 6", -0.6408228, 1.4682529),
    (NetworkOptions(tied=True), (1, 8, 8), "1 3 5 7", "biases", -0.6408228, 0.0060208),
    (
        NetworkOptions(normalization="batch"),
        (1, 8, 8),
        "1 2 4 5 7 8 10",
        "0 1 3 4 6 7 9",
        -0.6408227,
        1.4682517,
    ),
    (
        NetworkOptions(kind="convolutional"),
        (1, 28, 21),
        "0 2 4 7",
        "0 2 4 6",
        0.0409382,
        119.3040409,
    ),
    (
        NetworkOptions(kind="convolutional", normalization="layer"),
        (3, 28, 21),
        "0 1 3 4 6 7 10",
        "0 2 3 5 6 8",
        -2.4275189,
        876.8502775,
    ),
    (
        NetworkOptions(kind="recurrent"),
        (11, 3),
        "layers head",
        "layers head",
        -1.1855911,
        -3.7199474,
    ),
    (
        NetworkOptions(kind="recurrent", hidden=(6, 6)),
        (11, 3),
        "layers head",
        "layers head",
        -0.3935953,
        10.8658490,
    ),
]


@pytest.mark.parametrize(("options", "shape", "down", "up", "codes", "outputs"), OLDER, ids=str)
def test_older_recipes_build_the_same_network(
    options: NetworkOptions,
    shape: tuple[int, ...],
    down: str,
    up: str,
    codes: float,
    outputs: float,
) -> None:
    encoder, decoder = build(options, shape, 2)
    for part, names in ((encoder, down), (decoder, up)):
        found = dict.fromkeys(name.partition(".")[0] for name in part.state_dict())
        assert list(found) == names.split()
    x = torch.rand(4, *shape, generator=torch.Generator().manual_seed(1))
    z = encoder.eval()(x)
    y = decoder.eval()(z)
    assert z.double().sum().item() == pytest.approx(codes, rel=1e-4, abs=1e-4)
    assert y.double().sum().item() == pytest.approx(outputs, rel=1e-4, abs=1e-4)
    if options.kind == "recurrent":
        depth = max(1, len(options.hidden))
        weights = [name for name, _ in encoder.named_parameters() if "weight_hh" in name]
        assert weights == [f"layers.weight_hh_l{index}" for index in range(depth)]
