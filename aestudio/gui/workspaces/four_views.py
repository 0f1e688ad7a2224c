"""Where the recipe and the four live views stand, and how that is kept."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

#: Enough for the longest word of a setting, in bold, beside its control.
RECIPE_WIDTH = 304
_HANDLE = 8
#: Shares of the height that the upper and the lower view of a column begin with.
_UPPER, _LOWER = 520, 480


class FourViews(QSplitter):
    """The recipe at the left, then two columns of two views; all dividers can be dragged."""

    def __init__(self, centre: tuple[QWidget, QWidget], right: tuple[QWidget, QWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        recipe = QWidget()
        self._recipe_place = QVBoxLayout(recipe)
        self._recipe_place.setContentsMargins(0, 0, 0, 0)
        columns = (QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Vertical))
        _fill(columns[0], centre)
        _fill(columns[1], right)
        _fill(self, (recipe, *columns))
        self.setCollapsible(0, True)
        self.setStretchFactor(0, 0)
        self._splitters: tuple[QSplitter, ...] = (self, *columns)
        self._was_placed = False

    def set_recipe(self, widget: QWidget) -> None:
        self._recipe_place.addWidget(widget)
        self.reset()

    def reset(self) -> None:
        """Give every view its first size back."""
        views = max(2, self.width() - RECIPE_WIDTH - 2 * _HANDLE)
        self.setSizes([RECIPE_WIDTH, views // 2, views // 2])
        for column in self._splitters[1:]:
            column.setSizes([_UPPER, _LOWER])

    def save(self) -> QByteArray:
        """The places of all dividers, one splitter after the other."""
        state = QByteArray()
        for splitter in self._splitters:
            part = splitter.saveState()
            state.append(QByteArray(part.size().to_bytes(4, "big")))
            state.append(part)
        return state

    def restore(self, state: QByteArray) -> bool:
        """Return whether ``state`` could be used."""
        rest = bytes(state.data())
        used = []
        for splitter in self._splitters:
            length = int.from_bytes(rest[:4], "big")
            used.append(splitter.restoreState(QByteArray(rest[4 : 4 + length])))
            rest = rest[4 + length :]
        self._was_placed = all(used)
        return self._was_placed

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_placed:
            self._was_placed = True
            self.reset()


def _fill(splitter: QSplitter, widgets: tuple[QWidget, ...]) -> None:
    splitter.setHandleWidth(_HANDLE)
    splitter.setChildrenCollapsible(False)
    for place, widget in enumerate(widgets):
        splitter.addWidget(widget)
        splitter.setStretchFactor(place, 1)
