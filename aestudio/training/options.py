"""The knobs of the training loop."""

from __future__ import annotations

from typing import Literal

from aestudio.options import Options, option


class TrainingOptions(Options):
    """How long, how fast and on what the network learns."""

    epochs: int = option(
        20,
        title="Epochs",
        help="How many times every training sample is shown.",
        hint="Start small; a stopped or finished run can go on later.",
        advanced=False,
        ge=1,
        le=1_000_000,
    )
    batch_size: int = option(
        128,
        title="Batch size",
        help="How many samples are averaged for one step.",
        hint="128 is a good start; smaller is noisier, larger is faster per sample.",
        advanced=False,
        ge=1,
        le=1_000_000,
    )
    learning_rate: float = option(
        1e-3,
        title="Learning rate",
        help="How far each step goes.",
        hint="0.001 suits most; divide by 3 if the loss jumps, multiply by 3 if it crawls.",
        advanced=False,
        gt=0.0,
        le=10.0,
    )
    loss: Literal["mse", "l1", "bce"] = option(
        "mse",
        title="Reconstruction loss",
        help="How a reconstruction is compared with its original, summed over features and averaged over samples: squared error, absolute error, or binary cross-entropy (data in [0, 1] only).",
        hint="bce often sharpens digits; l1 forgives outliers.",
    )
    flips: Literal["none", "horizontal", "both"] = option(
        "none",
        title="Mirrored copies",
        help="Shows each picture mirrored half of the time: left and right, or also top and bottom.",
        hint="For few pictures of things without a right way round; not for writing.",
    )
    weight_decay: float = option(
        0.0,
        title="Weight decay",
        help="How strongly weights are pulled towards zero in each step.",
        hint="1e-4 to 1e-2 against overfitting.",
        ge=0.0,
        le=1.0,
    )
    gradient_clip: float = option(
        0.0,
        title="Gradient clipping",
        help="The largest allowed norm of the whole gradient; 0 leaves it alone.",
        hint="1 to 10 if the loss has spikes.",
        ge=0.0,
        le=1e6,
    )
    patience: int = option(
        0,
        title="Early stopping",
        help="Stop after this many epochs without a better validation loss; 0 never stops early.",
        hint="10 to 20; the best epoch's weights are kept either way.",
        unit="epochs",
        ge=0,
        le=100_000,
    )
    precision: Literal["auto", "fp32", "bf16"] = option(
        "auto",
        title="Precision",
        help="The number format of the arithmetic; 'auto' takes bf16 where the processor computes in it.",
        hint="fp32 to compare with other programs to the last digit.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = option(
        "auto",
        title="Device",
        help="Where the arithmetic runs; 'auto' takes a graphics processor when there is one.",
        hint="cpu is often as fast for small networks.",
    )
    seed: int = option(
        0,
        title="Seed",
        help="The number that decides initial weights, batch order and noise.",
        hint="Same seed, same run; try three seeds before believing a difference.",
        ge=0,
        le=2**31 - 1,
    )
    preview_samples: int = option(
        16,
        title="Preview pictures",
        help="How many fixed samples are reconstructed after every epoch.",
        ge=1,
        le=256,
    )
    map_samples: int = option(
        3000,
        title="Map points",
        help="How many fixed samples the live latent map shows.",
        hint="The finished model can map all of them.",
        ge=10,
        le=100_000,
    )
    checkpoint_interval: float = option(
        5.0,
        title="Save every",
        help="How often the state of the run is saved, so that it can go on after a crash.",
        hint="Larger if the network is huge and the disk slow.",
        unit="s",
        ge=0.0,
        le=86_400.0,
    )
