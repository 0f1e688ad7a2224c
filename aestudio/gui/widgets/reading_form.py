"""Corrects the guess: what the data was taken for, its label, and how images become one size."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from aestudio.data.options import DataOptions
from aestudio.errors import OptionError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.option_row import OptionRow
from aestudio.options import OptionField, option_fields, parse_options

_IMAGE_FIELDS = (
    "data.image_size",
    "data.image_fit",
    "data.patch_size",
    "data.patch_stride",
    "data.color",
    "data.background",
)
#: The options that are decided where their effect on the data can be seen.
_LABEL_FIELD = "data.label_field"
READING_FIELDS = ("data.kind", _LABEL_FIELD, *_IMAGE_FIELDS)


class ReadingForm(QWidget):
    """The options of reading, generated from their fields; nothing is read until asked for."""

    read_requested = Signal(object)
    #: A setting cannot be used; the argument is the error.
    refused = Signal(object)

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
        self._read.clicked.connect(self._on_read)
        column.addSpacing(SPACING)
        column.addWidget(self._read)
        self._update_button()

    def row(self, key: str) -> OptionRow:
        return self._rows[key]

    def set_options(
        self, options: DataOptions, *, is_images: bool, label_fields: tuple[str, ...] = ()
    ) -> None:
        """Show how the data was read; options of images and labels where there is something to choose."""
        self._options = options
        self._offer_labels(label_fields)
        self._changes = {}
        for key, row in self._rows.items():
            value = getattr(options, key.removeprefix("data."))
            row.show_value(value, value)
            row.show_error("")
            row.setVisible(is_images or key not in _IMAGE_FIELDS)
        self._update_button()

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
        self._rows[key].show_error("")
        self._update_button()

    def _on_read(self) -> None:
        try:
            options = parse_options(
                DataOptions, {**self._options.model_dump(), **self._changes}, "data"
            )
        except OptionError as error:
            if error.subject in self._rows:
                self._rows[error.subject].show_error(error.reason)
            self.refused.emit(error)
            return
        self.read_requested.emit(options)

    def _update_button(self) -> None:
        is_changed = any(row.is_changed for row in self._rows.values())
        self._read.setEnabled(is_changed)
        self._read.setToolTip("" if is_changed else self.tr("Change a setting above first"))
