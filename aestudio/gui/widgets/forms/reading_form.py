"""Corrects the guess: what the data was taken for, its label, and how images become one size."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from aestudio.data.dataset import Remedy
from aestudio.data.options import DataOptions
from aestudio.data.tables.column_choice import typed_names, written_names
from aestudio.errors import OptionError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.forms.option_row import OptionRow
from aestudio.gui.widgets.forms.table_fields import TABLE_FIELDS
from aestudio.options import OptionField, option_fields, parse_options

_IMAGE_FIELDS = (
    "data.image_size",
    "data.image_fit",
    "data.pages",
    "data.patch_size",
    "data.patch_stride",
    "data.color",
    "data.background",
)
_TEXT_FIELDS = (
    "data.text_unit",
    "data.vocabulary_size",
    "data.text_length",
    "data.lowercase",
)
_SERIES_FIELDS = (
    "data.window",
    "data.window_stride",
    "data.gaps",
    "data.time_step",
    "data.series_scale",
    "data.time_column",
)
#: The options that are decided where their effect on the data can be seen.
_LABEL_FIELD = "data.label_field"
_LEAVE_OUT = "data.leave_out"
_COLUMNS = "data.columns"
READING_FIELDS = (
    "data.kind",
    _LABEL_FIELD,
    "data.exclude",
    "data.duplicates",
    *_TEXT_FIELDS,
    *_SERIES_FIELDS,
    *_IMAGE_FIELDS,
    *TABLE_FIELDS,
)


class ReadingForm(QWidget):
    """The options of reading, generated from their fields; nothing is read until asked for."""

    read_requested = Signal(object)
    #: A setting cannot be used; the argument is the error.
    refused = Signal(object)
    #: Whether settings were changed that the data has not been read with.
    waits_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = DataOptions()
        self._changes: dict[str, Any] = {}
        self._rows: dict[str, OptionRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._theme = theme
        self._label_fields: tuple[str, ...] = ()
        self._labels = QVBoxLayout()
        for field in option_fields(DataOptions, "data"):
            if field.key == _LABEL_FIELD:
                self._label_field = field
                column.addLayout(self._labels)
            elif field.key in READING_FIELDS:
                column.addWidget(self._add_row(field))
        self._read = QPushButton(icon("refresh", theme), self.tr("Read again"))
        self._read.setAccessibleName(self.tr("Read the data again with these settings"))
        self._read.clicked.connect(self.read)
        column.addSpacing(SPACING)
        column.addWidget(self._read)
        self._update_button()

    @property
    def options(self) -> DataOptions:
        """How the data was read."""
        return self._options

    def row(self, key: str) -> OptionRow:
        return self._rows[key]

    def set_options(
        self,
        options: DataOptions,
        *,
        is_images: bool,
        is_text: bool = False,
        is_series: bool = False,
        table_keys: Collection[str] = (),
        label_fields: tuple[str, ...] = (),
    ) -> None:
        """Show how the data was read; options of images, texts, series and labels where there are such."""
        told_apart = (
            (is_images, _IMAGE_FIELDS),
            (is_text, _TEXT_FIELDS),
            (is_series, _SERIES_FIELDS),
        )
        hidden = {key for is_shown, keys in told_apart if not is_shown for key in keys}
        hidden |= set(TABLE_FIELDS).difference(table_keys)
        self._options = options
        self._offer_labels(label_fields)
        self._changes = {}
        for key, row in self._rows.items():
            value = getattr(options, key.removeprefix("data."))
            row.show_value(value, value)
            row.show_error(None)
            row.setVisible(key not in hidden)
        self._update_button()

    def leave_out(self, names: Sequence[str]) -> None:
        """Write into the form that these columns are left out, beside those left out so far."""
        key, before = _LEAVE_OUT, self._options.leave_out
        text = ", ".join(part for part in (before, written_names(names)) if part)
        if kept := _without(self._options.columns, names):
            key, before, text = _COLUMNS, self._options.columns, kept
        self._rows[key].show_value(text, before)
        self._on_edited(key, text)

    def apply(self, remedy: Remedy) -> None:
        """Set what a finding proposes, beside all that is set by now, and read again."""
        name = remedy.option.removeprefix("data.")
        value = remedy.value
        if remedy.adds:
            before = str(self._set_by_now(name))
            value = ", ".join(part for part in (before, value) if part)
        if remedy.option == _LEAVE_OUT:
            chosen = str(self._set_by_now("columns"))
            if kept := _without(chosen, typed_names(str(remedy.value))):
                name, value = "columns", kept
        self._changes[name] = value
        self.read()

    def read(self) -> None:
        """Ask for the data to be read again with all that is set by now."""
        try:
            options = parse_options(
                DataOptions, {**self._options.model_dump(), **self._changes}, "data"
            )
        except OptionError as error:
            if error.subject in self._rows:
                self._rows[error.subject].show_error(error)
            self.refused.emit(error)
            return
        self.read_requested.emit(options)

    def _set_by_now(self, name: str) -> object:
        return self._changes.get(name, getattr(self._options, name))

    def _add_row(self, field: OptionField, titles: dict[str, str] | None = None) -> OptionRow:
        row = self._rows[field.key] = OptionRow(field, self._theme, self, titles=titles)
        row.edited.connect(self._on_edited)
        return row

    def _offer_labels(self, names: tuple[str, ...]) -> None:
        if names == self._label_fields:
            return
        self._label_fields = names
        former = self._rows.pop(_LABEL_FIELD, None)
        if former is not None:
            former.hide()
            former.deleteLater()
        if names:
            titles = {"": self.tr("the usual one"), **{name: name for name in names}}
            self._labels.addWidget(self._add_row(self._label_field, titles))

    def _on_edited(self, key: str, value: object) -> None:
        self._changes[key.removeprefix("data.")] = value
        self._rows[key].show_error(None)
        self._update_button()

    def _update_button(self) -> None:
        is_changed = any(row.is_changed for row in self._rows.values())
        self._read.setEnabled(is_changed)
        self._read.setToolTip("" if is_changed else self.tr("Change a setting above first"))
        self.waits_changed.emit(is_changed)


def _without(columns: str, names: Sequence[str]) -> str:
    """Return what stays of columns that were chosen by name; nothing where none were.

    What is chosen by name has to be there, so it cannot be left out beside that.
    """
    return written_names([name for name in typed_names(columns) if name not in set(names)])
