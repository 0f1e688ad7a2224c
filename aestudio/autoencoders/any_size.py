"""Autoencoders that were trained on patches, applied to pictures of other sizes.

Shapes: C channels, H height, W width.
"""

from __future__ import annotations

import math

from aestudio.autoencoders.base import Autoencoder
from aestudio.autoencoders.condition import ConditionOptions
from aestudio.networks.fully_convolutional import places_of, set_size, takes_any_size


def why_one_size(autoencoder: Autoencoder) -> str:
    """Return why only samples of the trained size can be taken; empty where any picture can be."""
    if not takes_any_size(autoencoder.decoder):
        return "its code is one for the whole sample (the network is not fully convolutional)"
    if autoencoder.reads_code_as_a_whole:
        return f"the type '{autoencoder.title}' compares all numbers of a code with each other"
    options = autoencoder.options
    if isinstance(options, ConditionOptions) and options.conditional == "both":
        return "what its encoder is told of a label has the size of a sample"
    return ""


def resize(autoencoder: Autoencoder, sides: tuple[int, int]) -> None:
    """Make an autoencoder for which :func:`why_one_size` is empty take (B, C, H, W) of other sides.

    Its weights stay as they are.
    """
    num_channels = autoencoder.sample_shape[0]
    num_places = math.prod(places_of(autoencoder.decoder))
    for network in (autoencoder.encoder, autoencoder.decoder):
        set_size(network, sides)
    autoencoder.code_size = (
        autoencoder.code_size // num_places * math.prod(places_of(autoencoder.decoder))
    )
    autoencoder.sample_shape = (num_channels, *sides)
    # They are the same at every place: see training/adaptation.py.
    for name in ("input_shift", "output_centre"):
        everywhere = getattr(autoencoder, name)[:, :1, :1]
        setattr(autoencoder, name, everywhere.expand(num_channels, *sides).contiguous())
