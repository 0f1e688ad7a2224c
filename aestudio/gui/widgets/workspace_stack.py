"""The pages of the main window, by name; those that need the engine come once it is loaded."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from aestudio.gui.widgets.labels import PlainLabel

_MARGIN = 32


class WorkspaceStack(QStackedWidget):
    """Shows one workspace at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[str, QWidget] = {}

    @property
    def current_name(self) -> str:
        shown = self.currentWidget()
        return next(name for name, page in self._pages.items() if page is shown)

    def add(self, name: str, page: QWidget) -> None:
        self._pages[name] = page
        self.addWidget(page)

    def add_waiting(self, name: str) -> None:
        """Keep a place for a workspace that :meth:`replace` brings later."""
        waiting = PlainLabel(self.tr("Loading the engine…"), "muted")
        waiting.setMargin(_MARGIN)
        self.add(name, waiting)

    def replace(self, name: str, page: QWidget) -> None:
        old = self._pages[name]
        was_shown = self.currentWidget() is old
        self.insertWidget(self.indexOf(old), page)
        self.removeWidget(old)
        old.deleteLater()
        self._pages[name] = page
        if was_shown:
            self.setCurrentWidget(page)

    def show_page(self, name: str) -> None:
        self.setCurrentWidget(self._pages[name])
