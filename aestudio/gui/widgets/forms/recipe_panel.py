"""The recipe as a form: presets, the few settings that matter most, and all others behind a search.

Nothing here knows an option by name except the type of autoencoder, which decides what other
options there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QAction, QEnterEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.errors import OptionError, StudioError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.explanation_box import ExplanationBox
from aestudio.gui.widgets.forms.hourglass_view import HourglassView
from aestudio.gui.widgets.forms.option_row import OptionRow, words_in_place
from aestudio.gui.widgets.forms.option_rows import OptionRows
from aestudio.gui.widgets.forms.reading_form import READING_FIELDS
from aestudio.gui.widgets.labels import PlainLabel
from aestudio.gui.widgets.scrolling import scrolled

if TYPE_CHECKING:
    from aestudio.experiment import Experiment
    from aestudio.options import OptionField
    from aestudio.workflows.planning.network_description import NetworkDescription
    from aestudio.workflows.planning.presets import Preset

_TYPE_KEY = "autoencoder.type"
#: Decided on the data sheet.
_ELSEWHERE = frozenset({"data.source", *READING_FIELDS})


class RecipePanel(QFrame):
    """Shows one experiment and gives out the changed one, as long as it is valid."""

    experiment_changed = Signal(object)
    #: Empty when the recipe can be trained, otherwise the reason why it cannot.
    validity_changed = Signal(str)
    #: The person has left a value that cannot be used; the argument is the error.
    refused = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "panel")
        self._experiment: Experiment | None = None
        self._baseline: Experiment | None = None
        self._presets: tuple[Preset, ...] = ()
        self._wrong: dict[str, OptionError] = {}
        self._preset_box = QComboBox()
        self._preset_box.setAccessibleName(self.tr("Preset"))
        self._preset_help = PlainLabel(role="muted")
        self.hourglass = HourglassView(theme)
        self._network = PlainLabel(role="muted")
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Search settings"))
        self._search.setAccessibleName(self.tr("Search settings"))
        self._search.setClearButtonEnabled(True)
        self._all = QPushButton(self.tr("All settings"))
        self._all.setCheckable(True)
        self._all.setIcon(icon("settings", theme))
        self._all.setAccessibleName(self.tr("Show all settings"))
        self._form = OptionRows(theme)
        self._scroll = scrolled(self._form)
        self._explanation = ExplanationBox(theme)
        self._is_pointed_at = False
        self._build()
        self.hide_network()
        self._preset_box.activated.connect(self._on_preset)
        self._all.toggled.connect(self._filter)
        self._all.toggled.connect(lambda: self._explanation.settle())
        self._search.textChanged.connect(self._filter)
        self._form.edited.connect(self._on_edited)
        self._form.finished.connect(self._on_finished)
        self._form.visited.connect(self._on_visited)
        self._filter()

    @property
    def experiment(self) -> Experiment | None:
        return self._experiment

    @property
    def problem(self) -> str:
        """Why the recipe cannot be trained; empty when it can."""
        return "" if self.error is None else words_in_place(self.error)

    @property
    def error(self) -> OptionError | None:
        """The first of the values that cannot be used."""
        return next(iter(self._wrong.values()), None)

    def set_presets(self, presets: tuple[Preset, ...]) -> None:
        """Offer ``presets`` and take the first."""
        self._presets = presets
        self._preset_box.clear()
        for preset in presets:
            self._preset_box.addItem(preset.title)
        if presets:
            self._on_preset(0)

    def set_experiment(self, experiment: Experiment, baseline: Experiment | None = None) -> None:
        """Show ``experiment``; Reset goes back to ``baseline``, or to this very recipe."""
        self._experiment = experiment
        self._baseline = baseline or experiment
        self._wrong = {}
        self._rebuild_rows()
        self.validity_changed.emit("")
        self.experiment_changed.emit(experiment)

    @property
    def baseline(self) -> Experiment | None:
        """The recipe that Reset goes back to."""
        return self._baseline

    def change(self, values: Mapping[str, Any]) -> None:
        """Set options as if the person had.

        Raises :class:`OptionError`, and leaves the recipe as it is, for what it does not take.
        """
        if self._experiment is None:
            return
        self._experiment = self._experiment.with_values(values)
        for key in values:
            self._wrong.pop(key, None)
        self._rebuild_rows()
        self.validity_changed.emit(self.problem)
        self.experiment_changed.emit(self._experiment)

    def put(self, values: Mapping[str, Any]) -> None:
        """Set options as :meth:`change` does, and show where they stand."""
        if self._experiment is None:
            return
        self.change(values)
        if any(self._form.rows[key].field.advanced for key in values):
            self.show_all_settings("")
        for key in values:
            self._form.rows[key].editor.control.setFocus()

    def show_network(self, description: NetworkDescription) -> None:
        """Draw the network that the recipe builds."""
        self.hourglass.show_network(description)
        self._network.setText(description.summary)
        self._update_hourglass()

    def hide_network(self) -> None:
        """Draw nothing, where no network is known."""
        self._network.clear()
        self._update_hourglass()

    def changed_keys(self) -> list[str]:
        """The options that differ from the baseline."""
        return [key for key, row in self._form.rows.items() if row.is_changed]

    def add_tool(self, key: str, tool: QAction) -> None:
        """Give the row of an option a button that does ``tool``, whenever that row is there."""
        self._form.add_tool(key, tool)

    def set_notes(self, notes: Mapping[str, tuple[str, bool]]) -> None:
        """Say at options what they mean for the data, and whether they can be had with it."""
        self._form.set_notes(notes)

    def row(self, key: str) -> OptionRow:
        return self._form.rows[key]

    def show_all_settings(self, wanted: str | None) -> None:
        """Show every setting that a search for ``wanted`` finds; None goes back to the basic ones."""
        self._all.setChecked(wanted is not None)
        self._search.setText(wanted or "")

    def show_error(self, error: StudioError, *, takes_focus: bool = True) -> bool:
        """Say at the option in question what is wrong; return whether that option is here."""
        row = self._form.rows.get(error.subject)
        if row is None:
            return False
        if row.field.advanced:
            self._all.setChecked(True)
        row.show_error(error)
        if takes_focus:
            row.editor.control.setFocus()
        return True

    def _build(self) -> None:
        heading = PlainLabel(self.tr("Recipe"))
        heading.setFont(self._theme.font("title"))
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(self._all)
        self._scroll.viewport().setAutoFillBackground(False)
        self._form.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self._preset_box)
        column.addWidget(self._preset_help)
        column.addWidget(self.hourglass)
        column.addWidget(self._network)
        column.addWidget(self._search)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._explanation)
        self.setMinimumWidth(36 * SPACING)

    def _update_hourglass(self) -> None:
        # Among all settings there is no room to spare.
        is_shown = bool(self._network.text()) and not self._all.isChecked()
        self.hourglass.setVisible(is_shown)
        self._network.setVisible(is_shown)

    def _on_preset(self, index: int) -> None:
        preset = self._presets[index]
        self._preset_box.setCurrentIndex(index)
        self._preset_help.setText(preset.description)
        self.set_experiment(preset.experiment)

    def _rebuild_rows(self) -> None:
        from aestudio.experiment import experiment_fields

        if self._experiment is None:
            return
        fields = {
            field.key: field
            for field in experiment_fields(self._experiment.autoencoder.type)
            if field.key not in _ELSEWHERE and not field.is_filled_in
        }
        if list(fields) != list(self._form.rows):
            self._form.set_fields(fields, {_TYPE_KEY: _type_titles()})
            self._explain_type()
        self._show_values()
        self._filter()

    def _explain_type(self) -> None:
        """Say what the chosen type of autoencoder is, until the person points at something."""
        from aestudio.autoencoders.registry import autoencoder_class

        if self._experiment is not None:
            chosen = autoencoder_class(self._experiment.autoencoder.type)
            hint = self.tr("Point at a setting to read what it does.")
            self._explanation.show_words(chosen.title, chosen.summary, hint)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._is_pointed_at = True

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._is_pointed_at = False
        self._explanation.settle()

    def _on_visited(self, field: OptionField) -> None:
        """Explain an option, and let the explanation cover neither it nor what the pointer is at."""
        row = self._form.rows[field.key]
        if self._is_pointed_at:
            # Grown, it leaves the rows above where they are; shrunk, it might let them slide.
            below_row = row.mapTo(self, QPoint(0, row.height())).y()
            room = self._explanation.geometry().bottom() - SPACING - below_row
            self._explanation.explain(field, room, may_shrink=False)
        else:
            self._explanation.explain(field, self.height() // 2)
            self._scroll.ensureWidgetVisible(row)

    def _show_values(self) -> None:
        if self._experiment is None or self._baseline is None:
            return
        same_type = self._baseline.autoencoder.type == self._experiment.autoencoder.type
        for key, row in self._form.rows.items():
            if key in self._wrong:
                continue
            # A setting that only this type has goes back to its own default.
            is_shared = same_type or not key.startswith("autoencoder.") or key == _TYPE_KEY
            baseline = self._baseline.value(key) if is_shared else row.field.default
            row.show_value(self._experiment.value(key), baseline)
            row.show_error(None)

    def _on_edited(self, key: str, value: object) -> None:
        if self._experiment is None:
            return
        try:
            changed = self._experiment.with_values({key: value})
        except OptionError as error:
            self._wrong[key] = error
            self._form.rows[key].show_error(error)
            self.validity_changed.emit(self.problem)
            return
        self._wrong.pop(key, None)
        self._form.rows[key].show_error(None)
        self._experiment = changed
        if key == _TYPE_KEY:
            self._wrong = {}
            self._rebuild_rows()
            self._form.rows[key].editor.control.setFocus()
        self._show_values()
        self.validity_changed.emit(self.problem)
        self.experiment_changed.emit(changed)

    def _on_finished(self, key: str) -> None:
        if key in self._wrong:
            self.refused.emit(self._wrong[key])

    def _filter(self) -> None:
        shows_all, wanted = self._all.isChecked(), self._search.text()
        self._search.setVisible(shows_all)
        if shows_all:
            self._form.show_found(wanted)
        else:
            self._form.show_basic()
        self._update_hourglass()


def _type_titles() -> dict[str, str]:
    from aestudio.autoencoders.registry import types

    return {name: cls.title for name, cls in types().items()}
