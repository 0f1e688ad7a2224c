"""Untrained autoencoders of every kind, small enough to export in about a second."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from aestudio.autoencoders.base import Autoencoder, Plan
from aestudio.autoencoders.registry import build, parse_autoencoder_options
from aestudio.networks.options import NetworkOptions

#: Kind of network -> the shape of a sample that it takes.
SHAPES: dict[str, tuple[int, ...]] = {
    "dense": (2, 5, 6),
    "convolutional": (3, 13, 10),
    "fully_convolutional": (3, 10, 4),
    "recurrent": (7, 2),
    "temporal": (7, 2),
}

#: (kind, options): each way of building a network, beside the kinds as they are by default.
WAYS: list[tuple[str, dict[str, object]]] = [
    ("dense", {"tied": True}),
    ("dense", {"residual": True}),
    ("convolutional", {"downsampling": "max_pool", "upsampling": "resize"}),
    (
        "convolutional",
        {"downsampling": "average_pool", "residual": True, "normalization": "batch"},
    ),
    (
        "convolutional",
        {"residual": True, "upsampling": "resize", "kernel_size": 5, "normalization": "layer"},
    ),
    ("fully_convolutional", {"downsampling": "max_pool", "upsampling": "resize"}),
    ("fully_convolutional", {"residual": True, "normalization": "layer"}),
    ("recurrent", {"cell": "lstm", "bidirectional": True}),
    ("recurrent", {"residual": True, "normalization": "batch"}),
    ("recurrent", {"feedback": True}),
    ("recurrent", {"feedback": True, "cell": "lstm", "normalization": "layer"}),
    ("temporal", {"normalization": "batch"}),
    ("temporal", {"causal": True, "kernel_size": 2, "normalization": "layer"}),
]


@pytest.fixture
def build_autoencoder() -> Callable[..., Autoencoder]:
    def build_one(type_name: str, kind: str, **options: object) -> Autoencoder:
        torch.manual_seed(0)
        plan = Plan(
            network=NetworkOptions(kind=kind, code_size=3, hidden=(8, 8), **options),
            loss="mse",
            sample_shape=SHAPES[kind],
            is_unit_interval=True,
        )
        return build(parse_autoencoder_options({"type": type_name}), plan)

    return build_one
