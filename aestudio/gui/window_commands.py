"""Every command of the main window, in the order of the menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from aestudio.gui.commands import Command, CommandRegistry
from aestudio.gui.places.registry import numbered_places, translated
from aestudio.gui.theme import Mode

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow


def register_commands(registry: CommandRegistry, window: MainWindow) -> None:
    """Fill the registry."""
    _add_file(registry, window)
    _add_run(registry, window)
    _add_view(registry, window)
    _add_help(registry, window)


def _add_file(registry: CommandRegistry, window: MainWindow) -> None:
    menu = _tr("&File")
    registry.add(
        Command(
            name="open_folder",
            title=_tr("Open &folder…"),
            help=_tr("Open a folder of images, or a run"),
            menu=menu,
            shortcut="Ctrl+O",
            icon="folder",
        ),
        window.choose_folder,
    )
    registry.add(
        Command(
            name="open_file",
            title=_tr("&Open file…"),
            help=_tr("Open an array, an IDX file or a recipe"),
            menu=menu,
            shortcut="Ctrl+Shift+O",
            icon="file",
        ),
        window.choose_file,
    )
    registry.add(
        Command(
            name="save_recipe",
            title=_tr("&Save recipe…"),
            help=_tr("Write the recipe to a file that the command line and others can use"),
            menu=menu,
            shortcut="Ctrl+S",
            icon="file",
            separated=True,
        ),
        window.save_recipe,
    )
    registry.add(
        Command(
            name="export",
            title=_tr("&Export run…"),
            help=_tr("Export the model, its codes or its figures from the run on screen"),
            menu=menu,
            shortcut="Ctrl+E",
            icon="export",
        ),
        window.export_current,
    )
    registry.add(
        Command(
            name="published",
            title=_tr("&Published results…"),
            help=_tr("Obtain numbers from papers again, and see both side by side"),
            menu=menu,
            icon="good",
            separated=True,
        ),
        window.dialogs.show_published,
    )
    registry.add(
        Command(
            name="quit",
            title=_tr("&Quit"),
            help=_tr("Close the window; a training stops and can be gone on with later"),
            menu=menu,
            shortcut="Ctrl+Q",
            separated=True,
        ),
        window.close,
    )


def _add_run(registry: CommandRegistry, window: MainWindow) -> None:
    menu = _tr("&Run")
    registry.add(
        Command(
            name="train",
            title=_tr("&Train"),
            help=_tr("Train the recipe on the data"),
            menu=menu,
            shortcut="Ctrl+Return",
            icon="play",
        ),
        window.train_now,
    )
    registry.add(
        Command(
            name="pause",
            title=_tr("&Pause or go on"),
            help=_tr("Hold the training after the current batch, or let it go on"),
            menu=menu,
            shortcut="Ctrl+P",
            icon="pause",
        ),
        window.pause_or_resume,
    )
    registry.add(
        Command(
            name="stop",
            title=_tr("&Stop"),
            help=_tr("End the training after the current batch and keep the best epoch"),
            menu=menu,
            shortcut="Ctrl+.",
            icon="stop",
        ),
        window.stop_training,
    )
    registry.add(
        Command(
            name="demo",
            title=_tr("See the &digits learn"),
            help=_tr("Train a map of two numbers on handwritten digits"),
            menu=menu,
            icon="train",
            separated=True,
        ),
        window.start_demo,
    )


def _add_view(registry: CommandRegistry, window: MainWindow) -> None:
    menu = _tr("&View")
    for place, shortcut in numbered_places():
        registry.add(
            Command(
                name=f"show_{place.name}",
                title=translated(place.menu_title),
                help=translated(place.help),
                menu=menu,
                shortcut=shortcut,
                icon=place.icon,
            ),
            partial(window.show_workspace, place.name),
        )
    registry.add(
        Command(
            name="palette",
            title=_tr("&Command palette…"),
            help=_tr("Find any command by typing a part of its name"),
            menu=menu,
            shortcut="Ctrl+Shift+P",
            icon="command",
            separated=True,
        ),
        window.dialogs.show_palette,
    )
    modes: tuple[tuple[Mode, str, str], ...] = (
        ("system", _tr("Theme: follow the s&ystem"), _tr("Light or dark as the desktop is")),
        ("light", _tr("Theme: &light"), _tr("Always light")),
        ("dark", _tr("Theme: dar&k"), _tr("Always dark")),
    )
    for mode, title, help_text in modes:
        registry.add(
            Command(
                name=f"theme_{mode}",
                title=title,
                help=help_text,
                menu=menu,
                is_checkable=True,
                separated=mode == "system",
            ),
            partial(window.set_theme_mode, mode),
        )
    registry.add(
        Command(
            name="reset_layout",
            title=_tr("&Reset layout"),
            help=_tr("Bring every panel back to where it was at first"),
            menu=menu,
            separated=True,
        ),
        window.reset_layout,
    )


def _add_help(registry: CommandRegistry, window: MainWindow) -> None:
    menu = _tr("&Help")
    registry.add(
        Command(
            name="shortcuts",
            title=_tr("&Keyboard shortcuts"),
            help=_tr("Every command with its keys"),
            menu=menu,
            shortcut="F1",
            icon="keyboard",
        ),
        window.dialogs.show_shortcuts,
    )
    registry.add(
        Command(
            name="messages",
            title=_tr("&Messages"),
            help=_tr("What the line at the bottom has said so far"),
            menu=menu,
            icon="info",
        ),
        window.dialogs.show_messages,
    )
    registry.add(
        Command(
            name="copy_report",
            title=_tr("&Copy report"),
            help=_tr("Copy versions and the last unexpected error, to send to the developers"),
            menu=menu,
            icon="copy",
            separated=True,
        ),
        window.dialogs.copy_report,
    )
    registry.add(
        Command(
            name="about",
            title=_tr("&About AE Studio"),
            help=_tr("Version and licence"),
            menu=menu,
            icon="help",
        ),
        window.dialogs.show_about,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)
