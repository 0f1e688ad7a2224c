"""Training on each of several data sets in the terminal: what goes on, and what came of it."""

from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING

from aestudio.cli.output import duration, print_json, print_lines, print_note, table
from aestudio.cli.progress import ProgressDisplay
from aestudio.cli.training_view import stopped_by_signals
from aestudio.training.control import Control
from aestudio.workflows.several_sets.onlooker import Onlooker, Stage, Standing
from aestudio.workflows.several_sets.training_each import train_each

if TYPE_CHECKING:
    from pathlib import Path

    from aestudio.workflows.datasets.collection import Collection, Entry
    from aestudio.workflows.planning.given import Given
    from aestudio.workflows.several_sets.results import EachTrained, SetResult


def follow_each(collection: Collection, given: Given, out: Path | None, as_json: bool) -> int:
    """Train on each, showing progress on stderr; return the exit code.

    That is 0 when all went well, 1 when some could not be trained, and that of the first reason when
    none could.
    """
    count = len(collection.entries)
    print_note(
        f"{collection.name} holds {count:,} different data sets. Each gets a run of its own, one "
        "after the other."
    )
    print_note(f"To train on one alone: {_command('train', collection.readable[0].source)}")
    for finding in collection.findings:
        print_note(str(finding))
    control = Control()
    with ProgressDisplay("Training each") as display, stopped_by_signals(control) as stop:
        found = train_each(
            collection, given, control=control, out=out, onlooker=Shown(display, count)
        )
    if as_json:
        print_json(found.to_json())
    else:
        print_lines([*table(found.rows()), found.heading, *_next(found)])
    if control.is_stopping:
        return stop.exit_code
    if found.failed and not found.trained:
        (error, *_) = (result.error for result in found.failed if result.error is not None)
        return error.exit_code
    return 1 if found.failed else 0


class Shown(Onlooker):
    """One bar for all of them, and lines that stay for each."""

    def __init__(self, display: ProgressDisplay, count: int) -> None:
        self._display = display
        self._count = count

    def begins(self, place: int, entry: Entry) -> None:
        told = f"{place + 1:,} of {self._count:,}: {entry.name}"
        self._display.note(told if entry.problem else f"{told} ({entry.words()})")

    def finds(self, text: str) -> None:
        self._display.note(f"  {text}")

    def moves(self, standing: Standing) -> None:
        detail = f"{standing.place + 1:,} of {standing.count:,}, {standing.stage}"
        if standing.stage is Stage.TRAINING:
            detail += f" epoch {standing.epoch}/{standing.num_epochs}"
        left = standing.left
        self._display.show(
            standing.share,
            1.0,
            detail,
            math.nan if left.seconds is None else left.seconds,
            is_at_least=left.is_at_least,
        )

    def ends(self, place: int, result: SetResult) -> None:
        words = result.words()
        if result.run and result.seconds is not None:
            epochs = f"{result.epochs:,} epoch" + "s" * (result.epochs != 1)
            words += f"; {epochs} in {duration(result.seconds)}"
        self._display.note(f"  {words[:1].upper()}{words[1:]}")
        if result.run:
            self._display.note(f"  Run: {result.run}")


def _next(found: EachTrained) -> list[str]:
    lines = []
    if found.under_way is not None and found.under_way.run is not None:
        lines.append(f"Stopped. Go on with: {_command('resume', found.under_way.run)}")
    if found.waiting:
        lines.append(f"Not begun: {', '.join(result.entry.name for result in found.waiting)}")
    if found.num_behind_pca:
        lines.append(
            "Where the error is higher than PCA's, train longer, or with a larger network."
        )
    if found.trained and found.trained[0].run and not found.was_stopped:
        lines.append(f"Look inside one of them with: {_command('insights', found.trained[0].run)}")
    return lines


def _command(name: str, path: str) -> str:
    return shlex.join(["aestudio", name, path])
