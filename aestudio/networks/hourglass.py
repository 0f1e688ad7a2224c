"""A network told as the hourglass it is: what each layer gives, and what it costs.

Nothing is computed: the network is built without memory for its weights and given no samples, so
that a form can ask after every change. (Samples on torch's meta device would do too, but to compute
with them loads torch's compiler first, which takes seconds that nothing can end.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from aestudio.networks.dense import TiedDecoder
from aestudio.networks.embedding import ColumnEmbeddings, Embedding
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network
from aestudio.networks.resampling import Doubling
from aestudio.networks.residual import ResidualBlock

Part = Literal["data", "encoder", "code", "decoder", "reconstruction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourglassLayer:
    """One layer: its name, where it stands, the shape of what it gives, and its parameters."""

    name: str
    part: Part
    shape: tuple[int, ...]
    num_parameters: int = 0

    @property
    def num_values(self) -> int:
        """How many numbers the layer gives for one sample; the width of the drawing."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Hourglass:
    """All layers from the data to the reconstruction, in order."""

    layers: tuple[HourglassLayer, ...]

    @property
    def num_parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(layer.num_parameters for layer in self.layers)

    @property
    def code_size(self) -> int:
        return next(layer.num_values for layer in self.layers if layer.part == "code")

    @property
    def compression_ratio(self) -> float:
        """How many numbers of a sample there are for each number of its code."""
        return self.layers[0].num_values / self.code_size


def describe_network(
    options: NetworkOptions,
    sample_shape: tuple[int, ...],
    *,
    outputs_per_code: int = 1,
    categories: tuple[tuple[int, int], ...] = (),
) -> Hourglass:
    """Describe what ``options`` build for samples of ``sample_shape``.

    ``outputs_per_code`` is 2 where the encoder gives a mean and a variance for each number of the
    code; the row of the code then counts the parameters of both. Impossible networks are an
    :class:`OptionError`.
    """
    plan = NetworkPlan(
        # How first weights are drawn does not matter here.
        options=options.changed(initialization="default"),
        sample_shape=sample_shape,
        num_code_outputs=outputs_per_code * options.code_size,
        noise=NoiseSource(),
        categories=categories,
    )
    with torch.random.fork_rng(devices=[]), torch.device("meta"), _Undrawn():
        encoder, decoder = build_network(plan)
    with torch.no_grad():
        for layer in (*encoder.modules(), *decoder.modules()):
            _take_weights_from(layer)
            if isinstance(layer, nn.RNNBase):
                # To go through a long sequence step by step takes seconds even without numbers.
                layer.forward = partial(_shape_only, layer)
        no_samples, no_codes = torch.empty(0, *sample_shape), torch.empty(0, options.code_size)
        down = list(_described(encoder.eval(), no_samples, "encoder", sample_shape))
        up = list(_described(decoder.eval(), no_codes, "decoder", sample_shape))
    data = HourglassLayer(name="Data", part="data", shape=sample_shape)
    # A code is a code and a reconstruction has the shape of a sample, however they are computed.
    down[-1] = replace(down[-1], name="Code", part="code", shape=(options.code_size,))
    up[-1] = replace(up[-1], name="Reconstruction", part="reconstruction", shape=sample_shape)
    return Hourglass((data, *down, *up))


class _Undrawn(TorchFunctionMode):
    """Leaves weights as they are where they would be drawn."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> object:
        given = kwargs or {}
        if getattr(func, "__module__", "") == nn.init.__name__:
            return args[0] if args else given["tensor"]
        return func(*args, **given)


def _take_weights_from(layer: nn.Module) -> None:
    """Put tensors that take no memory in the place of those on the meta device."""
    for name, weights in list(layer.named_parameters(recurse=False)):
        weightless = torch.empty((), dtype=weights.dtype).expand(weights.shape)
        setattr(layer, name, nn.Parameter(weightless, requires_grad=False))
    for name, numbers in list(layer.named_buffers(recurse=False)):
        # Some are places in a sample; there is always a first one.
        setattr(layer, name, torch.zeros((), dtype=numbers.dtype).expand(numbers.shape))


def _shape_only(layer: nn.RNNBase, x_BTF: Tensor, state: object = None) -> tuple[Tensor, None]:
    num_directions = 2 if layer.bidirectional else 1
    return x_BTF.new_empty(*x_BTF.shape[:2], layer.hidden_size * num_directions), None


#: Layers that get a row. What stands between them, such as normalisation, counts to the row before.
ROWS = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.ConvTranspose2d,
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.RNNBase,
    ColumnEmbeddings,
    Doubling,
    ResidualBlock,
)


def _described(
    module: nn.Module, given: Tensor, part: Part, sample_shape: tuple[int, ...]
) -> Iterator[HourglassLayer]:
    if isinstance(module, TiedDecoder):
        yield from _described_tied(module)
        return
    rows: list[HourglassLayer] = []

    def count(layer: nn.Module, _: object, output: Tensor | tuple[Tensor, object]) -> None:
        num_parameters = sum(parameter.numel() for parameter in layer.parameters())
        if isinstance(layer, ROWS):
            values = output[0] if isinstance(output, tuple) else output
            shape = tuple(values.shape[1:])
            rows.append(
                HourglassLayer(
                    name=_name(layer), part=part, shape=shape, num_parameters=num_parameters
                )
            )
        elif num_parameters:
            rows[-1] = replace(rows[-1], num_parameters=rows[-1].num_parameters + num_parameters)

    hooks = [layer.register_forward_hook(count) for layer in outermost(module)]
    if isinstance(module, FeedbackDecoder):
        # Step after step, every layer would be told as often as there are steps.
        module.write_at_once(given, torch.empty(0, *sample_shape))
    else:
        module(given)
    for hook in hooks:
        hook.remove()
    yield from rows


def outermost(module: nn.Module) -> Iterator[nn.Module]:
    """Yield the modules that get a row or have parts no more; what is inside a row is not told."""
    if isinstance(module, ROWS) or not any(True for _ in module.children()):
        yield module
    else:
        for child in module.children():
            yield from outermost(child)


def _described_tied(decoder: TiedDecoder) -> Iterator[HourglassLayer]:
    for index, bias in enumerate(decoder.biases):
        after = decoder.after[index].parameters() if index < len(decoder.after) else ()
        yield HourglassLayer(
            name="Linear, shared",
            part="decoder",
            shape=tuple(bias.shape),
            num_parameters=bias.numel() + sum(parameter.numel() for parameter in after),
        )


def _name(layer: nn.Module) -> str:
    if isinstance(layer, nn.RNNBase):
        count = f"{layer.num_layers} {layer.mode} layers" if layer.num_layers > 1 else layer.mode
        return f"{count}, both ways" if layer.bidirectional else count
    if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d):
        kernel = " x ".join(str(side) for side in layer.kernel_size)
        kind = "Transposed filters" if isinstance(layer, nn.ConvTranspose2d) else "Filters"
        return f"{kind} {kernel}"
    return {
        nn.Linear: "Linear",
        Embedding: "Embedding",
        ColumnEmbeddings: "Embeddings",
        nn.MaxPool2d: "Largest of 2 x 2",
        nn.AvgPool2d: "Mean of 2 x 2",
        Doubling: "Doubling",
        ResidualBlock: "Residual block",
    }[type(layer)]
