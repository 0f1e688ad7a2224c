"""Which layer each parameter belongs to, in the words of the drawing of the network."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from aestudio.networks.dense import TiedDecoder
from aestudio.networks.hourglass import ROWS, outermost


def layer_names(autoencoder: nn.Module) -> dict[str, str]:
    """Return the layer of every parameter by the parameter's name.

    The encoder's layers are "encoder 1", ... and "code", those of the decoder "decoder 1", ... and
    "reconstruction". What stands between layers, such as normalisation, counts to the layer before;
    what else a type has, such as a codebook, is one layer. Shared weights belong to the encoder.
    """
    found: dict[int, str] = {}
    for part, last in (("encoder", "code"), ("decoder", "reconstruction")):
        layers = list(_layers(autoencoder.get_submodule(part)))
        for number, parameters in enumerate(layers, start=1):
            name = last if number == len(layers) else f"{part} {number}"
            for parameter in parameters:
                found.setdefault(id(parameter), name)
    return {
        name: found.get(id(parameter), name.split(".")[0])
        for name, parameter in autoencoder.named_parameters()
    }


def _layers(part: nn.Module) -> Iterator[list[nn.Parameter]]:
    """Yield the parameters of one layer after the other, from the input to the output."""
    if isinstance(part, TiedDecoder):
        for index, bias in enumerate(part.biases):
            after = part.after[index].parameters() if index < len(part.after) else ()
            yield [bias, *after]
        return
    layer: list[nn.Parameter] = []
    for module in outermost(part):
        parameters = list(module.parameters())
        if parameters and isinstance(module, ROWS):
            if layer:
                yield layer
            layer = []
        layer += parameters
    if layer:
        yield layer
