"""The look inside the model on display; called outside the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aestudio.gui.background import TaskReport
from aestudio.gui.workspaces.run_opening import Subject, sample_names

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.workflows.insights.registry import Finding, Insight
    from aestudio.workflows.models.painting import PaintableSamples


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What was found inside a model, and the samples that can be painted on."""

    subject: Subject
    findings: tuple[tuple[Insight, Finding], ...]
    #: None where the samples are no pictures.
    paintable: PaintableSamples | None

    @property
    def paintable_names(self) -> list[str]:
        """What the tool tips call the samples to paint on."""
        if self.paintable is None:
            return []
        samples = self.paintable
        return sample_names(samples.rows, samples.labels, samples.label_names)


def look_into(subject: Subject, dataset: Dataset) -> Callable[[TaskReport], Look]:
    """Return the work that finds every insight that applies to the model."""

    def work(report: TaskReport) -> Look:
        from aestudio.workflows.insights.registry import insights_into
        from aestudio.workflows.models.painting import samples_to_paint
        from aestudio.workflows.runs.insight_report import look_inside

        report.say("Encoding samples…")
        titles = [insight.title for insight in insights_into(subject.model)]

        def tell(done: int, total: int) -> None:
            if done < total:
                report.say(f"Looking inside: {titles[done]}…")
            report.progress(done, total)

        return Look(
            subject=subject,
            findings=look_inside(
                subject.model, dataset, progress=tell, is_cancelled=report.is_cancelled
            ),
            paintable=samples_to_paint(subject.model, dataset),
        )

    return work
