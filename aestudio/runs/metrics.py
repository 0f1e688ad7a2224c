"""The curves of a run: lines of ``metrics.jsonl`` and what is read back from them.

The file holds nothing that depends on a clock, so that the file of a resumed run equals, byte by
byte, that of a run that was never interrupted::

    {"seq":1,"kind":"step","epoch":1,"step":10,"terms":{"loss":0.5,"kl":0.1},"crc":"..."}
    {"seq":2,"kind":"gradients","epoch":1,"step":20,"norms":{"encoder 1":0.5,...},"crc":"..."}
    {"seq":9,"kind":"epoch","epoch":1,"step":80,"train":{...},"validation":{...},"is_best":true,...}

A number that was not finite is written as null and read as NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter, ValidationError

from aestudio.runs.history import Lines, split_lines
from aestudio.runs.schema import Count, Schema, Terms, Word
from aestudio.training.events import EpochDone, StepsDone

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
METRICS_NAME = "metrics.jsonl"
Norms = Annotated[dict[Word, float | None], Field(max_length=1000)]


class StepLine(Schema):
    seq: Count
    kind: Literal["step"]
    epoch: Count
    step: Count
    terms: Terms
    crc: str


class GradientLine(Schema):
    seq: Count
    kind: Literal["gradients"]
    epoch: Count
    step: Count
    norms: Norms
    crc: str


class EpochLine(Schema):
    seq: Count
    kind: Literal["epoch"]
    epoch: Count
    step: Count
    train: Terms
    validation: Terms
    is_best: bool
    crc: str


_LINE: TypeAdapter[StepLine | GradientLine | EpochLine] = TypeAdapter(
    Annotated[StepLine | GradientLine | EpochLine, Field(discriminator="kind")]
)


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """The curves as arrays: K points and G gradients within epochs, E epochs.

    NaN where a term or a layer was not reported.
    """

    steps: Integers  #: (K,) the last step of each point
    step_epochs: Integers  #: (K,) the epoch under way, from 1
    step_terms: Mapping[str, Floats]  #: (K,) per term
    epochs: Integers  #: (E,)
    epoch_steps: Integers  #: (E,)
    train: Mapping[str, Floats]  #: (E,) per term
    validation: Mapping[str, Floats]  #: (E,) per term; empty when nothing was held back
    is_best: npt.NDArray[np.bool_]  #: (E,) whether the epoch was the best so far
    gradient_steps: Integers  #: (G,)
    gradients: Mapping[str, Floats]  #: (G,) the norm of each layer's gradient
    notes: tuple[str, ...] = ()  #: what was left out while reading, one sentence each

    @property
    def best_epoch(self) -> int:
        """The last epoch that was the best so far; 0 when there is none."""
        found = self.epochs[self.is_best]
        return int(found[-1]) if found.size else 0


def step_lines(event: StepsDone) -> Iterator[dict[str, Any]]:
    """One line for each point of the event, and for each step whose gradient it tells."""
    # How many points one event brings depends on the clock, so an event is never one line, and
    # lines are in the order of their steps.
    place_of = {step: place for place, step in enumerate(event.gradient_steps.tolist())}
    for index, step in enumerate(event.steps.tolist()):
        terms = {name: _number(values[index], 9) for name, values in event.terms.items()}
        yield {"kind": "step", "epoch": event.epoch, "step": step, "terms": terms}
        if (place := place_of.get(step)) is not None:
            norms = {name: _number(values[place], 5) for name, values in event.gradients.items()}
            yield {"kind": "gradients", "epoch": event.epoch, "step": step, "norms": norms}


def epoch_line(event: EpochDone) -> dict[str, Any]:
    return {
        "kind": "epoch",
        "epoch": event.epoch,
        "step": event.step,
        "train": finite_terms(event.train),
        "validation": finite_terms(event.validation),
        "is_best": event.is_best,
    }


def finite_terms(terms: Mapping[str, float]) -> dict[str, float | None]:
    """The terms as JSON can say them: None for a number that is not finite."""
    return {name: _number(value, 17) for name, value in terms.items()}


def read_metrics(content: bytes) -> Metrics:
    """Read the bytes of ``metrics.jsonl``; whatever they are, the whole lines come back."""
    lines = split_lines(content)
    steps: list[StepLine] = []
    gradients: list[GradientLine] = []
    epochs: list[EpochLine] = []
    num_foreign = 0
    for text in lines.lines:
        try:
            line = _LINE.validate_json(text)
        except ValidationError:
            num_foreign += 1
            continue
        if isinstance(line, StepLine):
            steps.append(line)
        elif isinstance(line, GradientLine):
            gradients.append(line)
        else:
            epochs.append(line)
    return Metrics(
        steps=_integers([line.step for line in steps]),
        step_epochs=_integers([line.epoch for line in steps]),
        step_terms=_columns([line.terms for line in steps]),
        epochs=_integers([line.epoch for line in epochs]),
        epoch_steps=_integers([line.step for line in epochs]),
        train=_columns([line.train for line in epochs]),
        validation=_columns([line.validation for line in epochs]),
        is_best=np.array([line.is_best for line in epochs], dtype=np.bool_),
        gradient_steps=_integers([line.step for line in gradients]),
        gradients=_columns([line.norms for line in gradients]),
        notes=_notes(lines, num_foreign),
    )


def _notes(lines: Lines, num_foreign: int) -> tuple[str, ...]:
    unknown = (f"{num_foreign} lines of an unknown kind were left out.",) if num_foreign else ()
    return lines.notes + unknown


def _number(value: float | np.floating[Any], digits: int) -> float | None:
    # Nine digits bring back every 32-bit number exactly, seventeen every 64-bit one.
    number = float(value)
    return float(f"{number:.{digits}g}") if math.isfinite(number) else None


def _integers(values: Sequence[int]) -> Integers:
    return np.array(values, dtype=np.int64)


def _columns(rows: Sequence[Mapping[str, float | None]]) -> dict[str, Floats]:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: np.full(len(rows), np.nan) for name in names}
    for index, row in enumerate(rows):
        for name, value in row.items():
            if value is not None:
                columns[name][index] = value
    return columns
