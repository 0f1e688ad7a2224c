"""Which version this is, and on what terms."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from aestudio import __version__
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.icons import app_icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog
from aestudio.gui.widgets.labels import PlainLabel

_ICON_SIZE = QSize(64, 64)


class AboutDialog(ClosableDialog):
    """Version, licence, and what the program promises about data."""

    def __init__(self, theme: Theme, reports: CrashReports, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About AE Studio"))
        self.setMinimumWidth(56 * SPACING)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(_ICON_SIZE, self.devicePixelRatioF()))
        heading = PlainLabel(self.tr("AE Studio {0}").format(__version__))
        heading.setFont(theme.font("title"))
        words = QVBoxLayout()
        words.setSpacing(SPACING)
        words.addWidget(heading)
        words.addWidget(
            PlainLabel(self.tr("Train and explore autoencoders on your own data, live."))
        )
        words.addWidget(
            PlainLabel(
                self.tr(
                    "Your data and your runs stay on this computer: the program opens no network "
                    "connection. Free software under the MIT licence."
                ),
                "muted",
            )
        )
        words.addWidget(PlainLabel(reports.environment().strip(), "muted"))
        row = QHBoxLayout()
        row.setSpacing(3 * SPACING)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.lay_out(row)
