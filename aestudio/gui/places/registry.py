"""The workspaces of the window: a new one is a new file in this folder with one decorated function.

The decorated function builds the workspace and connects it with the rest of the window. It is called
once the engine is loaded (at once for what needs no engine) and imports the workspace itself, so
that the window opens without any of it. Rail, stack, shortcuts and commands are made from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from aestudio.discovery import import_neighbours

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow


def _nothing() -> None:
    """What happens where nothing has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A workspace that is there, and what it does when it comes into view and before the end."""

    page: QWidget
    on_shown: Callable[[], object] = _nothing
    on_closing: Callable[[], object] = _nothing


Builder = Callable[["MainWindow"], Built]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One workspace: what the rail, the menu and the help call it, and how it is built."""

    name: str
    title: str
    icon: str
    #: A few words for the tool tip in the rail.
    hint: str
    #: A sentence for the command that shows it.
    help: str
    #: The menu's title with its access key.
    menu_title: str
    order: int
    needs_engine: bool
    build: Builder


_PLACES: dict[str, Place] = {}


def place(
    name: str,
    *,
    title: str,
    hint: str,
    help: str,
    menu_title: str,
    order: int,
    icon: str = "",
    needs_engine: bool = True,
) -> Callable[[Builder], Builder]:
    """Register a workspace; those with a lower ``order`` stand further up and are built first."""

    def register(build: Builder) -> Builder:
        if name in _PLACES:
            raise ValueError(f"two workspaces are registered as {name!r}")
        _PLACES[name] = Place(
            name=name,
            title=title,
            icon=icon or name,
            hint=hint,
            help=help,
            menu_title=menu_title,
            order=order,
            needs_engine=needs_engine,
            build=build,
        )
        return build

    return register


def places() -> tuple[Place, ...]:
    """Return every registered workspace in the order of the rail."""
    import_neighbours(__name__, __file__)
    return tuple(sorted(_PLACES.values(), key=lambda found: found.order))


def numbered_places() -> tuple[tuple[Place, str], ...]:
    """Return every workspace with its shortcut: Ctrl and the number of its place in the rail."""
    return tuple((found, f"Ctrl+{number}") for number, found in enumerate(places(), start=1))


def translated(text: str) -> str:
    return QCoreApplication.translate("Places", text)
