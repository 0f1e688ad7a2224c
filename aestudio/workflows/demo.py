"""See it learn: the built-in digits and a variational autoencoder with a code of two numbers."""

from __future__ import annotations

import os

from aestudio.data.reading import read
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import TrainingSession, prepare, start_training

SOURCE = "digits"
#: Enough for the ten digits to find their places; a quarter of a minute on a small computer.
_EPOCHS = 60


def demo_experiment() -> Experiment:
    """The recipe of the demonstration."""
    given = {"network.code_size": 2, "training.epochs": _EPOCHS}
    return recommend(read(SOURCE), "variational", given=given)


def start_demo(out: str | os.PathLike[str] | None, control: Control) -> TrainingSession:
    """Begin the training of the demonstration, in a run folder like any other."""
    return start_training(prepare(demo_experiment()), out, control)
