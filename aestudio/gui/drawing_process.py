"""Drawing without a display, in a process of its own: the scale is fixed when Qt starts."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QSettings
from PySide6.QtGui import QFontDatabase, QPixmap

from aestudio.errors import FailureError
from aestudio.gui.app import make_application
from aestudio.gui.theme import Mode, Theme
from aestudio.runs.atomic import make_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is to be drawn, and where."""

    folder: Path
    size: tuple[int, int]
    theme: Mode
    source: str
    epochs: int


def draw_elsewhere(module: str, drawing: Drawing, *, scale: float, limit_s: int) -> list[Path]:
    """Run ``module`` in a process of its own and return the pictures that it names.

    Raises
    ------
    FailureError
        The pictures could not be drawn; the reason is what the drawing process said last.
    """
    make_folder(drawing.folder, parents=True, exist_ok=True)
    environment = dict(os.environ)
    environment["QT_SCALE_FACTOR"] = f"{scale:g}"
    environment["QT_QPA_PLATFORM"] = "offscreen"
    width, height = drawing.size
    command = [sys.executable, "-m", module, str(drawing.folder)]
    command += ["--size", f"{width}x{height}", "--theme", drawing.theme]
    command += ["--source", drawing.source, "--epochs", str(drawing.epochs)]
    with tempfile.TemporaryDirectory(prefix="aestudio-") as scratch:
        # A home of its own: no picture shows what else is on this computer.
        environment["AESTUDIO_RUNS"] = str(Path(scratch, "runs"))
        environment["AESTUDIO_LOGS"] = str(Path(scratch, "logs"))
        command += ["--settings", str(Path(scratch, "settings"))]
        try:
            done = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                timeout=limit_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FailureError(
                f"the pictures were not ready after {limit_s} seconds.",
                subject=drawing.folder,
                next_step="Close other programs and try again.",
            ) from None
    if done.returncode != 0:
        last_words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise FailureError(
            f"the pictures could not be drawn: {last_words}",
            subject=drawing.folder,
            next_step="Check that the folder can be written and the data can be read.",
        )
    return [Path(line) for line in done.stdout.splitlines()]


def begin_drawing(program: str, arguments: list[str]) -> tuple[Theme, Drawing]:
    """Start Qt in the drawing process and return what it was asked for."""
    options = _parse(program, arguments)
    app = make_application()
    if not QFontDatabase.families():
        raise FailureError(
            "there are no fonts to draw text with.",
            subject="AE Studio",
            next_step="On Debian or Ubuntu: sudo apt install fonts-dejavu-core",
        )
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, options.settings)
    theme = Theme(app)
    theme.follow_system(app)
    theme.set_mode(options.theme)
    width, height = (int(part) for part in options.size.split("x"))
    return theme, Drawing(
        folder=options.folder,
        size=(width, height),
        theme=options.theme,
        source=options.source,
        epochs=options.epochs,
    )


def png(picture: QPixmap) -> bytes:
    """Return a picture as the content of a PNG file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _parse(program: str, arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    parser.add_argument("--source", default="digits")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--settings", required=True)
    return parser.parse_args(arguments)
