"""Every command of the window, said once: menus, palette, shortcuts and the shortcut page read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from aestudio.gui.icons import icon
from aestudio.gui.theme import Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that the window can do."""

    name: str
    title: str
    help: str
    menu: str
    shortcut: str = ""
    icon: str = ""
    #: Starts a new group in its menu.
    separated: bool = False
    is_checkable: bool = False


class CommandRegistry:
    """The commands in the order of their menus, each with the action that runs it."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        self._window = window
        self._theme = theme
        self._commands: dict[str, tuple[Command, QAction]] = {}

    def add(self, command: Command, run: Callable[[], object]) -> QAction:
        """Register a command; names and shortcuts must be new."""
        taken = {known.shortcut for known, _ in self._commands.values() if known.shortcut}
        if command.name in self._commands or command.shortcut in taken:
            raise ValueError(f"command or shortcut registered twice: {command}")
        action = QAction(command.title, self._window)
        action.setObjectName(command.name)
        action.setCheckable(command.is_checkable)
        action.setStatusTip(command.help)
        action.setToolTip(command.help)
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        if command.icon:
            action.setIcon(icon(command.icon, self._theme))
        action.triggered.connect(lambda _checked=False: run())
        # On the window itself, so that shortcuts work while the menu bar is hidden.
        self._window.addAction(action)
        self._commands[command.name] = (command, action)
        return action

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        return iter(self._commands.values())

    def action(self, name: str) -> QAction:
        return self._commands[name][1]

    def set_enabled(self, name: str, is_enabled: bool, why_not: str = "") -> None:
        """Enable a command, or disable it and say why where its help stands."""
        command, action = self._commands[name]
        action.setEnabled(is_enabled)
        action.setToolTip(command.help if is_enabled or not why_not else why_not)

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Build the menus, in the order in which their commands were registered."""
        menus: dict[str, QMenu] = {}
        for command, action in self:
            if command.menu not in menus:
                menus[command.menu] = bar.addMenu(command.menu)
                menus[command.menu].setToolTipsVisible(True)
            elif command.separated:
                menus[command.menu].addSeparator()
            menus[command.menu].addAction(action)
        return menus
