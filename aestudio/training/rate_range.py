"""A short training whose learning rate grows from step to step, to see which rates teach.

Smith 2017, https://arxiv.org/abs/1506.01186, section 3.3, with rates that grow by a constant factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aestudio.autoencoders.base import Autoencoder, Progress
from aestudio.training.arrays import TrainingArrays
from aestudio.training.augmentation import augmented, augments
from aestudio.training.batches import ResidentData, batch_bounds, epoch_order
from aestudio.training.binarisation import binarised
from aestudio.training.device import choose_device, choose_precision, use_all_threads
from aestudio.training.options import TrainingOptions
from aestudio.training.stepper import Stepper

Floats = npt.NDArray[np.float64]

#: How many steps are taken between two looks at the losses, each of which waits for the device.
_LOOK_EVERY = 10
#: A loss that has risen above the first by this many times the best fall says enough about all
#: higher rates.
_HOPELESS = 2.0


def losses_by_rate(
    autoencoder: Autoencoder,
    arrays: TrainingArrays,
    options: TrainingOptions,
    rates: Sequence[float],
    report: Callable[[int, int], None],
) -> Floats:
    """Take one step with each of ``rates`` and return the loss before each step, (K,).

    Trains ``autoencoder`` in place. Ends early, so that K is smaller than the number of rates, when
    a loss is no finite number, or far above the first. ``report`` is told the steps done and the
    steps in all, and may raise to end the work.
    """
    use_all_threads()
    device = choose_device(options.device)
    precision = choose_precision(options.precision, device)
    data = ResidentData(arrays, device)
    stepper = Stepper(autoencoder.to(device).train(), options, device)
    batches = _batches(arrays, options, data)
    steps_per_epoch = len(batch_bounds(len(arrays.train_rows), options.batch_size))
    losses: list[Tensor] = []
    found = np.empty(0)
    for step, rate in enumerate(rates):
        autoencoder.noise.reseed(options.seed, step)
        batch = data.batch(next(batches))
        if augments(options, 1):
            batch = augmented(batch, options, autoencoder.noise)
        batch = binarised(batch, options, autoencoder.noise)
        stepper.set_learning_rate(rate)
        loss, _ = stepper.step(batch, Progress(step, steps_per_epoch), precision)
        losses.append(loss)
        if (step + 1) % _LOOK_EVERY == 0 or step + 1 == len(rates):
            report(step + 1, len(rates))
            found = torch.stack(losses).double().cpu().numpy()
            if _is_hopeless(found):
                break
    is_finite = np.isfinite(found)
    return found if is_finite.all() else found[: int(np.argmin(is_finite))]


def growing_rates(low: float, high: float, num_steps: int) -> list[float]:
    """Return ``num_steps`` rates from ``low`` to ``high``, each the same factor above the last."""
    factor = math.log(high / low) / max(1, num_steps - 1)
    return [low * math.exp(factor * step) for step in range(num_steps)]


def _batches(
    arrays: TrainingArrays, options: TrainingOptions, data: ResidentData
) -> Iterator[Tensor]:
    epoch = 0
    while True:
        epoch += 1
        order = data.order(epoch_order(arrays.train_rows, options.seed, epoch))
        for start, stop in batch_bounds(len(order), options.batch_size):
            yield order[start:stop]


def _is_hopeless(losses: Floats) -> bool:
    if not np.isfinite(losses).all():
        return True
    # The losses of single batches scatter; the middle of a few does not.
    first, last = np.median(losses[:_LOOK_EVERY]), np.median(losses[-_LOOK_EVERY:])
    return bool(last - first > _HOPELESS * (first - losses.min()))
