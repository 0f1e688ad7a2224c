"""A run is a folder.

Copying it to another computer is enough to open it there::

    experiment.toml      the whole recipe
    run.json             status, data, versions, progress: what a list of runs shows
    preprocessing.json   the fitted scaling, and the names of labels and features
    metrics.jsonl        the curves; append-only, nothing in it depends on a clock
    timing.jsonl         when and how fast; append-only
    checkpoints/         the newest two states, and a manifest with their checksums
    preview/             reconstructions and codes of every epoch, for replay
    export/              what was exported, if it was exported here
    run.lock             who is training in it
"""

from __future__ import annotations

import os
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aestudio.errors import DataError, OptionError, OutputError, RunError
from aestudio.preprocess.model_scale import scaling_from_json
from aestudio.preprocess.scaling import Scaling
from aestudio.runs import atomic, checkpoints, previews
from aestudio.runs.checkpoints import Checkpoints
from aestudio.runs.info_file import INFO_NAME, read_info, write_info
from aestudio.runs.location import claim_run_folder, default_runs_folder
from aestudio.runs.lock import RunLock, holder, is_in_use
from aestudio.runs.metrics import METRICS_NAME, Metrics, read_metrics
from aestudio.runs.previews import Preview, Previews, PreviewSamples
from aestudio.runs.reading import MEBIBYTE, read_file
from aestudio.runs.schema import (
    SCHEMA_VERSION,
    DataFacts,
    RecipeFacts,
    RunInfo,
    RunStatus,
    Versions,
)
from aestudio.runs.trash import move_to_trash
from aestudio.training.checkpoint import Checkpoint

if TYPE_CHECKING:
    from aestudio.experiment import Experiment

EXPERIMENT_NAME = "experiment.toml"
PREPROCESSING_NAME = "preprocessing.json"
_MOST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunFacts:
    """What a new run is told about its data, beside the recipe."""

    data: DataFacts
    scaling: Scaling
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()


class _Preprocessing(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    scaling: dict[str, Any]
    label_names: Annotated[tuple[str, ...], Field(max_length=1_000_000)] = ()
    feature_names: Annotated[tuple[str, ...], Field(max_length=1_000_000)] = ()


class RunFolder:
    """One run on the disk. Reading needs no lock; training holds it from start to end.

    Reading methods raise :class:`RunError` when a file is missing, damaged or not what it should
    be; writing ones :class:`OutputError` and :class:`StorageError`.
    """

    def __init__(self, path: Path, info: RunInfo) -> None:
        self.path = path
        self.lock = RunLock(path)
        self.checkpoints = Checkpoints(path)
        self.previews = Previews(path)
        self._info = info
        # The window renames a run while its training thread reports progress.
        self._info_guard = threading.Lock()
        self._preprocessing: _Preprocessing | None = None

    @classmethod
    def create(
        cls, path: str | os.PathLike[str] | None, experiment: Experiment, facts: RunFacts
    ) -> RunFolder:
        """Make a new run at ``path``, or under a new name in the default folder when None.

        Raises :class:`OutputError` when the place cannot be written or is not an empty folder.
        """
        title = f"{facts.data.name} {experiment.autoencoder.type}"
        root = claim_run_folder(title) if path is None else _claim(Path(path).absolute())
        recipe = RecipeFacts(
            autoencoder=experiment.autoencoder.type,
            network=experiment.network.kind,
            code_size=experiment.network.code_size,
            epochs=experiment.training.epochs,
            seed=experiment.training.seed,
        )
        info = RunInfo(
            run_id=uuid.uuid4().hex,
            name=root.name[:_MOST_NAME].encode("utf-8", "replace").decode(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            status=RunStatus.CREATED,
            data=facts.data,
            recipe=recipe,
            versions=Versions.here(),
        )
        preprocessing = _Preprocessing(
            scaling=facts.scaling.to_json(),
            label_names=facts.label_names,
            feature_names=facts.feature_names,
        )
        atomic.write_text(root / EXPERIMENT_NAME, experiment.to_toml())
        atomic.write_text(root / PREPROCESSING_NAME, preprocessing.model_dump_json() + "\n")
        # Last, because a folder with this file is a run.
        write_info(root, info)
        return cls(root, info)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> RunFolder:
        """Open an existing run for reading; nothing is written."""
        given = Path(path)
        if given.is_symlink():
            raise RunError(
                "it is a symbolic link.", subject=given, next_step="Open the folder it points to."
            )
        root = given.absolute()
        if not (root / INFO_NAME).exists():
            if root.is_dir():
                reason = "this folder holds no run."
            elif root.exists():
                reason = "this is a file, and a run is a folder."
            else:
                reason = "there is no such run folder."
            raise RunError(
                reason, subject=given, next_step=f"Choose a folder that contains {INFO_NAME}."
            )
        return cls(root, read_info(root))

    # --- what the run is ----------------------------------------------------------------------

    @property
    def info(self) -> RunInfo:
        """What ``run.json`` said when it was last read or written here."""
        return self._info

    @property
    def status(self) -> RunStatus:
        """The status, with a run that nobody works on any more told apart from a running one."""
        if self._info.status is RunStatus.RUNNING and not (
            self.lock.is_held or is_in_use(self.path)
        ):
            return RunStatus.INTERRUPTED
        return self._info.status

    @property
    def read_only_reason(self) -> str:
        """Why nothing can be written here, in one sentence; empty when it can."""
        if self._info.schema_version > SCHEMA_VERSION:
            return "The run was made by a newer version of AE Studio; it can only be looked at."
        if self.lock.is_held:
            return ""
        if is_in_use(self.path):
            return f"Another AE Studio ({holder(self.path)}) is training in this run."
        if not os.access(self.path, os.W_OK):
            return "Writing into this folder is not permitted."
        return ""

    @property
    def experiment(self) -> Experiment:
        """The recipe."""
        # Imported here: the recipe knows every type of autoencoder, and with them torch, which
        # takes seconds to import; a list of runs must not wait for that.
        from aestudio.experiment import Experiment

        content = read_file(self.path, EXPERIMENT_NAME, most_bytes=MEBIBYTE)
        try:
            return Experiment.from_toml(content.decode(), str(self.path / EXPERIMENT_NAME))
        except UnicodeDecodeError:
            raise self._damaged(EXPERIMENT_NAME, "it is not UTF-8 text") from None
        except OptionError as error:
            raise self._damaged(EXPERIMENT_NAME, f"{error.subject}: {error.reason}") from None

    @property
    def scaling(self) -> Scaling:
        try:
            return scaling_from_json(self._read_preprocessing().scaling)
        except DataError as error:
            raise self._damaged(PREPROCESSING_NAME, error.reason) from None

    @property
    def label_names(self) -> tuple[str, ...]:
        return self._read_preprocessing().label_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self._read_preprocessing().feature_names

    # --- what training left -------------------------------------------------------------------

    def metrics(self) -> Metrics:
        """The curves; empty before the first line."""
        if not (self.path / METRICS_NAME).exists():
            return read_metrics(b"")
        return read_metrics(read_file(self.path, METRICS_NAME, most_bytes=4096 * MEBIBYTE))

    def preview_epochs(self) -> tuple[int, ...]:
        """The epochs that can be replayed, in order; 0 is the untrained network."""
        return self.previews.epochs()

    def preview(self, epoch: int) -> Preview:
        return self.previews.load(epoch)

    def samples(self) -> PreviewSamples | None:
        """The originals and labels that the previews follow; None when they were not recorded."""
        return self.previews.samples()

    @property
    def picture_samples(self) -> npt.NDArray[np.generic] | None:
        """The originals (P, *shape), as stored, of what every preview reconstructs."""
        samples = self.samples()
        return samples.picture_samples if samples else None

    def latest_checkpoint(self) -> Checkpoint | None:
        """The newest state that is whole; None when none was saved yet.

        ``checkpoints.notes`` says so when a damaged one had to be passed over.
        """
        return self.checkpoints.latest()

    # --- changing it --------------------------------------------------------------------------

    def refresh(self) -> RunInfo:
        """Read ``run.json`` again."""
        self._info = read_info(self.path)
        return self._info

    def update(self, **changes: Any) -> RunInfo:
        """Write ``run.json`` with the given fields replaced."""
        self._refuse_newer()
        with self._info_guard:
            # Validated again: copying alone would let a wrong type through to the disk.
            values = {name: getattr(self._info, name) for name in RunInfo.model_fields}
            info = RunInfo.model_validate({**values, **changes})
            write_info(self.path, info)
            self._info = info
        return info

    def acquire(self) -> None:
        """Take the lock for training and clear away what a killed process left.

        Raises :class:`RunError` when another process trains here or a newer version made the run.
        """
        self._refuse_newer()
        if self.lock.is_held:
            return
        self.lock.acquire()
        self.refresh()
        for folder in (self.path, self.path / checkpoints.FOLDER, self.path / previews.FOLDER):
            atomic.remove_leftovers(folder)

    def release(self) -> None:
        self.lock.release()

    def rename(self, name: str) -> None:
        """Give the run another name to show; the folder stays where it is."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= _MOST_NAME or not name.isprintable():
            raise OptionError(
                f"a name has 1 to {_MOST_NAME} visible characters.",
                subject="name",
                next_step="Choose another name.",
            )
        self._change_while_idle()
        if not self.lock.is_held:
            self.refresh()
        self.update(name=name)

    def replace_experiment(self, experiment: Experiment) -> None:
        """Store a changed recipe, such as one with more epochs."""
        self._change_while_idle()
        atomic.write_text(self.path / EXPERIMENT_NAME, experiment.to_toml())
        recipe = self._info.recipe.model_copy(update={"epochs": experiment.training.epochs})
        self.update(recipe=recipe)

    def move_to_trash(self) -> Path:
        """Move the whole folder to the trash and return where it is now."""
        if self.lock.is_held or is_in_use(self.path):
            raise RunError(
                "the run is still training.", subject=self.path, next_step="Stop it first."
            )
        return move_to_trash(self.path)

    def _change_while_idle(self) -> None:
        self._refuse_newer()
        if not self.lock.is_held and is_in_use(self.path):
            raise RunError(self.read_only_reason, subject=self.path, next_step="Wait for its end.")

    def _refuse_newer(self) -> None:
        if self._info.schema_version > SCHEMA_VERSION:
            raise RunError(
                self.read_only_reason, subject=self.path, next_step="Update AE Studio to change it."
            )

    def _read_preprocessing(self) -> _Preprocessing:
        if self._preprocessing is None:
            content = read_file(self.path, PREPROCESSING_NAME, most_bytes=1024 * MEBIBYTE)
            try:
                self._preprocessing = _Preprocessing.model_validate_json(content)
            except ValidationError as error:
                reason = str(error.errors(include_url=False)[0]["msg"])
                raise self._damaged(PREPROCESSING_NAME, reason) from None
        return self._preprocessing

    def _damaged(self, name: str, reason: str) -> RunError:
        return RunError(
            f"the file is damaged: {reason}.",
            subject=self.path / name,
            next_step="Use another copy of the run.",
        )


def check_run_place(path: str | os.PathLike[str] | None) -> None:
    """Raise what would keep :meth:`RunFolder.create` from making a run there, before there is one."""
    place = default_runs_folder() if path is None else Path(path).absolute()
    if path is not None:
        _refuse_filled(place)
    atomic.check_folder(place)


def _claim(path: Path) -> Path:
    """Make ``path``, or take it when it is an empty folder."""
    atomic.make_folder(path, parents=True, exist_ok=True)
    _refuse_filled(path)
    return path


def _refuse_filled(path: Path) -> None:
    with atomic.explained(path):
        is_filled = path.is_dir() and any(path.iterdir())
    if is_filled:
        raise OutputError(
            "the folder is not empty.",
            subject=path,
            next_step="Choose a new folder, or resume the run that is in it.",
        )
