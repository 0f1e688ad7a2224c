"""The place that says "drop your data here", and opens a file dialog for those who rather click."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.icons import icon
from aestudio.gui.restyling import set_styled
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

_ICON_SIZE = QSize(40, 40)


class DropZone(QFrame):
    """Invites a drop; the window itself takes drops anywhere and only lights this up."""

    path_chosen = Signal(Path)
    #: Several files at once, as a list of paths.
    files_chosen = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("role", "drop")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        heading = PlainLabel(self.tr("Drop your data anywhere on this window"))
        heading.setFont(theme.font("title"))
        formats = PlainLabel(
            self.tr(
                "Pictures (a folder for each label, if there are labels), tables, time series, "
                "sound, texts, or arrays: a file, several, or a folder. "
                "A finished run or a recipe can be dropped as well."
            ),
            "muted",
        )
        for label in (heading, formats):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 4 * SPACING, 3 * SPACING)
        column.setSpacing(SPACING)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(heading)
        column.addWidget(formats)
        column.addSpacing(SPACING)
        column.addLayout(self._buttons())
        column.addStretch(1)
        theme.changed.connect(self._draw_icon)
        self._draw_icon()

    def set_active(self, is_active: bool) -> None:
        """Light up while something that can be dropped hovers over the window."""
        set_styled(self, "active", is_active)

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Open a folder"))
        if folder:
            self.path_chosen.emit(Path(folder))

    def choose_file(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Open a file, or several"))
        if len(files) == 1:
            self.path_chosen.emit(Path(files[0]))
        elif files:
            self.files_chosen.emit([Path(file) for file in files])

    def _buttons(self) -> QHBoxLayout:
        folder = QPushButton(icon("folder", self._theme), self.tr("Open a folder…"))
        folder.setAccessibleName(self.tr("Open a folder of data"))
        folder.clicked.connect(self.choose_folder)
        file = QPushButton(icon("file", self._theme), self.tr("Open a file…"))
        file.setAccessibleName(self.tr("Open a data file"))
        file.clicked.connect(self.choose_file)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addStretch(1)
        row.addWidget(folder)
        row.addWidget(file)
        row.addStretch(1)
        return row

    def _draw_icon(self) -> None:
        drawn = icon("drop", self._theme, "accent")
        self._picture.setPixmap(drawn.pixmap(_ICON_SIZE, self.devicePixelRatioF()))
