"""How long a training will take on this computer, from a few real steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aestudio.data.dataset import Dataset
from aestudio.errors import StudioError
from aestudio.experiment import Experiment
from aestudio.training.control import Control
from aestudio.training.events import RunFinished, StepsDone
from aestudio.training.fit import fit
from aestudio.training.full_batch import samples_per_step
from aestudio.workflows.comparison.comparing import recipe_of_type
from aestudio.workflows.models.trained_model import build_autoencoder
from aestudio.workflows.reporting import IsCancelled, WorkCancelledError
from aestudio.workflows.training import Preparation, prepare

#: Measuring ends after this time and this many steps, or when patience ends with slow steps.
_BUDGET_S = 0.6
_QUICK_BUDGET_S = 0.25
_ENOUGH_STEPS = 3
_PATIENCE_S = 3.0
#: Running forward alone costs about a third of a training step: the backward pass costs two.
_FORWARD_SHARE = 1 / 3


def estimate_seconds(
    recipe: Preparation | Experiment,
    dataset: Dataset | None = None,
    *,
    budget_s: float = _BUDGET_S,
    is_cancelled: IsCancelled | None = None,
) -> float:
    """Measure a few steps of the recipe and extrapolate to all of its epochs.

    Takes about ``budget_s``, longer where steps are slow. The preparation's own network is left as
    it is. Raises what training itself would raise at its start, and :class:`WorkCancelledError`.
    """
    preparation = (
        recipe
        if isinstance(recipe, Preparation)
        else prepare(recipe, dataset, is_cancelled=is_cancelled)
    )
    options = preparation.experiment.training
    num_train = len(preparation.split.train)
    batch_size = samples_per_step(options, num_train)
    steps_per_epoch = -(-num_train // batch_size)
    step_s = _seconds_per_step(preparation, budget_s, is_cancelled)
    num_evaluated = (
        len(preparation.split.validation)
        + min(options.map_samples, num_train)
        + options.preview_samples
    )
    num_batches_evaluated = num_evaluated / min(batch_size, num_train)
    return options.epochs * step_s * (steps_per_epoch + _FORWARD_SHARE * num_batches_evaluated)


def estimate_type_seconds(
    dataset: Dataset,
    autoencoder_type: str,
    given: Mapping[str, Any],
    *,
    is_cancelled: IsCancelled | None = None,
) -> float:
    """Measure, quickly, what one type takes in a comparison of types on the same data."""
    recipe = recipe_of_type(dataset, autoencoder_type, given)
    return estimate_seconds(recipe, dataset, budget_s=_QUICK_BUDGET_S, is_cancelled=is_cancelled)


def _seconds_per_step(
    preparation: Preparation, budget_s: float, is_cancelled: IsCancelled | None
) -> float:
    control = Control()
    # Without previews, validation and an end: only steps are of interest here.
    arrays = replace(preparation.arrays, validation_rows=preparation.split.validation[:0])
    options = preparation.experiment.training.changed(
        epochs=1_000_000, preview_samples=1, map_samples=10, patience=0
    )
    autoencoder = build_autoencoder(
        preparation.experiment, preparation.dataset.shape, preparation.scaling
    )
    first: tuple[int, float] | None = None
    step_s = 0.0
    problem: StudioError | None = None
    for event in fit(autoencoder, arrays, options, control, run_id="estimate"):
        now_s = time.perf_counter()
        if is_cancelled is not None and is_cancelled():
            control.stop()
        if isinstance(event, StepsDone):
            if first is None:
                # The first steps also allocate memory and choose algorithms.
                first = event.step, now_s
                continue
            num_steps, elapsed_s = event.step - first[0], now_s - first[1]
            step_s = elapsed_s / max(1, num_steps)
            is_measured = elapsed_s >= budget_s and num_steps >= _ENOUGH_STEPS
            if is_measured or elapsed_s >= _PATIENCE_S:
                control.stop()
        elif isinstance(event, RunFinished):
            problem = event.error
    if problem is not None:
        raise problem
    if is_cancelled is not None and is_cancelled():
        raise WorkCancelledError("estimating the time was cancelled.")
    return step_s
