"""Pictures of every workspace, drawn without a display after a short training.

The scale of a screen is fixed when Qt starts, so the pictures are drawn by a process of their own:
``python -m aestudio.gui.screenshots FOLDER --theme dark --scale 2``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QDialog

from aestudio.errors import FailureError, StudioError
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.drawing_process import Drawing, begin_drawing, draw_elsewhere, png
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Mode
from aestudio.gui.workspaces.compare import CompareWorkspace
from aestudio.runs.atomic import write_bytes

_TIME_LIMIT_S = 600
_TIME_LIMIT_OF_TYPES_S = 7200
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
    theme: Mode = "light",
    source: str = "digits",
    types: bool = False,
    epochs: int | None = None,
) -> list[Path]:
    """Draw every workspace into ``folder`` and return the pictures, in the order of use.

    With ``types``, draw instead what each type of autoencoder has learned, light and dark.

    Raises
    ------
    FailureError
        The pictures could not be drawn; the reason is what the drawing process said last.
    """
    drawing = Drawing(
        folder=folder, size=size, theme=theme, source=source, epochs=epochs or _EPOCHS
    )
    module = "aestudio.gui.type_pictures" if types else "aestudio.gui.screenshots"
    limit_s = _TIME_LIMIT_OF_TYPES_S if types else _TIME_LIMIT_S
    return draw_elsewhere(module, drawing, scale=scale, limit_s=limit_s)


class Tour(QObject):
    """Leads the window through everything that is worth a picture."""

    def __init__(self, window: MainWindow, drawing: Drawing) -> None:
        super().__init__(window)
        self._window = window
        self._drawing = drawing
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(_TRAINING_MS)
        self._limit.timeout.connect(self._stop_training)
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
        window.opener.open_data(self._drawing.source)
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
        self._limit.start()
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
        for name in ("check_up", "information", "traversals", "painting"):
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
        window.dialogs.show_published()
        yield None
        self._draw("published", with_dialog=True)
        first, experiment, compare = train.run_path, recipe.experiment, window.page("compare")
        if first is None or experiment is None or not isinstance(compare, CompareWorkspace):
            return
        recipe.set_experiment(experiment.with_values({"autoencoder.type": "undercomplete"}))
        self._limit.start()
        window.train_now()
        yield train.run_finished
        if train.run_path is None:
            return
        window.show_workspace("compare")
        compare.compare_runs([first, train.run_path])
        yield compare.compared
        yield None
        self._draw("compare")
        compare.views.tabs.setCurrentWidget(compare.views.maps)
        yield None
        self._draw("compared_maps")

    def _shorten_training(self) -> None:
        recipe = self._window.recipe
        if recipe is not None and recipe.experiment is not None:
            epochs = min(self._drawing.epochs, recipe.experiment.training.epochs)
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
        dialogs = self._window.findChildren(QDialog) if with_dialog else []
        for dialog in (one for one in dialogs if one.isVisible()):
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
        path = self._drawing.folder / f"{len(self.pictures) + 1}-{name}.png"
        write_bytes(path, png(picture))
        self.pictures.append(path)


def main(arguments: list[str]) -> int:
    """Draw in this process; prints one path per line."""
    theme, drawing = begin_drawing("aestudio.gui.screenshots", arguments)
    reports = CrashReports()
    reports.install()
    window = MainWindow(theme, Settings(), reports)
    window.setMinimumSize(0, 0)
    window.resize(*drawing.size)
    window.show()
    tour = Tour(window, drawing)
    reports.unexpected.connect(tour.fail)
    QTimer.singleShot(0, tour, tour.begin)
    QApplication.exec()
    reports.uninstall()
    if tour.problem is not None:
        raise tour.problem
    sys.stdout.write("".join(f"{path}\n" for path in tour.pictures))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StudioError as error:
        sys.exit(str(error))
