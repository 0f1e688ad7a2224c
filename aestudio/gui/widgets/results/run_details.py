"""The selected run at a glance: what it was, how well it did, and what it draws."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.thumbnails import ThumbnailGrid
from aestudio.gui.widgets.facts import Facts
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel
from aestudio.gui.workspaces.run_sheet import RunSheet

_WIDTH = 40 * SPACING
_TILE = 30
_GAP = 4


class RunDetails(QFrame):
    """Shows one :class:`RunSheet`, or nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(_WIDTH)
        #: What is said about the run, by heading.
        self.facts: dict[str, str] = {}
        self._name = ElidedLabel()
        self._name.setFont(theme.font("heading"))
        self._caption = PlainLabel(self.tr("Originals, and what it made of them"), "muted")
        self._pairs = ThumbnailGrid(theme, tile=_TILE, gap=_GAP, shows_captions=False)
        self._pairs.setFixedHeight(2 * _TILE + 4 * _GAP)
        self._pairs.setAccessibleName(self.tr("Originals above, reconstructions below"))
        self._problem = PlainLabel(role="error")
        self._table = Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self._name)
        column.addWidget(self._caption)
        column.addWidget(self._pairs)
        column.addWidget(self._problem)
        column.addWidget(self._table)
        column.addStretch(1)
        self.clear()

    @property
    def name(self) -> str:
        return self._name.text()

    @property
    def problem(self) -> str:
        return "" if self._problem.isHidden() else self._problem.text()

    def clear(self) -> None:
        """Show nothing."""
        self._name.setText("")
        self._set_facts(())
        for widget in (self._caption, self._pairs, self._problem):
            widget.hide()

    def show_several(self, count: int) -> None:
        """Say how many runs are selected: there is room for one."""
        self.clear()
        self._name.setText(self.tr("{count} runs are selected").format(count=count))

    def show_problem(self, name: str, problem: str) -> None:
        """Say why there is nothing to show about a run."""
        self.clear()
        self._name.setText(name)
        self._problem.setText(problem)
        self._problem.show()

    def show_sheet(self, sheet: RunSheet) -> None:
        """Replace what is shown."""
        self._name.setText(sheet.name)
        if sheet.pictures is not None:
            self._pairs.set_pictures(sheet.pictures, columns=len(sheet.pictures) // 2)
        elif sheet.profiles is not None:
            self._pairs.set_profiles(sheet.profiles, columns=len(sheet.profiles) // 2)
        elif sheet.texts:
            self._pairs.set_texts(sheet.texts, columns=2)
        is_drawn = sheet.pictures is not None or sheet.profiles is not None or bool(sheet.texts)
        self._pairs.setVisible(is_drawn)
        self._caption.setVisible(is_drawn)
        self._problem.setText(sheet.problem)
        self._problem.setVisible(bool(sheet.problem))
        self._set_facts(sheet.facts)

    def _set_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        self.facts = dict(facts)
        self._table.set_facts(facts)
