"""Training in one call, for programs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aestudio.data.dataset import Dataset
from aestudio.data.reading import read
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.given import Given
from aestudio.workflows.training import start_training_on, train_to_end


def train(
    data: Dataset | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> TrainedModel:
    """Train to the end and return the model; what ``settings`` leave open is chosen for the data.

    ``data`` is a dataset, a path or the name of a built-in sample; ``out`` is the folder of the run,
    by default a new one in the usual place. The keys of ``settings`` are those of ``--set``.

    Raises
    ------
    InputError
        The data or a setting cannot be used, or the run folder cannot be made.
    FailureError
        The training diverged, or something else ended it; what was saved until then stays in ``out``.
    """
    given = Given.collect(last=settings or {})
    if isinstance(data, Dataset):
        dataset = data
    else:
        source = os.fspath(data)
        dataset = read(source, given.data_options(source))
    session = start_training_on(dataset, given, out, Control())
    train_to_end(session)
    return TrainedModel.open(session.run.path)
