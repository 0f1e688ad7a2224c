"""Telling a recipe that is conditional on a label how many labels the data has.

The number is written into the run's recipe, so that its model can be built again without the data.
"""

from __future__ import annotations

from aestudio.autoencoders.condition import MOST_LABELS, ConditionOptions
from aestudio.data.dataset import Dataset
from aestudio.errors import OptionError
from aestudio.experiment import Experiment


def with_label_count(experiment: Experiment, dataset: Dataset) -> Experiment:
    """Return the recipe with the number of labels of ``dataset`` where the recipe asks for it.

    Raises :class:`OptionError` where labels are wanted and there are none, or too many.
    """
    options = experiment.autoencoder
    if not isinstance(options, ConditionOptions):
        return experiment
    if options.conditional == "none":
        return experiment.with_values({"autoencoder.num_labels": 0})
    has_labels = dataset.labels is not None and bool((dataset.labels >= 0).any())
    count = len(dataset.label_names) if has_labels else 0
    if count == 0:
        raise OptionError(
            "labels are to be given to the network, and the data has none.",
            subject="autoencoder.conditional",
            next_step="Take data with labels, or set autoencoder.conditional to none.",
        )
    if count > MOST_LABELS:
        raise OptionError(
            f"labels are to be given to the network, and the data has {count:,} of them; at most "
            f"{MOST_LABELS:,} can be.",
            subject="autoencoder.conditional",
            next_step="Take data with fewer labels, or set autoencoder.conditional to none.",
        )
    return experiment.with_values({"autoencoder.num_labels": count})
