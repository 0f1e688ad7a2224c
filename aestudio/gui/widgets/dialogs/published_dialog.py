"""The shelf of published results: choose one, run it, see the number obtained beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.durations import spoken
from aestudio.gui.recipe_running import RecipeRunner
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.results.recipe_outcome import RecipeOutcome
from aestudio.gui.widgets.results.recipe_sheet import RecipeSheet
from aestudio.gui.widgets.scrolling import scrolled

if TYPE_CHECKING:
    from aestudio.workflows.recipes.recipe_card import Recipe
    from aestudio.workflows.recipes.running import RecipeResult

_SIZE = (116 * SPACING, 72 * SPACING)
_LIST_WIDTH = 36 * SPACING
#: The frame of the list, the padding of its lines, and what a line keeps free beside its words.
_LIST_MARGINS = 4 * SPACING
_STEPS = 1000


class PublishedDialog(QDialog):
    """Stays with the window: closing it hides it, and what is running goes on."""

    run_wanted = Signal(Path)

    def __init__(
        self,
        theme: Theme,
        recipes: tuple[Recipe, ...],
        runner: RecipeRunner,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Published results"))
        self.resize(*_SIZE)
        self._recipes = recipes
        self._runner = runner
        self._elsewhere = ""
        self._results: dict[str, RecipeResult] = {}
        self._said: dict[str, tuple[str, str]] = {}
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Published results"))
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for recipe in recipes:
            self.list.addItem(self._item(recipe.card.title))
        self._sheet = RecipeSheet(theme)
        self.outcome = RecipeOutcome(theme)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(self.tr("Folder of the data"))
        self.folder.setPlaceholderText(self.tr("The folder with the four files of MNIST"))
        self._folder_row = QWidget()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the recipe"))
        self._words = PlainLabel()
        self.run = QPushButton(self.tr("Run"))
        self.run.setProperty("role", "primary")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Give this recipe up; what was trained stays under Runs"))
        self._build(theme)
        self.list.currentRowChanged.connect(self._show)
        self.run.clicked.connect(self._on_run)
        self.cancel.clicked.connect(self._on_cancel)
        self.outcome.run_wanted.connect(self._on_run_wanted)
        runner.progressed.connect(self._on_progress)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.changed.connect(self._update)
        self.list.setCurrentRow(0)

    @property
    def chosen(self) -> Recipe:
        return self._recipes[max(0, self.list.currentRow())]

    @property
    def words(self) -> str:
        """What is said of the progress, or of what went wrong."""
        return self._words.text()

    def select(self, name: str) -> None:
        """Choose the recipe called ``name``."""
        for row, recipe in enumerate(self._recipes):
            if recipe.name == name:
                self.list.setCurrentRow(row)

    def set_elsewhere(self, reason: str) -> None:
        """Say why nothing can be run while something else trains; empty when it can."""
        self._elsewhere = reason
        self._update()

    def _build(self, theme: Theme) -> None:
        heading = PlainLabel(
            self.tr(
                "Numbers from papers, and the recipes that obtain them again on this computer."
            ),
            "muted",
        )
        choose = QPushButton(self.tr("Choose…"))
        choose.setAccessibleName(self.tr("Choose the folder of the data"))
        choose.clicked.connect(self._choose_folder)
        label = PlainLabel(self.tr("Data"), wraps=False)
        label.setBuddy(self.folder)
        folder = QHBoxLayout(self._folder_row)
        folder.setContentsMargins(0, 0, 0, 0)
        folder.setSpacing(SPACING)
        folder.addWidget(label)
        folder.addWidget(self.folder, 1)
        folder.addWidget(choose)
        content = QWidget()
        parts = QVBoxLayout(content)
        parts.setContentsMargins(0, 0, SPACING, 0)
        parts.setSpacing(2 * SPACING)
        parts.addWidget(self.outcome)
        parts.addWidget(self._sheet)
        parts.addStretch(1)
        area = scrolled(content)
        area.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        close = QPushButton(self.tr("Close"))
        close.setToolTip(self.tr("A recipe that is running goes on"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING)
        buttons.addStretch(1)
        for button in (close, self.cancel, self.run):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(SPACING)
        right.addWidget(area, 1)
        for part in (self._folder_row, self._progress, self._words):
            right.addWidget(part)
        right.addLayout(buttons)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACING)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        column.addLayout(row, 1)

    def _item(self, title: str) -> QListWidgetItem:
        """A line of the list, as high as its words need: Qt forgets the padding that it has."""
        item = QListWidgetItem(title)
        room = QRect(0, 0, _LIST_WIDTH - _LIST_MARGINS, 100 * SPACING)
        needed = self.list.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, title)
        item.setSizeHint(QSize(room.width(), needed.height() + SPACING + 2))
        return item

    def _show(self) -> None:
        self._sheet.show_recipe(self.chosen)
        self._update()

    def _update(self) -> None:
        """Bring everything in line with what is chosen and what is running."""
        recipe, runner = self.chosen, self._runner
        result = self._results.get(recipe.name)
        self.outcome.setVisible(result is not None)
        if result is not None:
            self.outcome.show_result(result)
        is_running = bool(runner.name)
        self._folder_row.setVisible(recipe.needs_data and not is_running)
        self._progress.setVisible(is_running)
        self.cancel.setVisible(is_running)
        reason = self._elsewhere
        if is_running:
            reason = self.tr("A recipe is running")
        elif runner.is_busy:
            reason = self.tr("The recipe that was cancelled is ending")
        self.run.setEnabled(not reason)
        self.run.setToolTip(reason or self.tr("Train this recipe and measure what it comes to"))
        if not is_running:
            words, role = self._said.get(recipe.name, ("", "muted"))
            self._words.set_role(role)
            self._words.setText(words)
        self._words.setVisible(bool(self._words.text()))

    def _on_run(self) -> None:
        recipe = self.chosen
        if recipe.needs_data and not self.folder.text().strip():
            self._choose_folder()
            if not self.folder.text().strip():
                return
        self._results.pop(recipe.name, None)
        self._said.pop(recipe.name, None)
        self._progress.setRange(0, 0)
        takes = self.tr("{0}: about {1} on two processor cores…")
        self._words.set_role("muted")
        self._words.setText(takes.format(recipe.card.title, spoken(60 * recipe.card.minutes)))
        data = self.folder.text().strip() if recipe.needs_data else None
        self._runner.start(recipe.name, data)

    def _choose_folder(self) -> None:
        title = self.tr("The folder with the four files of MNIST")
        folder = QFileDialog.getExistingDirectory(self, title, self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _on_cancel(self) -> None:
        words = self.tr("Cancelled. What was trained until then is under Runs.")
        self._said[self._runner.name] = (words, "muted")
        self._runner.cancel()

    def _on_progress(self, share: float, left_s: float) -> None:
        self._progress.setRange(0, _STEPS)
        self._progress.setValue(round(_STEPS * share))
        title = next(one.card.title for one in self._recipes if one.name == self._runner.name)
        if share >= 1.0:
            self._words.setText(self.tr("{0}: measuring…").format(title))
        elif left_s >= 0.0:
            left = self.tr("{0}: about {1} left")
            self._words.setText(left.format(title, spoken(left_s)))

    def _on_finished(self, result: RecipeResult) -> None:
        self._results[result.recipe.name] = result
        self.select(result.recipe.name)
        self._update()

    def _on_failed(self, name: str, error: object) -> None:
        self._said[name] = (str(error), "error")
        self._update()

    def _on_run_wanted(self, path: Path) -> None:
        self.close()
        self.run_wanted.emit(path)
