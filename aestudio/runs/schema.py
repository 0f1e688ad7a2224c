"""What ``run.json`` says, as strict models.

The file stays small, since a list of thousands of runs reads nothing else.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

import aestudio
from aestudio.data.dataset import Dataset
from aestudio.errors import StudioError

SCHEMA_VERSION = 1

Count = Annotated[int, Field(ge=0, le=2**53)]
Size = Annotated[int, Field(ge=1, le=2**31)]
Line = Annotated[str, Field(max_length=1000)]
Word = Annotated[str, Field(max_length=100)]
Terms = Annotated[dict[Word, float | None], Field(max_length=100)]


class Schema(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class RunStatus(StrEnum):
    """How far a run is. ``INTERRUPTED`` is never written: it is a running run without a process."""

    CREATED = "created"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"
    STOPPED = "stopped"
    EARLY = "early"
    DIVERGED = "diverged"
    FAILED = "failed"


class DataFacts(Schema):
    """The dataset that a run learned from; enough to recognise it again."""

    name: Line
    source: Annotated[str, Field(max_length=10_000)]
    kind: Literal["images", "table", "sequences", "tokens"]
    shape: Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)]
    num_samples: Count
    num_train: Count
    num_validation: Count
    num_labels: Count = 0
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reader: Word = ""
    #: Whether values are missing; None in runs of programs that did not write it down.
    has_gaps: bool | None = None

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        *,
        num_train: int,
        num_validation: int,
        has_gaps: bool | None = None,
    ) -> DataFacts:
        return cls(
            name=_readable(dataset.name, 1000),
            source=_readable(dataset.source, 10_000),
            kind=dataset.kind.value,
            shape=dataset.shape,
            num_samples=dataset.num_samples,
            num_train=num_train,
            num_validation=num_validation,
            num_labels=len(dataset.label_names),
            fingerprint=dataset.fingerprint,
            reader=dataset.reader[:100],
            has_gaps=has_gaps,
        )

    @property
    def may_have_gaps(self) -> bool:
        """Whether something could be missing. Of tokens nothing can be."""
        return self.kind != "tokens" and self.has_gaps is not False


class RecipeFacts(Schema):
    """The few settings that a list of runs shows; all of them are in ``experiment.toml``."""

    autoencoder: Word
    network: Word
    code_size: Size
    epochs: Count
    seed: Count


class Versions(Schema):
    aestudio: Word
    python: Word
    torch: Word
    numpy: Word
    platform: Line

    @classmethod
    def here(cls) -> Versions:
        # Asked of the installed packages, because importing torch takes seconds.
        return cls(
            aestudio=aestudio.__version__,
            python=platform.python_version(),
            torch=importlib.metadata.version("torch"),
            numpy=importlib.metadata.version("numpy"),
            platform=platform.platform(),
        )


class TrainingFacts(Schema):
    """Where and how the latest session of the run trains."""

    device: Line
    precision: Word
    num_parameters: Count
    batch_size: Count
    num_epochs: Count
    steps_per_epoch: Count
    term_names: Annotated[tuple[Word, ...], Field(max_length=100)]


class Progress(Schema):
    """How far the run had come when the file was last written."""

    epoch: Count = 0
    step: Count = 0
    best_epoch: Count = 0
    elapsed_s: float = 0.0
    train: Terms = {}
    validation: Terms = {}


class Problem(Schema):
    """Why a run failed, in the words that the person saw."""

    kind: Word
    subject: Annotated[str, Field(max_length=10_000)]
    reason: Annotated[str, Field(max_length=10_000)]
    next_step: Annotated[str, Field(max_length=10_000)]

    @classmethod
    def of(cls, error: StudioError) -> Problem:
        return cls(
            kind=type(error).__name__,
            subject=_readable(error.subject, 10_000),
            reason=_readable(error.reason, 10_000),
            next_step=_readable(error.next_step, 10_000),
        )


class RunInfo(Schema):
    """The whole of ``run.json``."""

    schema_version: Annotated[int, Field(ge=1)] = SCHEMA_VERSION
    run_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    created_at: Word  #: ISO 8601, UTC
    finished_at: Word | None = None
    status: RunStatus
    data: DataFacts
    recipe: RecipeFacts
    versions: Versions
    training: TrainingFacts | None = None
    progress: Progress = Progress()
    problem: Problem | None = None


def known_part(model: type[BaseModel], values: Any) -> Any:
    """Drop the keys that ``model`` does not know: what a newer version has added."""
    if not isinstance(values, Mapping):
        return values
    kept = {}
    for name, info in model.model_fields.items():
        if name in values:
            inner = _model_in(info.annotation)
            kept[name] = known_part(inner, values[name]) if inner else values[name]
    return kept


def _model_in(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *getattr(annotation, "__args__", ()))
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _readable(text: str, most: int) -> str:
    # File names may hold bytes that are no text; JSON has no way to say them.
    return text.encode("utf-8", "backslashreplace").decode()[:most]
