"""The built-in samples as cards: a look at the data, a sentence, and one click to see it learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.data.thumbnails import ThumbnailGrid
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    # Not at run time: the window opens before numpy is imported.
    import numpy as np
    import numpy.typing as npt

    from aestudio.data.samples.registry import Sample


class SampleCard(QFrame):
    """One sample."""

    learn_requested = Signal(str)
    look_requested = Signal(str)

    def __init__(self, sample: Sample, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        self.setProperty("role", "card")
        self.thumbnails = ThumbnailGrid(theme, tile=28, gap=4, shows_captions=False)
        self.thumbnails.setFixedHeight(2 * 28 + 4)
        self.thumbnails.setAccessibleName(self.tr("Pictures from {0}").format(sample.title))
        title = PlainLabel(sample.title)
        title.setFont(theme.font("heading"))
        description = PlainLabel(sample.description, "muted")
        description.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.learn = QPushButton(icon("play", theme, "accent"), self.tr("See it learn"))
        self.learn.setAccessibleName(self.tr("See it learn: {0}").format(sample.title))
        look = QPushButton(self.tr("Look"))
        look.setProperty("role", "quiet")
        look.setAccessibleName(self.tr("Look at the data: {0}").format(sample.title))
        look.setToolTip(self.tr("Open the data sheet without training"))
        self.learn.clicked.connect(self._on_learn)
        look.clicked.connect(self._on_look)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACING // 2)
        buttons.addWidget(self.learn)
        buttons.addWidget(look)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addWidget(self.thumbnails)
        column.addWidget(title)
        column.addWidget(description, 1)
        column.addLayout(buttons)

    def _on_learn(self) -> None:
        self.learn_requested.emit(self.sample.name)

    def _on_look(self) -> None:
        self.look_requested.emit(self.sample.name)


class SampleCards(QWidget):
    """All samples in a row."""

    learn_requested = Signal(str)
    look_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * SPACING)
        self._why_not = ""
        self.cards: dict[str, SampleCard] = {}

    def set_samples(self, samples: tuple[Sample, ...]) -> None:
        """Make one card per sample."""
        for sample in samples:
            card = SampleCard(sample, self._theme)
            card.learn_requested.connect(self.learn_requested)
            card.look_requested.connect(self.look_requested)
            self.cards[sample.name] = card
            self._row.addWidget(card, 1)
        self.set_learn_enabled(not self._why_not, self._why_not)

    def set_pictures(self, name: str, pictures_NHW3: npt.NDArray[np.uint8]) -> None:
        """Show (N, H, W, 3) pictures on the card called ``name``."""
        if name in self.cards:
            self.cards[name].thumbnails.set_pictures(pictures_NHW3)

    def set_profiles(self, name: str, profiles_ND: npt.NDArray[np.float32]) -> None:
        """Show rows of a table, (N, D), as small lines on the card called ``name``."""
        if name in self.cards:
            self.cards[name].thumbnails.set_profiles(profiles_ND)

    def set_texts(self, name: str, texts: tuple[str, ...]) -> None:
        """Show texts on the card called ``name``."""
        if name in self.cards:
            self.cards[name].thumbnails.set_texts(texts)

    def set_learn_enabled(self, is_enabled: bool, why_not: str) -> None:
        """Enable the buttons that train, or say on them why they are not."""
        self._why_not = "" if is_enabled else why_not
        for card in self.cards.values():
            card.learn.setEnabled(is_enabled)
            card.learn.setToolTip(
                self.tr("Train a map of two numbers and watch it form") if is_enabled else why_not
            )
