"""What an optimiser that looks at all samples at once asks of the data and of the autoencoder."""

from __future__ import annotations

import copy

import torch

from aestudio.autoencoders.base import FINISHED, Autoencoder
from aestudio.errors import OptionError
from aestudio.training.arrays import TrainingArrays
from aestudio.training.batches import ResidentData
from aestudio.training.options import TrainingOptions
from aestudio.training.terms import run_means

#: All samples go through the network at once, up to twenty-five times for each epoch.
MOST_SAMPLES = 10_000
MOST_NUMBERS = 2**24
#: So many samples tell whether the loss stays the same.
_A_FEW = 8
_CHANGING = ("flips", "shift_pixels", "rotation", "crop", "noise", "binarise")


def is_full_batch(options: TrainingOptions) -> bool:
    return options.optimizer == "lbfgs"


def samples_per_step(options: TrainingOptions, num_train: int) -> int:
    """Return how many samples a step looks at: those of a batch, or all."""
    return num_train if is_full_batch(options) else options.batch_size


def check_full_batch(
    autoencoder: Autoencoder, arrays: TrainingArrays, options: TrainingOptions
) -> None:
    """Raise :class:`OptionError` where ``options`` ask for L-BFGS and it would be misled.

    It compares losses and gradients of different weights, so everything else has to stay the same.
    """
    if not is_full_batch(options):
        return
    count, num_features = len(arrays.train_rows), arrays.numbers_per_sample
    if count > MOST_SAMPLES or count * num_features > MOST_NUMBERS:
        most = min(MOST_SAMPLES, MOST_NUMBERS // num_features)
        raise _refusal(
            f"it looks at all samples in each step, and {count:,} samples of {num_features:,} "
            f"numbers are too many; at most {most:,} can be."
        )
    if len(autoencoder.phases()) > 1:
        raise _refusal("this type trains several networks in turn, each with a loss of its own.")
    defaults = TrainingOptions()
    for name in (*_CHANGING, "weight_l1", "gradient_clip"):
        if getattr(options, name) != getattr(defaults, name):
            reason = (
                "samples that change from step to step would mislead"
                if name in _CHANGING
                else "gradients that do not belong to the loss would mislead"
            )
            raise _refusal(f"{reason} its line search.", f"training.{name}")
    if not _loss_stays_the_same(autoencoder, arrays):
        raise _refusal(
            "the loss of this recipe is drawn by chance (clouds of codes, damaged samples, dropout) "
            "or remembers earlier steps."
        )


def _loss_stays_the_same(autoencoder: Autoencoder, arrays: TrainingArrays) -> bool:
    # A copy, because some types remember what they have seen while they train.
    trial = copy.deepcopy(autoencoder).cpu().train()
    data = ResidentData(arrays, torch.device("cpu"))
    batch = data.batch(data.order(arrays.train_rows[:_A_FEW]))
    losses = []
    with torch.no_grad():
        for step in range(2):
            trial.noise.reseed(0, step)
            losses.append(run_means(trial, batch, FINISHED)["loss"].item())
    return losses[0] == losses[1]


def _refusal(reason: str, subject: str = "training.optimizer") -> OptionError:
    undo = "" if subject == "training.optimizer" else f"set {subject} back, or "
    next_step = f"{undo}set training.optimizer to adamw."
    return OptionError(
        f"the optimiser lbfgs cannot be used here: {reason}",
        subject=subject,
        next_step=next_step[0].upper() + next_step[1:],
    )
