"""Several data sets, each learned in a run of its own, one after the other.

Each run is an ordinary one in an ordinary run folder: it can be opened, resumed, exported. What is
told on the way goes to an :class:`~aestudio.workflows.several_sets.onlooker.Onlooker`.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path, PurePath

from aestudio.data.reading import read
from aestudio.data.request import ReadingCancelled
from aestudio.errors import MemoryFullError, OptionError, StudioError
from aestudio.runs.folder import RunFolder, check_run_place
from aestudio.training.control import Control
from aestudio.training.events import Event, FinishReason, RunFinished, RunStarted, StepsDone
from aestudio.workflows.datasets.collection import Collection, Entry
from aestudio.workflows.judging.evaluation import Evaluation, evaluate
from aestudio.workflows.planning.given import Given
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.several_sets.forecast import SeriesForecast, expected_work
from aestudio.workflows.several_sets.onlooker import Onlooker, Stage, Standing
from aestudio.workflows.several_sets.results import EachTrained, End, SetResult
from aestudio.workflows.training import TrainingSession, follow_to_end, start_training_on

#: Options that name samples by their numbers, which belong to one data set.
_OF_ONE_SET = ("data.exclude", "data.exclude_check")


def train_each(
    collection: Collection,
    given: Given,
    *,
    control: Control,
    out: str | os.PathLike[str] | None = None,
    onlooker: Onlooker | None = None,
) -> EachTrained:
    """Train on each set with what suits it, and measure each run as ``evaluate`` does.

    ``given`` holds for all of them. Runs go to folders in ``out``, else to the default place. A set
    that cannot be trained is told of, and the others go on. ``control`` stops it: runs that are
    finished stay, the one under way is left to be resumed.

    Raises :class:`OptionError` for options that mean one data set only, and :class:`OutputError`
    where no runs can be made.
    """
    for option in _OF_ONE_SET:
        if given.values.get(option):
            raise OptionError(
                f"numbers of samples belong to one data set, and these are "
                f"{len(collection.entries):,}.",
                subject=option,
                next_step="Leave it out, or train on one of them alone.",
            )
    check_run_place(out)
    places = run_places(out, collection.entries)
    training = _Training(collection.entries, given, control, onlooker or Onlooker())
    return EachTrained(
        name=collection.name,
        source=collection.source,
        results=tuple(training.train(place, folder) for place, folder in enumerate(places)),
    )


def run_places(
    out: str | os.PathLike[str] | None, entries: tuple[Entry, ...]
) -> tuple[Path | None, ...]:
    """Return a folder in ``out`` for each set, called like its file; None for the default place."""
    if out is None:
        return (None,) * len(entries)
    # Within a folder of sets names may contain folders, and files may differ in their suffix alone.
    paths = [PurePath(entry.name) for entry in entries]
    stems = ["-".join(path.with_suffix("").parts) for path in paths]
    full = ["-".join(path.parts) for path in paths]
    num_stems = Counter(stem.casefold() for stem in stems)
    num_full = Counter(name.casefold() for name in full)
    return tuple(
        Path(out) / (stem if num_stems[stem.casefold()] == 1 else name)
        if num_full[name.casefold()] == 1
        else Path(out) / f"{name}-{number}"
        for number, (stem, name) in enumerate(zip(stems, full, strict=True), start=1)
    )


class _Training:
    """Takes the sets in their order and keeps count of the time."""

    def __init__(
        self, entries: tuple[Entry, ...], given: Given, control: Control, onlooker: Onlooker
    ) -> None:
        self._entries = entries
        self._given = given
        self._control = control
        self._onlooker = onlooker
        self._forecast = SeriesForecast(
            [
                (
                    entry.kind,
                    0.0 if entry.problem else expected_work(entry.num_samples, given.values),
                )
                for entry in entries
            ]
        )
        self._place = 0
        self._began_s = 0.0

    def train(self, place: int, folder: Path | None) -> SetResult:
        """Train on one of them; return what came of it, whatever that is."""
        entry = self._entries[place]
        if self._control.is_stopping:
            return SetResult(entry=entry, end=End.WAITING)
        self._place, self._began_s = place, time.monotonic()
        self._onlooker.begins(place, entry)
        result = (
            self._train(entry, folder)
            if entry.problem is None
            else SetResult(entry=entry, end=End.FAILED, error=entry.problem)
        )
        if result.end is End.TRAINED:
            self._forecast.add(place, time.monotonic() - self._began_s)
        self._onlooker.ends(place, result)
        return result

    def _train(self, entry: Entry, folder: Path | None) -> SetResult:
        session: TrainingSession | None = None
        try:
            session = self._start(entry, folder)
            finished = self._follow(session)
        except (ReadingCancelled, WorkCancelledError):
            return SetResult(entry=entry, end=End.WAITING)
        except (StudioError, MemoryError) as error:
            run = None if session is None else str(session.run.path)
            return SetResult(entry=entry, end=End.FAILED, error=_told(error), run=run)
        was_stopped = finished.reason is FinishReason.STOPPED
        evaluation, problem = (None, None) if was_stopped else self._measure(session.run)
        experiment = session.preparation.experiment
        return SetResult(
            entry=entry,
            end=End.STOPPED if was_stopped else End.TRAINED,
            error=problem,
            run=str(session.run.path),
            type=experiment.autoencoder.type,
            code_size=experiment.network.code_size,
            epochs=finished.epoch,
            seconds=finished.elapsed_s,
            evaluation=evaluation,
        )

    def _start(self, entry: Entry, folder: Path | None) -> TrainingSession:
        self._tell(Stage.READING, 0, 0)
        dataset = read(
            entry.source,
            self._given.data_options(entry.source),
            progress=lambda done, total: self._tell(Stage.READING, done, total),
            is_cancelled=self._is_stopping,
        )
        for finding in dataset.findings:
            self._onlooker.finds(str(finding))
        session = start_training_on(
            dataset,
            self._given,
            folder,
            self._control,
            progress=lambda done, total: self._tell(Stage.PREPARING, done, total),
            is_cancelled=self._is_stopping,
        )
        for note in session.notes:
            self._onlooker.finds(f"Note: {note}")
        return session

    def _follow(self, session: TrainingSession) -> RunFinished:
        num_epochs, num_steps = 0, 0

        def watch(event: Event) -> None:
            nonlocal num_epochs, num_steps
            if isinstance(event, RunStarted):
                # The first one has loaded libraries until now, which says nothing of the pace.
                self._began_s = time.monotonic()
                num_epochs = event.num_epochs
                num_steps = event.num_epochs * event.steps_per_epoch
                self._tell(Stage.TRAINING, 0, num_steps, epochs=(1, num_epochs))
            elif isinstance(event, StepsDone):
                self._tell(
                    Stage.TRAINING,
                    event.step,
                    num_steps,
                    epochs=(event.epoch, num_epochs),
                    own_left_s=event.remaining_s,
                )

        return follow_to_end(session, watch)

    def _measure(self, run: RunFolder) -> tuple[Evaluation | None, StudioError | None]:
        try:
            evaluation = evaluate(
                run.path,
                progress=lambda done, total: self._tell(Stage.MEASURING, done, total),
                is_cancelled=self._is_stopping,
            )
        except (StudioError, MemoryError) as error:
            # The run is there all the same.
            return None, _told(error)
        return evaluation, None

    def _is_stopping(self) -> bool:
        return self._control.is_stopping

    def _tell(
        self,
        stage: Stage,
        done: int,
        total: int,
        *,
        epochs: tuple[int, int] = (0, 0),
        own_left_s: float | None = None,
    ) -> None:
        elapsed_s = time.monotonic() - self._began_s
        self._onlooker.moves(
            Standing(
                place=self._place,
                count=len(self._entries),
                entry=self._entries[self._place],
                stage=stage,
                done=done,
                total=total,
                epoch=epochs[0],
                num_epochs=epochs[1],
                left=self._forecast.left(self._place, elapsed_s, own_left_s),
            )
        )


def _told(error: StudioError | MemoryError) -> StudioError:
    if isinstance(error, StudioError):
        return error
    return MemoryFullError(
        "the computer has too little free memory for it.",
        next_step="Close other programs, or take fewer samples.",
    )
