"""Everything that training reports, on one page.

A run yields ``RunStarted``, then ``StepsDone``, ``EpochDone``, ``PreviewReady`` and
``CheckpointReady`` in the order in which they happen, and ends with exactly one ``RunFinished``.
Events hold floats and CPU arrays, never live tensors: they stay true while training goes on, and
could cross a process boundary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from aestudio.errors import StudioError
from aestudio.training.checkpoint import Checkpoint

Floats = npt.NDArray[np.float32]
Steps = npt.NDArray[np.int64]


class FinishReason(StrEnum):
    COMPLETED = "completed"
    STOPPED = "stopped"
    EARLY = "early"
    DIVERGED = "diverged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunStarted:
    """Training is about to take its first step, or its next one after a resume."""

    run_id: str
    device: str
    precision: str
    num_parameters: int
    num_train: int
    num_validation: int
    batch_size: int
    num_epochs: int
    steps_per_epoch: int
    #: "loss" (the weighted sum that is minimised) first, then every named term, unweighted.
    term_names: tuple[str, ...]
    #: Epochs and steps that an earlier session of the same run has already done.
    epochs_done: int
    steps_done: int
    #: Rows of the dataset that every preview reconstructs, (P,), and encodes for the map, (M,).
    picture_rows: Steps
    map_rows: Steps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepsDone:
    """Several steps at once, at most about ten times a second.

    Each point is the mean of the terms over one block of steps; how many steps make a block depends
    on the recipe alone, so that the curve of a resumed run equals that of an uninterrupted one.
    """

    run_id: str
    epoch: int  #: the epoch under way, from 1
    step: int  #: how many steps the run has done
    steps: Steps  #: (K,) number of the last step of each block; K may be 0
    terms: Mapping[str, Floats]  #: (K,) per term
    #: (G,) some of the steps, and for each layer the norm of its gradient there, (G,), before
    #: clipping; NaN where it had none.
    gradient_steps: Steps = field(default_factory=lambda: np.empty(0, np.int64))
    gradients: Mapping[str, Floats] = field(default_factory=dict)
    samples_per_s: float
    remaining_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EpochDone:
    """Means over one epoch; ``validation`` is empty when nothing is held back."""

    run_id: str
    epoch: int
    step: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    is_best: bool
    #: Of the epoch's last step.
    learning_rate: float = math.nan
    samples_per_s: float
    elapsed_s: float
    remaining_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreviewReady:
    """What the model makes of the same fixed samples; epoch 0 is the untrained network."""

    run_id: str
    epoch: int
    step: int
    reconstructions: Floats  #: (P, *shape) in the data's own scale
    codes: Floats  #: (M, code_size)
    #: Of tokens, how probable each symbol of the reconstructions is, (P, T); None for all else.
    certainties: Floats | None = None
    #: Standard deviations of the codes, (M, code_size); None where codes are no clouds.
    code_spread: Floats | None = None
    weights: Mapping[str, npt.NDArray[np.generic]]  #: the state dict, to decode points with


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckpointReady:
    run_id: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunFinished:
    run_id: str
    reason: FinishReason
    epoch: int
    step: int
    best_epoch: int
    elapsed_s: float
    error: StudioError | None = None


Event = RunStarted | StepsDone | EpochDone | PreviewReady | CheckpointReady | RunFinished
