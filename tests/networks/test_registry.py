"""What the registry says about each kind of network."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from aestudio.errors import OptionError
from aestudio.networks import registry
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, network, networks

#: A picture, a sequence and a row of a table: each kind takes one of them.
_SHAPES = ((1, 16, 16), (12, 3), (20,))
#: Settings that make a kind read whatever it has.
_RICH: dict[str, Any] = {"feedback": True, "bidirectional": True, "code_size": 4}


class Watched:
    """Options that remember which of them were read."""

    def __init__(self, options: NetworkOptions) -> None:
        self.options = options
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in NetworkOptions.model_fields:
            self.read.add(name)
        return getattr(self.options, name)


def test_every_kind_that_can_be_set_is_registered() -> None:
    choices = get_args(NetworkOptions.model_fields["kind"].annotation)
    assert set(networks()) == set(choices)


@pytest.mark.parametrize("name", sorted(get_args(NetworkOptions.model_fields["kind"].annotation)))
def test_a_kind_has_every_option_that_it_reads(name: str) -> None:
    kind = networks()[name]
    assert kind.title
    assert kind.summary
    assert set(kind.own) <= set(kind.options) <= set(NetworkOptions.model_fields)
    watched = Watched(NetworkOptions(kind=name, **_RICH))
    for shape in _SHAPES:
        plan = NetworkPlan(
            options=watched,  # type: ignore[arg-type]  # stands in for the options
            sample_shape=shape,
            num_code_outputs=4,
            noise=NoiseSource(),
        )
        try:
            kind.build(plan)
        except OptionError:
            continue
        break
    else:
        pytest.fail(f"no shape suits {name}")
    assert watched.read
    assert watched.read - {"kind"} <= set(kind.options)


def test_what_only_one_kind_reads_belongs_to_no_other() -> None:
    found = networks()
    assert {"downsampling", "upsampling", "residual"} <= set(found["convolutional"].options)
    assert "downsampling" not in found["dense"].options
    assert "tied" in found["dense"].options
    assert {"cell", "bidirectional"} <= set(found["recurrent"].options)
    assert "cell" not in found["temporal"].options
    assert {"kernel_size", "causal"} <= set(found["temporal"].options)


def test_registration_alone_makes_a_kind_known(monkeypatch: pytest.MonkeyPatch) -> None:
    before = networks()
    monkeypatch.setattr(registry, "_KINDS", dict(before))
    network("fully_connected", own=("causal",))(before["dense"].build)
    added = networks()["fully_connected"]
    assert added.title == "Fully connected"
    assert added.summary == "Fully connected encoders and decoders, with or without tied weights."
    assert "causal" in added.options
    assert "cell" not in added.options
