"""The training doctor's visit to the model on display; called outside the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.errors import RunError
from aestudio.gui.background import TaskReport
from aestudio.gui.workspaces.run_opening import Subject

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.workflows.runs.diagnosis import DoctorReport


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckUp:
    """What the doctor says of a subject, or why nothing can be said."""

    subject: Subject
    #: Read for this, and at hand for whoever looks further.
    dataset: Dataset
    report: DoctorReport | None
    why_not: str = ""


def check_up(subject: Subject) -> Callable[[TaskReport], CheckUp]:
    """Return the work that reads the subject's data and has its run looked at."""

    def work(task: TaskReport) -> CheckUp:
        from aestudio.workflows.runs.diagnosis import diagnose_run

        task.say("Reading the data…")
        dataset = subject.read(task)
        task.say("Check-up…")
        if subject.run_path is None:
            why_not = "The model on display has no run folder, so there is no history to look at."
            return CheckUp(subject=subject, dataset=dataset, report=None, why_not=why_not)
        try:
            report = diagnose_run(subject.run_path, dataset=dataset, is_cancelled=task.is_cancelled)
        except RunError as error:
            # Too early, or a damaged history: the model itself can still be looked into.
            return CheckUp(subject=subject, dataset=dataset, report=None, why_not=str(error))
        return CheckUp(subject=subject, dataset=dataset, report=report)

    return work
