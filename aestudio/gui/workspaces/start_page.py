"""What the window shows before there is data: what to do, and samples to see it done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.drop_zone import DropZone
from aestudio.gui.widgets.data.recent_list import RecentList
from aestudio.gui.widgets.data.sample_cards import SampleCards
from aestudio.gui.widgets.labels import PlainLabel


class StartPage(QWidget):
    """Drop zone, recent data and runs, and the samples."""

    path_chosen = Signal(Path)
    recent_data_chosen = Signal(str)
    recent_run_chosen = Signal(str)
    published_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drop_zone = DropZone(theme)
        self.samples = SampleCards(theme)
        self.recent_data = RecentList(
            theme,
            heading=self.tr("Recent data"),
            empty_text=self.tr("What you open appears here."),
            icon_name="folder",
        )
        self.recent_runs = RecentList(
            theme,
            heading=self.tr("Recent runs"),
            empty_text=self.tr("What you train is kept, and appears here."),
            icon_name="runs",
        )
        self.drop_zone.path_chosen.connect(self.path_chosen)
        self.recent_data.chosen.connect(self.recent_data_chosen)
        self.recent_runs.chosen.connect(self.recent_run_chosen)
        heading = PlainLabel(self.tr("What should the autoencoder learn?"))
        heading.setFont(theme.font("title"))
        promise = PlainLabel(
            self.tr(
                "It learns to squeeze each sample into a few numbers and to draw it again from "
                "them. Everything stays on this computer."
            ),
            "muted",
        )
        try_it = PlainLabel(self.tr("No data at hand? Start with one of these"))
        try_it.setFont(theme.font("title"))
        published = QPushButton(self.tr("Published results…"))
        published.setProperty("role", "quiet")
        published.setToolTip(self.tr("Obtain numbers from papers again on this computer"))
        published.clicked.connect(self.published_wanted)
        lower = QHBoxLayout()
        lower.addWidget(try_it, 1)
        lower.addWidget(published)
        recents = QVBoxLayout()
        recents.setSpacing(2 * SPACING)
        recents.addWidget(self.recent_data, 1)
        recents.addWidget(self.recent_runs, 1)
        upper = QHBoxLayout()
        upper.setSpacing(4 * SPACING)
        upper.addWidget(self.drop_zone, 3)
        upper.addLayout(recents, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 4 * SPACING, 3 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(heading)
        column.addWidget(promise)
        column.addSpacing(SPACING)
        column.addLayout(upper, 1)
        column.addSpacing(2 * SPACING)
        column.addLayout(lower)
        column.addWidget(self.samples)
