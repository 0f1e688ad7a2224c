"""What a published recipe says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from aestudio.gui.durations import spoken
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.workflows.recipes.recipe_card import Recipe


class RecipeSheet(QWidget):
    """Title, what one learns from it, and the facts in two columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel()
        self._title.setFont(theme.font("title"))
        self._shows = PlainLabel()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * SPACING)
        self._form.setVerticalSpacing(SPACING)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self._title)
        column.addWidget(self._shows)
        column.addSpacing(SPACING)
        column.addLayout(self._form)

    def show_recipe(self, recipe: Recipe) -> None:
        """Replace what is shown."""
        card = recipe.card
        self._title.setText(card.title)
        self._shows.setText(card.shows)
        while self._form.rowCount():
            self._form.removeRow(0)
        self._add(self.tr("Published"), f"{card.published:.4g}")
        self._add(self.tr("Source"), card.source)
        if card.beside:
            beside = (f"{value:.4g}  {name}" for name, value in card.beside.items())
            self._add(self.tr("Beside it"), "\n".join(beside))
        self._add(self.tr("Target"), f"{card.direction} {card.target:.4g}")
        self._add(self.tr("Protocol"), card.protocol)
        data = (
            self.tr("MNIST: the folder with its four files, which does not come with the program")
            if recipe.needs_data
            else self.tr("the built-in sample '{0}'").format(card.data)
        )
        self._add(self.tr("Data"), data)
        takes = self.tr("about {0} on two processor cores").format(spoken(60 * card.minutes))
        num_runs = len(card.variants)
        if num_runs > 1:
            takes = self.tr("{0}, in {1} runs").format(takes, num_runs)
        if card.short_form:
            takes = self.tr("{0}; there is a short form").format(takes)
        self._add(self.tr("Takes"), takes)

    def _add(self, heading: str, words: str) -> None:
        label = PlainLabel(words)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        name = PlainLabel(heading, "muted", wraps=False)
        for part in (name, label):
            part.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.addRow(name, label)
