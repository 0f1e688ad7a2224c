"""The knobs of an encoder and its mirrored decoder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from aestudio.options import Options, option


class NetworkOptions(Options):
    """The shape of the network: its kind, its layers and the size of the code."""

    kind: Literal["dense", "convolutional", "fully_convolutional", "recurrent", "temporal"] = (
        option(
            "dense",
            title="Network",
            help="How a sample is processed: every feature with every other, by local filters in a picture that meet in one code, by local filters alone with a code at each place, so that pictures of any size can be taken, step by step in time, or by filters along time.",
            hint="Convolutional for images of 32 pixels and more, fully convolutional for patches of large ones, dense for tables and small images, recurrent or temporal for sequences.",
            advanced=False,
        )
    )
    code_size: int = option(
        2,
        title="Code size",
        help="How many numbers the encoder may keep of each sample; the bottleneck. Of a fully convolutional network all places of the code together: a multiple of their number.",
        hint="2 can be drawn as a map; 16 to 64 reconstructs better.",
        advanced=False,
        ge=1,
        le=65536,
    )
    hidden: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = option(
        (),
        title="Layer widths",
        help="Units of each hidden layer (channels, for filters), from the data to the code; the decoder mirrors them. Empty lets the depth decide.",
        hint="Leave empty first; then try [512, 256, 128].",
        max_length=32,
    )
    depth: int = option(
        3,
        title="Depth",
        help="How many hidden layers taper from the data to the code when the widths are left empty; recurrent networks then have one.",
        hint="2 or 3; deeper needs more data.",
        ge=0,
        le=16,
    )
    activation: Literal[
        "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid", "softplus"
    ] = option(
        "gelu",
        title="Activation",
        help="The curve that each hidden unit applies to its sum; the gates of recurrent networks keep their own.",
        hint="gelu and relu are safe; tanh makes smoother maps.",
    )
    initialization: Literal["default", "xavier", "he", "orthogonal"] = option(
        "default",
        title="Initial weights",
        help="How weights are drawn before training, scaled to suit the activation.",
        hint="he suits relu and its kin, xavier suits tanh and sigmoid, orthogonal suits deep networks.",
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
    residual: bool = option(
        False,
        title="Skip connections",
        help="Each layer learns what to add to its input, which is handed on beside it; convolutional layers then come in pairs. Temporal networks always do this.",
        hint="Switch on when a network of many layers learns slowly or not at all.",
    )
    tied: bool = option(
        False,
        title="Tied weights",
        help="The decoder uses the encoder's weights transposed (dense networks only).",
        hint="Halves the parameters; one linear layer then learns what PCA learns.",
    )
    kernel_size: int = option(
        3,
        title="Filter size",
        help="How many pixels or steps a filter spans (convolutional and temporal networks only). Odd, so that it has a middle; causal filters may be even.",
        hint="5 for large smooth pictures; larger filters see more and cost more.",
        ge=2,
        le=31,
    )
    downsampling: Literal["strided", "max_pool", "average_pool"] = option(
        "strided",
        title="Way down",
        help="How height and width are halved: by filters that move two pixels at a time, or by keeping the largest or the mean of each two by two (all convolutional networks).",
        hint="max_pool keeps edges, average_pool keeps brightness, strided is fastest.",
    )
    upsampling: Literal["transposed", "resize"] = option(
        "transposed",
        title="Way up",
        help="How height and width are doubled: by filters that spread each value, or by repeating each pixel and filtering (all convolutional networks).",
        hint="resize if the reconstructions show a checkerboard.",
    )
    cell: Literal["gru", "lstm"] = option(
        "gru",
        title="Cell",
        help="What carries the memory from step to step (recurrent networks only).",
        hint="gru is smaller and faster; lstm may remember longer.",
    )
    bidirectional: bool = option(
        False,
        title="Read both ways",
        help="The encoder reads each sequence from both ends (recurrent networks only).",
        hint="Try it when the beginning and the end matter alike; it costs twice the time.",
    )
    feedback: bool = option(
        False,
        title="Feedback",
        help="The decoder sees the step before the one that it writes (recurrent networks only).",
        hint="For sequences whose next step follows from the last; slower, because steps are written one by one.",
    )
    teacher_forcing: float = option(
        0.5,
        title="Teacher forcing",
        help="The share of steps that see the true step before them while training, not the decoder's own (recurrent networks with feedback only).",
        hint="1 learns fastest but never practises on its own mistakes; 0 only does that.",
        ge=0.0,
        le=1.0,
    )
    categories: Literal["one_hot", "embedded"] = option(
        "one_hot",
        title="Categories",
        help="How the categories of a table enter the network: one input for each, or looked up, column by column, as a few numbers that are learned with the rest (dense networks only). The decoder gives every category its own output either way.",
        hint="one_hot finds categories a little more often; embedded halves the time for columns of hundreds, such as cities or products.",
    )
    embedding_size: int | None = option(
        None,
        title="Embedding size",
        help="Each symbol is first looked up as so many numbers, which are learned with the rest of the network (tokens, and embedded categories of tables); empty gives the network one input for each token, and chooses a size for each column of categories by their number.",
        hint="32 to 128 for words and byte pairs; empty for characters and for tables.",
        ge=1,
        le=4096,
    )
    embedding_file: str = option(
        "",
        title="Embedding file",
        help="A text file of word vectors to begin the embeddings with, as word2vec, GloVe and fastText write them (.txt, .vec); its size then is the embedding size.",
        hint="Download one for the language of the texts; helps where there are few texts.",
        max_length=4096,
    )
    causal: bool = option(
        False,
        title="Causal filters",
        help="Each step sees only itself and earlier steps (temporal networks only).",
        hint="For signals in which later steps must not explain earlier ones.",
    )
    output: Literal["auto", "linear", "sigmoid"] = option(
        "auto",
        title="Output",
        help="The last activation; 'auto' takes the sigmoid where the scaled data lies in [0, 1].",
        hint="Linear for standardised tables.",
    )
