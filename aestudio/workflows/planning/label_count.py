"""Telling a recipe that is conditional on a label how many labels the data has.

The number is written into the run's recipe, so that its model can be built again without the data.
"""

from __future__ import annotations

from dataclasses import dataclass

from aestudio.autoencoders.condition import MOST_LABELS, ConditionOptions
from aestudio.data.dataset import Dataset
from aestudio.errors import OptionError
from aestudio.experiment import Experiment

CONDITION_KEY = "autoencoder.conditional"
#: More labels than this are not listed by name.
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class LabelOffer:
    """Whether a model of the data can be told labels, and what they are or why not, as a sentence."""

    is_available: bool
    words: str


def offered_labels(dataset: Dataset) -> LabelOffer:
    """Say which labels a model can be told, or why it can be told none."""
    problem = _why_not(dataset)
    if problem:
        return LabelOffer(False, f"Not available: {problem}.")
    names = dataset.label_names
    shown = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
    others = len(dataset.label_fields) > 1
    more = " Another label field can be chosen with the data." if others else ""
    return LabelOffer(True, f"{len(names):,} labels ({shown}).{more}")


def with_label_count(experiment: Experiment, dataset: Dataset) -> Experiment:
    """Return the recipe with the number of labels of ``dataset`` where the recipe asks for it.

    Raises :class:`OptionError` where labels are wanted and there are none, or too many.
    """
    options = experiment.autoencoder
    if not isinstance(options, ConditionOptions):
        return experiment
    if options.conditional == "none":
        return experiment.with_values({"autoencoder.num_labels": 0})
    problem = _why_not(dataset)
    if problem:
        raise OptionError(
            f"labels are to be given to the network, and {problem}.",
            subject=CONDITION_KEY,
            next_step=f"Take other data, or set {CONDITION_KEY} to none.",
        )
    return experiment.with_values({"autoencoder.num_labels": len(dataset.label_names)})


def _why_not(dataset: Dataset) -> str:
    """Return why nobody can be told the labels, as a clause; empty when they can be."""
    has_labels = dataset.labels is not None and bool((dataset.labels >= 0).any())
    if not has_labels and dataset.label_fields:
        known = ", ".join(dataset.label_fields)
        return f"none of its label fields ({known}) is chosen as data.label_field"
    count = len(dataset.label_names) if has_labels else 0
    if count == 0:
        return "the data has no labels"
    if count > MOST_LABELS:
        return f"the data has {count:,} different labels, where at most {MOST_LABELS:,} can be told"
    return ""
