"""The knobs of an encoder and its mirrored decoder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from aestudio.options import Options, option


class NetworkOptions(Options):
    """The shape of the network: its kind, its layers and the size of the code."""

    kind: Literal["dense", "convolutional", "recurrent"] = option(
        "dense",
        title="Network",
        help="How a sample is processed: every feature with every other, by local filters, or step by step in time.",
        hint="Convolutional for images of 32 pixels and more, dense for tables and small images, recurrent for sequences.",
        advanced=False,
    )
    code_size: int = option(
        2,
        title="Code size",
        help="How many numbers the encoder may keep of each sample; the bottleneck.",
        hint="2 can be drawn as a map; 16 to 64 reconstructs better.",
        advanced=False,
        ge=1,
        le=65536,
    )
    hidden: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = option(
        (),
        title="Layer widths",
        help="Units of each hidden layer (channels, for convolutional), from the data to the code; the decoder mirrors them. Empty lets the depth decide.",
        hint="Leave empty first; then try [512, 256, 128].",
        max_length=32,
    )
    depth: int = option(
        3,
        title="Depth",
        help="How many hidden layers taper from the data to the code when the widths are left empty.",
        hint="2 or 3; deeper needs more data.",
        ge=0,
        le=16,
    )
    activation: Literal[
        "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softplus"
    ] = option(
        "gelu",
        title="Activation",
        help="The curve that each hidden unit applies to its sum.",
        hint="gelu and relu are safe; tanh makes smoother maps.",
    )
    initialization: Literal["default", "xavier", "he", "orthogonal"] = option(
        "default",
        title="Initial weights",
        help="How weights are drawn before training.",
        hint="he suits relu, xavier suits tanh and sigmoid.",
    )
    normalization: Literal["none", "batch", "layer"] = option(
        "none",
        title="Normalisation",
        help="Whether each hidden layer's output is rescaled, over the batch or over the layer.",
        hint="batch often speeds up deep convolutional networks.",
    )
    dropout: float = option(
        0.0,
        title="Dropout",
        help="The share of hidden units silenced at random in each step.",
        hint="0.1 to 0.3 if validation loss turns up while training loss falls.",
        ge=0.0,
        lt=1.0,
    )
    tied: bool = option(
        False,
        title="Tied weights",
        help="The decoder uses the encoder's weights transposed (dense networks only).",
        hint="Halves the parameters; one linear layer then learns what PCA learns.",
    )
    output: Literal["auto", "linear", "sigmoid"] = option(
        "auto",
        title="Output",
        help="The last activation; 'auto' takes the sigmoid where the scaled data lies in [0, 1].",
        hint="Linear for standardised tables.",
    )
