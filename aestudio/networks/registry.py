"""The kinds of networks: each file of this room registers how to build one, and what it is for.

Shapes: B batch, L code size, H the encoder's number of outputs (L, or 2 L where the code is a
distribution). A builder returns an encoder (B, *sample_shape) -> (B, H) and a decoder
(B, L) -> (B, *sample_shape) without its last activation.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import nn

from aestudio.discovery import import_neighbours
from aestudio.errors import OptionError
from aestudio.networks.embedding import ColumnEmbeddings, EmbeddedEncoder
from aestudio.networks.layers import taper
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPlan:
    """What a builder has to know."""

    options: NetworkOptions
    sample_shape: tuple[int, ...]
    num_code_outputs: int
    noise: NoiseSource
    #: Numbers that the decoder is given beside the code.
    num_conditions: int = 0
    #: (start, stop) of the categories of each such column of a table.
    categories: tuple[tuple[int, int], ...] = ()

    @property
    def num_decoder_inputs(self) -> int:
        return self.options.code_size + self.num_conditions

    def check_sequences(self, network: str) -> None:
        """Raise an :class:`OptionError` where samples are no sequences, (time, channels)."""
        if len(self.sample_shape) != 2:
            raise OptionError(
                f"a {network} network needs sequences (time, channels), and the samples have shape "
                f"{self.sample_shape}.",
                subject="network.kind",
                next_step="Set network.kind to dense, or data.kind to sequences.",
            )


Builder = Callable[[NetworkPlan], tuple[nn.Module, nn.Module]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkKind:
    """One kind of network: what it is called, what it is for, and how it is built."""

    name: str
    title: str
    #: A sentence or two: what it does with a sample, and which data it suits.
    summary: str
    #: Options of :class:`NetworkOptions` that this kind reads and not every kind does.
    own: tuple[str, ...]
    build: Builder

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that shape this kind of network, in the order of the form."""
        elsewhere = {name for kind in networks().values() for name in kind.own} - {*self.own}
        return tuple(
            name for name in NetworkOptions.model_fields if name != "kind" and name not in elsewhere
        )


_KINDS: dict[str, NetworkKind] = {}


def network(
    kind: str, *, title: str = "", summary: str = "", own: tuple[str, ...] = ()
) -> Callable[[Builder], Builder]:
    """Register a builder of encoder and decoder under the name used by ``network.kind``.

    ``own`` names the options that only some kinds read; all others belong to every kind. Left out,
    ``title`` is the name in words and ``summary`` the first line of the builder's file.
    """

    def register(builder: Builder) -> Builder:
        if kind in _KINDS:
            raise ValueError(f"two networks are registered as {kind!r}")
        _KINDS[kind] = NetworkKind(
            name=kind,
            title=title or kind.replace("_", " ").capitalize(),
            summary=summary or _first_line(builder),
            own=own,
            build=builder,
        )
        return builder

    return register


def networks() -> dict[str, NetworkKind]:
    """Return every registered kind of network by its name, in alphabetical order."""
    import_neighbours(__name__, __file__)
    return dict(sorted(_KINDS.items()))


def build_network(plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build the encoder and the decoder that ``plan.options`` asks for."""
    if plan.options.tied and plan.options.kind != "dense":
        raise OptionError(
            "only dense networks can share weights between encoder and decoder.",
            subject="network.tied",
            next_step="Set network.kind to dense, or network.tied to false.",
        )
    build, size = networks()[plan.options.kind].build, plan.options.embedding_size
    if plan.options.categories == "embedded" and plan.categories:
        return _with_columns_looked_up(build, plan)
    if size is None:
        return build(plan)
    if plan.options.tied or len(plan.sample_shape) != 2:
        raise OptionError(
            "only symbols can be looked up as numbers, by a network that shares no weights.",
            subject="network.embedding_size",
            next_step="Leave network.embedding_size empty.",
        )
    num_steps, num_symbols = plan.sample_shape
    encoder, _ = build(replace(plan, sample_shape=(num_steps, size)))
    _, decoder = build(plan)
    return EmbeddedEncoder(num_symbols, size, encoder), decoder


def _with_columns_looked_up(build: Builder, plan: NetworkPlan) -> tuple[nn.Module, nn.Module]:
    """Build both networks as for a row of as many numbers as are left after looking up.

    Only the decoder's last layer knows of every category.
    """
    options = plan.options
    if options.tied or options.kind != "dense":
        raise OptionError(
            "only dense networks that share no weights can look the categories of a table up.",
            subject="network.categories",
            next_step="Set network.categories to one_hot, or network.tied to false.",
        )
    embeddings = ColumnEmbeddings(
        math.prod(plan.sample_shape), plan.categories, options.embedding_size
    )
    width = embeddings.num_outputs
    hidden = options.hidden or taper(width, options.code_size, options.depth)
    plan = replace(plan, options=options.changed(hidden=hidden))
    encoder, _ = build(replace(plan, sample_shape=(width,)))
    _, decoder = build(plan)
    return nn.Sequential(embeddings, encoder), decoder


def _first_line(builder: Builder) -> str:
    return (sys.modules[builder.__module__].__doc__ or "").strip().partition("\n")[0]
