"""The rows of a form: the options that matter most first, then all others under headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.option_row import OptionRow
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.options import OptionField

_SECTION_TITLES = {
    "autoencoder": "Autoencoder",
    "network": "Network",
    "training": "Training",
    "preprocess": "Preparing the values",
    "data": "Validation",
}


class OptionRows(QWidget):
    """One row for each option, those behind a search and those that are always there.

    Tools and notes belong to an option: they come back with its row.
    """

    #: (key, value)
    edited = Signal(str, object)
    #: (key)
    finished = Signal(str)
    #: (OptionField)
    visited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: dict[str, OptionRow] = {}
        self._sections: dict[str, PlainLabel] = {}
        self._tools: dict[str, QAction] = {}
        self._notes: dict[str, tuple[str, bool]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, SPACING // 2, 0)
        self._column.setSpacing(0)

    def set_fields(
        self, fields: Mapping[str, OptionField], titles: Mapping[str, dict[str, str]]
    ) -> None:
        """Have a row for each of ``fields``; ``titles`` are those of what some let choose between."""
        self._clear()
        # The basic ones of every section come first and need no headings between them.
        for field in fields.values():
            if not field.advanced:
                self._add_row(field, titles.get(field.key))
        for field in fields.values():
            if field.advanced:
                if field.section not in self._sections:
                    self._add_section(field.section)
                self._add_row(field, titles.get(field.key))
        self._column.addStretch(1)
        self._show_notes()

    def show_basic(self) -> None:
        """Show the options that matter most."""
        self._show({key for key, row in self.rows.items() if not row.field.advanced})

    def show_found(self, wanted: str) -> None:
        """Show all options that a search for ``wanted`` finds."""
        self._show({key for key, row in self.rows.items() if row.matches(wanted)})

    def add_tool(self, key: str, tool: QAction) -> None:
        """Give the row of an option a button that does ``tool``, whenever that row is there."""
        self._tools[key] = tool
        if key in self.rows:
            self.rows[key].add_tool(tool)

    def set_notes(self, notes: Mapping[str, tuple[str, bool]]) -> None:
        """Say at options what they mean for the data, and whether they can be had with it."""
        for key in self._notes:
            if key in self.rows:
                self.rows[key].show_note("")
        self._notes = dict(notes)
        self._show_notes()

    def _show(self, keys: set[str]) -> None:
        used: set[str] = set()
        for key, row in self.rows.items():
            row.setVisible(key in keys)
            if key in keys and row.field.advanced:
                used.add(row.field.section)
        for section, label in self._sections.items():
            label.setVisible(section in used)

    def _show_notes(self) -> None:
        for key, (words, is_available) in self._notes.items():
            if key in self.rows:
                self.rows[key].show_note(words, is_available=is_available)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = {}
        self._sections = {}

    def _add_section(self, section: str) -> None:
        label = PlainLabel(self.tr(_SECTION_TITLES.get(section, section)), "muted")
        label.setContentsMargins(0, 2 * SPACING, 0, SPACING // 2)
        self._sections[section] = label
        self._column.addWidget(label)

    def _add_row(self, field: OptionField, titles: dict[str, str] | None) -> None:
        row = OptionRow(field, self._theme, self, titles=titles)
        row.edited.connect(self.edited)
        row.finished.connect(self.finished)
        row.visited.connect(self.visited)
        if field.key in self._tools:
            row.add_tool(self._tools[field.key])
        self.rows[field.key] = row
        self._column.addWidget(row)
