"""What one insight found: a sentence about the model, the figure, and how to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aestudio.gui.plots.insight_figure import InsightFigure
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.insights.registry import Finding, Insight


class InsightPage(QWidget):
    """Shows one insight at a time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel()
        font = QFont(self._title.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._title.setFont(font)
        self._sentence = PlainLabel()
        self._explanation = PlainLabel("", "muted")
        self.figure = InsightFigure(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        for part in (self._title, self._sentence, self._explanation):
            column.addWidget(part)
        column.addSpacing(SPACING)
        column.addWidget(self.figure, 1)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_finding(self, name: str, insight: Insight, finding: Finding, art: SampleArt) -> None:
        """``name`` is what the model is called, and ``art`` draws samples of its data."""
        self._title.setText(f"{insight.title} · {name}")
        self._sentence.setText(finding.sentence)
        self._explanation.setText(insight.explanation)
        self.figure.show_figure(finding.figure, art)
        self.figure.setAccessibleName(insight.title)
        self.figure.setAccessibleDescription(f"{finding.sentence} {insight.explanation}")
