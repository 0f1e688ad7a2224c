"""Black and white samples drawn anew at each step, with grey levels as probabilities.

Salakhutdinov & Murray 2008, https://doi.org/10.1145/1390156.1390266, draw each sample once; to draw
it anew whenever it is shown is what Burda et al. 2016, https://arxiv.org/abs/1509.00519, do in their
main results ("dynamic binarisation"): the same sample is then a slightly different one each time.
"""

from __future__ import annotations

from dataclasses import replace

from aestudio.autoencoders.base import Batch
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.training.options import TrainingOptions


def check_binarisation(options: TrainingOptions, is_unit_interval: bool) -> None:
    """Raise :class:`OptionError` where values are no probabilities and would have to be."""
    if options.binarise and not is_unit_interval:
        raise OptionError(
            "values are drawn as black or white with themselves as probabilities, and the scaled "
            "data leaves the range from 0 to 1.",
            subject="training.binarise",
            next_step="Set preprocess.scaling to minmax, or training.binarise to false.",
        )


def binarised(batch: Batch, options: TrainingOptions, noise: NoiseSource) -> Batch:
    """Return the batch with each value 1 with the probability that it is, else 0, if asked for."""
    if not options.binarise:
        return batch
    return replace(batch, x=(noise.uniform_like(batch.x) < batch.x).to(batch.x.dtype))
