"""Pictures of every workspace, drawn without a display after a short training.

The scale of a screen is fixed when Qt starts, so the pictures are drawn by a process of their own:
``python -m aestudio.gui.screenshots FOLDER --theme dark --scale 2``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QBuffer, QObject, QSettings, Qt, QTimer, SignalInstance
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPixmap
from PySide6.QtWidgets import QDialog

from aestudio.errors import FailureError, StudioError
from aestudio.gui.app import make_application
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
from aestudio.runs.atomic import make_folder, write_bytes

_TIME_LIMIT_S = 300
#: A training that is not done by then is stopped, so that slow computers give pictures too.
_TRAINING_MS = 20_000
_EPOCHS = 40
#: Painting is queued behind whatever has just changed.
_SETTLE_MS = 250
#: Laid over the window behind a dialog.
_SHADE = QColor(0, 0, 0, 70)


def take_screenshots(
    folder: Path,
    *,
    size: tuple[int, int] = (1280, 720),
    scale: float = 1.0,
    theme: str = "light",
    source: str = "digits",
) -> list[Path]:
    """Draw every workspace into ``folder`` and return the pictures, in the order of use.

    Raises
    ------
    FailureError
        The pictures could not be drawn; the reason is what the drawing process said last.
    """
    make_folder(folder, parents=True, exist_ok=True)
    environment = dict(os.environ)
    environment["QT_SCALE_FACTOR"] = f"{scale:g}"
    environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, "-m", "aestudio.gui.screenshots", str(folder)]
    command += ["--size", f"{size[0]}x{size[1]}", "--theme", theme, "--source", source]
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
                timeout=_TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise FailureError(
                f"the pictures were not ready after {_TIME_LIMIT_S} seconds.",
                subject=folder,
                next_step="Close other programs and try again.",
            ) from None
    if done.returncode != 0:
        last_words = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise FailureError(
            f"the pictures could not be drawn: {last_words}",
            subject=folder,
            next_step="Check that the folder can be written and the data can be read.",
        )
    return [Path(line) for line in done.stdout.splitlines()]


class Tour(QObject):
    """Leads the window through everything that is worth a picture."""

    def __init__(self, window: MainWindow, folder: Path, source: str) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._source = source
        self._steps = self._walk()
        self.pictures: list[Path] = []
        self.problem: StudioError | None = None
        window.opener.failed.connect(self._on_failed)
        window.data.failed.connect(self._on_failed)
        window.engine.failed.connect(self._on_failed)

    def begin(self) -> None:
        self._go_on()

    def _walk(self) -> Iterator[SignalInstance | None]:
        """Do one step after the other; each yields the signal that says it is done, or nothing."""
        window = self._window
        window.load_engine()
        yield window.complete
        if not window.data.start_page.samples.cards:
            yield window.data.samples_shown
        yield None
        self._draw("start")
        window.opener.open_data(self._source)
        yield window.opener.data_ready
        yield None
        self._draw("data")
        setup, recipe, train, runs = window.setup, window.recipe, window.train, window.runs
        insights = window.insights
        if setup is None or recipe is None or train is None or insights is None or runs is None:
            return
        window.show_workspace("train")
        if recipe.experiment is None:
            yield setup.prepared
        setup.failed.connect(self._on_failed)
        self._shorten_training()
        yield setup.estimated
        yield None
        self._draw("recipe")
        train.failed.connect(self._on_failed)
        QTimer.singleShot(_TRAINING_MS, self, self._stop_training)
        window.train_now()
        yield train.run_finished
        yield None
        self._draw("train")
        recipe.show_all_settings("weights")
        yield None
        self._draw("settings")
        recipe.show_all_settings(None)
        window.show_workspace("insights")
        yield insights.found
        for name in ("information", "traversals"):
            insights.select(name)
            yield None
            self._draw(name)
        window.show_workspace("runs")
        runs.refresh()
        yield runs.runs_changed
        yield None
        self._draw("runs")
        window.dialogs.export_run(train.run_path)
        yield None
        self._draw("export", with_dialog=True)
        window.dialogs.show_palette()
        yield None
        self._draw("palette", with_dialog=True)

    def _shorten_training(self) -> None:
        recipe = self._window.recipe
        if recipe is not None and recipe.experiment is not None:
            epochs = min(_EPOCHS, recipe.experiment.training.epochs)
            recipe.set_experiment(recipe.experiment.with_values({"training.epochs": epochs}))

    def _go_on(self) -> None:
        if self.problem is not None:
            return
        try:
            signal = next(self._steps)
        except StopIteration:
            self._window.close()
        except StudioError as error:
            self._on_failed(error)
        else:
            if signal is None:
                QTimer.singleShot(_SETTLE_MS, self, self._go_on)
            else:
                signal.connect(self._go_on, Qt.ConnectionType.SingleShotConnection)

    def fail(self, title: str, report: str) -> None:
        """End the tour because of an error that nobody foresaw."""
        self._on_failed(FailureError(title))

    def _stop_training(self) -> None:
        self._window.stop_training()

    def _close(self) -> None:
        self._window.close()

    def _on_failed(self, error: object) -> None:
        self.problem = error if isinstance(error, StudioError) else FailureError(str(error))
        QTimer.singleShot(0, self, self._close)

    def _draw(self, name: str, *, with_dialog: bool = False) -> None:
        picture = self._window.grab()
        for dialog in self._window.findChildren(QDialog) if with_dialog else []:
            drawn = dialog.grab()
            place = dialog.rect()
            place.moveCenter(self._window.rect().center())
            painter = QPainter(picture)
            painter.fillRect(self._window.rect(), _SHADE)
            painter.drawPixmap(place.topLeft(), drawn)
            painter.setPen(QColor(self._window.theme.control_border))
            painter.drawRect(place)
            painter.end()
            dialog.close()
        path = self._folder / f"{len(self.pictures) + 1}-{name}.png"
        write_bytes(path, _png(picture))
        self.pictures.append(path)


def _png(picture: QPixmap) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(buffer.data().data())


def main(arguments: list[str]) -> int:
    """Draw in this process; prints one path per line."""
    options = _parse(arguments)
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
    reports = CrashReports()
    reports.install()
    window = MainWindow(theme, Settings(), reports)
    width, height = (int(part) for part in options.size.split("x"))
    window.setMinimumSize(0, 0)
    window.resize(width, height)
    window.show()
    tour = Tour(window, options.folder, options.source)
    reports.unexpected.connect(tour.fail)
    QTimer.singleShot(0, tour, tour.begin)
    app.exec()
    reports.uninstall()
    if tour.problem is not None:
        raise tour.problem
    sys.stdout.write("".join(f"{path}\n" for path in tour.pictures))
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aestudio.gui.screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    parser.add_argument("--source", default="digits")
    parser.add_argument("--settings", required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StudioError as error:
        sys.exit(str(error))
