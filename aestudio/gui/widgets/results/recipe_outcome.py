"""What a recipe came to: obtained beside published, the verdict, and the runs to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.durations import spoken
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.recipes.running import RecipeResult

_MOST_ROWS = 6


class RecipeOutcome(QFrame):
    """One result; ``run_wanted`` gives the folder of the run that is to be opened."""

    run_wanted = Signal(Path)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "note")
        self._numbers: dict[str, PlainLabel] = {}
        self._verdict = PlainLabel()
        self._verdict.setFont(theme.font("heading"))
        self._note = PlainLabel("", "muted")
        self.runs = QListWidget()
        self.runs.setAccessibleName(self.tr("Runs of this recipe"))
        self.runs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.open = QPushButton(self.tr("Open in Train"))
        self.open.setToolTip(self.tr("Show the chosen run in the Train workspace"))
        row = QHBoxLayout()
        row.setSpacing(5 * SPACING)
        for name in (self.tr("Obtained"), self.tr("Published"), self.tr("Target")):
            number = PlainLabel(wraps=False)
            number.setFont(theme.font("title"))
            self._numbers[name] = number
            pair = QVBoxLayout()
            pair.setSpacing(2)
            pair.addWidget(PlainLabel(name, "muted", wraps=False))
            pair.addWidget(number)
            row.addLayout(pair)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(row)
        column.addWidget(self._verdict)
        column.addWidget(self._note)
        column.addWidget(self.runs)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        self.runs.itemDoubleClicked.connect(self._on_open)
        self.open.clicked.connect(self._on_open)

    @property
    def texts(self) -> list[str]:
        """Everything that is said, in the order of reading."""
        return [label.text() for label in self.findChildren(PlainLabel) if label.text()]

    def show_result(self, result: RecipeResult) -> None:
        """Replace what is shown."""
        card = result.recipe.card
        values = (
            f"{result.obtained:.4g}",
            f"{result.published:.4g}",
            f"{card.direction} {result.target:.4g}",
        )
        for number, text in zip(self._numbers.values(), values, strict=True):
            number.setText(text)
        self._verdict.set_role("good" if result.holds else "warning")
        self._verdict.setText(
            self.tr("The target is reached: it holds.")
            if result.holds
            else self.tr("The target is not reached: it does not hold.")
        )
        notes = [self.tr("Took {0} on {1}.").format(spoken(result.seconds), result.device)]
        for name, (mean, low, high) in result.groups().items():
            notes.append(f"{name}: mean {mean:.4g}, from {low:.4g} to {high:.4g}.")
        self._note.setText("\n".join([*notes, result.note] if result.note else notes))
        self.runs.clear()
        for one in result.variants:
            item = QListWidgetItem(f"{one.name}: {one.obtained:.4g}")
            item.setData(Qt.ItemDataRole.UserRole, str(one.run))
            self.runs.addItem(item)
        self.runs.setCurrentRow(0)
        height = max(20, self.runs.sizeHintForRow(0))
        shown = min(_MOST_ROWS, self.runs.count())
        self.runs.setFixedHeight(shown * height + 2 * self.runs.frameWidth() + 2)
        self.runs.setVisible(self.runs.count() > 1)

    def _on_open(self) -> None:
        item = self.runs.currentItem()
        if item is not None:
            self.run_wanted.emit(Path(item.data(Qt.ItemDataRole.UserRole)))
