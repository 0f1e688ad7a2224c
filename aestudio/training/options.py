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
    schedule: Literal["constant", "cosine", "one_cycle", "plateau"] = option(
        "constant",
        title="Rate schedule",
        help="How the learning rate changes on the way: not at all, down to zero along a cosine, up and down again (one_cycle, where the learning rate is the peak), or in cuts when the validation loss stays (plateau). Epochs added to a run stretch the curve: it goes on at the rate that the longer run has there.",
        hint="cosine or one_cycle for the best result in a known time; one_cycle bears a rate 3 times higher.",
    )
    warmup_epochs: float = option(
        0.0,
        title="Rate warm-up",
        help="Over how many epochs the learning rate rises to its full value; for one_cycle, the rising part (0: 30 % of the run).",
        hint="1 to 5 if the first steps make the loss jump.",
        unit="epochs",
        ge=0.0,
        le=100_000.0,
    )
    plateau_patience: int = option(
        5,
        title="Plateau patience",
        help="How many epochs without a lower validation loss the schedule 'plateau' bears before it cuts the rate.",
        hint="3 to 10; less than half of the patience of early stopping.",
        unit="epochs",
        ge=0,
        le=100_000,
    )
    plateau_factor: float = option(
        0.3,
        title="Plateau cut",
        help="What the schedule 'plateau' multiplies the learning rate by.",
        hint="0.1 to 0.5.",
        gt=0.0,
        lt=1.0,
    )
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop", "nadam", "muon", "lbfgs"] = option(
        "adamw",
        title="Optimiser",
        help="The rule that turns a gradient into a step. adamw keeps weight decay apart from the gradient and muon does too; the others add it to the gradient. muon makes the steps of each matrix equally long in all directions and leaves the rest to adamw. lbfgs is for small data: it looks at all samples at once, twenty times an epoch, and finds the length of its steps itself, so that batch size, learning rate and schedule do not matter; only types whose loss has no chance in it can use it.",
        hint="adamw suits most; muon often needs fewer epochs, but each of its steps costs more the wider the layers are; sgd wants another rate, which 'aestudio learning-rate' finds; lbfgs reaches the lowest loss on a few thousand samples.",
    )
    momentum: float = option(
        0.9,
        title="Momentum",
        help="How much of the last step the optimiser sgd keeps in the next one.",
        hint="0.9; 0 is plain gradient descent.",
        ge=0.0,
        lt=1.0,
    )
    nesterov: bool = option(
        False,
        title="Nesterov momentum",
        help="Whether the optimiser sgd looks ahead by its momentum before it takes the gradient.",
        hint="Often a little faster.",
    )
    loss: Literal["mse", "l1", "huber", "bce", "ssim_mixed", "categorical"] = option(
        "mse",
        title="Reconstruction loss",
        help="How a reconstruction is compared with its original, summed over features and averaged over samples: squared error, absolute error, Huber (squared for small errors, absolute for large), binary cross-entropy (data in [0, 1] only), structural similarity with absolute error (pictures in [0, 1] only), or categorical cross-entropy (tokens, and nothing else for them).",
        hint="bce often sharpens digits; l1 and huber forgive outliers; ssim_mixed looks at structure more than at grey levels.",
    )
    huber_delta: float = option(
        0.1,
        title="Huber threshold",
        help="Errors up to this size are squared by the loss 'huber', larger ones count by their size; in units of the scaled data.",
        hint="0.1 for pictures scaled to [0, 1], 1 for standardised tables.",
        gt=0.0,
        le=1e6,
    )
    category_loss: Literal["as_numbers", "cross_entropy"] = option(
        "as_numbers",
        title="Loss of categories",
        help="How the categories of a table are compared with their originals: the zeros and ones of each category by the reconstruction loss as if they were measured, or each column by the cross-entropy of a softmax over its categories, in nats, summed over the columns that are there and added to the loss of the numbers.",
        hint="cross_entropy finds the right category more often; the decoder then gives probabilities.",
    )
    truth_loss: Literal["as_numbers", "cross_entropy"] = option(
        "as_numbers",
        title="Loss of truth values",
        help="How columns of true and false are compared: by the reconstruction loss of 0 and 1, or by the cross-entropy of a probability, in nats, summed and added like that of categories.",
        hint="cross_entropy beside categories that are compared so.",
    )
    category_weight: float = option(
        0.5,
        title="Weight of categories",
        help="What the cross-entropies of categories and truth values are multiplied by before the loss of the numbers is added to them.",
        hint="0.5 finds more categories and hardly costs the numbers anything; 0.25 if numbers matter most, 1 or 2 if categories do, and 1 with a likelihood, to have all in nats.",
        gt=0.0,
        le=10_000.0,
    )
    flips: Literal["none", "horizontal", "both"] = option(
        "none",
        title="Mirrored copies",
        help="Shows each picture mirrored half of the time: left and right, or also top and bottom.",
        hint="For few pictures of things without a right way round; not for writing.",
    )
    shift_pixels: int = option(
        0,
        title="Shifted copies",
        help="Shows pictures moved by up to this many whole pixels in each direction; their edges fill what becomes free.",
        hint="1 or 2 for small pictures; with a share of 0.5 half of them stay where they are.",
        unit="pixels",
        ge=0,
        le=1000,
    )
    shift_share: float = option(
        1.0,
        title="Share shifted",
        help="The share of pictures that shifting moves at each step; the others are shown as they are.",
        hint="0.5 keeps what is learned close to the data.",
        ge=0.0,
        le=1.0,
    )
    rotation: float = option(
        0.0,
        title="Turned copies",
        help="Shows pictures turned by a random angle up to this many degrees, either way.",
        hint="5 to 15 for handwriting, 180 for things without a right way up.",
        unit="degrees",
        ge=0.0,
        le=180.0,
    )
    crop: float = option(
        0.0,
        title="Cropped copies",
        help="Shows a window of each picture, enlarged to the whole size; at most this share of its sides is cut away.",
        hint="0.1 to 0.3.",
        ge=0.0,
        le=0.9,
    )
    noise: float = option(
        0.0,
        title="Noisy copies",
        help="The standard deviation of noise added to samples and targets alike, in units of the scaled data; to learn to remove noise choose the type denoising instead.",
        hint="0.02 to 0.1 for few samples.",
        ge=0.0,
        le=10.0,
    )
    binarise: bool = option(
        False,
        title="Draw black and white",
        help="Whether each value is shown as 1 with itself as the probability and as 0 otherwise, drawn anew at every step and to the end of the run; for data in [0, 1].",
        hint="With the likelihood bernoulli, whose nats can then be compared with published ones.",
    )
    augment_until: float = option(
        1.0,
        title="Changed copies until",
        help="The share of the epochs in which copies are shown; the rest of the run sees the samples as they are.",
        hint="0.9 lets the end of the run settle on the real data.",
        ge=0.0,
        le=1.0,
    )
    weight_decay: float = option(
        0.0,
        title="Weight decay",
        help="How strongly weights are pulled towards zero in each step.",
        hint="1e-4 to 1e-2 against overfitting.",
        ge=0.0,
        le=1.0,
    )
    weight_l1: float = option(
        0.0,
        title="L1 on weights",
        help="How far each step moves every weight (not biases) straight towards zero, times the learning rate; small weights become exactly zero.",
        hint="0.01 to 0.3 to see which connections matter.",
        ge=0.0,
        le=1000.0,
    )
    gradient_clip: float = option(
        0.0,
        title="Gradient clipping",
        help="The largest allowed norm of the whole gradient; 0 leaves it alone.",
        hint="1 to 10 if the loss has spikes.",
        ge=0.0,
        le=1e6,
    )
    ema: float = option(
        0.0,
        title="Averaged weights",
        help="How much of the running average of the weights stays at each step; the average is then what is evaluated, shown and saved. 0 uses the weights themselves.",
        hint="0.99 to 0.999 for a smoother and often better model.",
        ge=0.0,
        lt=1.0,
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
