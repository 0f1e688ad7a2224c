"""The program's entry: hands the window to the command line and ends with its exit code."""

from __future__ import annotations

import faulthandler
import os
import sys
from pathlib import Path
from typing import Literal

from aestudio.cli.app import main as run_command_line
from aestudio.cli.doors import Window
from aestudio.errors import InputError


def main() -> int:
    """Run one command, or open the window."""
    faulthandler.enable()
    return run_command_line(
        sys.argv[1:],
        Window(check=_check_display, run=_run_app, screenshots=_take_screenshots),
    )


def _check_display() -> None:
    # The window's modules are imported only when a window is wanted, which keeps every other
    # command fast and free of Qt.
    from aestudio.gui.display_check import check_display

    check_display()


def _run_app(*, demo: bool = False, open_path: str | None = None) -> int:
    _import_torch_before_qt()
    try:
        from aestudio.gui.app import run_app
    except ImportError as error:
        raise _qt_is_incomplete(error) from error
    return run_app(demo=demo, open_path=open_path)


def _take_screenshots(
    folder: Path,
    *,
    size: tuple[int, int],
    scale: float,
    theme: Literal["light", "dark"],
    source: str = "digits",
    types: bool = False,
    epochs: int | None = None,
) -> list[Path]:
    _import_torch_before_qt()
    # Has to stand before Qt starts: the pictures need no display.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from aestudio.gui.screenshots import take_screenshots
    except ImportError as error:
        raise _qt_is_incomplete(error) from error
    return take_screenshots(
        folder, size=size, scale=scale, theme=theme, source=source, types=types, epochs=epochs
    )


def _import_torch_before_qt() -> None:
    # On Windows torch's libraries fail to load once Qt's are in the process.
    if sys.platform == "win32":
        import torch  # noqa: F401


def _qt_is_incomplete(error: ImportError) -> InputError:
    return InputError(
        f"the window's libraries cannot be loaded: {error}.",
        subject="AE Studio",
        next_step="On Debian or Ubuntu: sudo apt install libegl1 libgl1 libxkbcommon-x11-0 "
        "libdbus-1-3. The command line works without them: aestudio --help.",
    )


if __name__ == "__main__":
    sys.exit(main())
