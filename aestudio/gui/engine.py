"""Loads the part that computes, behind a window that is already on screen."""

from __future__ import annotations

import importlib
import logging
import time

from PySide6.QtCore import QObject, Signal

from aestudio.errors import FailureError
from aestudio.gui.background import Background, TaskReport

_log = logging.getLogger(__name__)

#: What the window needs before it can train; the first one brings torch along.
_MODULES = (
    "aestudio.experiment",
    "aestudio.workflows.training",
    "aestudio.workflows.trained_model",
    "aestudio.workflows.recommendation",
)


class Engine(QObject):
    """Whether the engine is there, and a word when that changes."""

    status_changed = Signal(str)
    ready = Signal()
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._is_ready = False
        self._status = ""

    @property
    def is_ready(self) -> bool:
        return self._is_ready

    @property
    def status(self) -> str:
        return self._status

    def load(self) -> None:
        """Import the engine in the background; ends with ``ready`` or ``failed``."""
        self._say(self.tr("Loading the engine…"))
        task = self._background.prepare(import_engine, "engine")
        task.done.connect(self._on_loaded)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_loaded(self, seconds: float) -> None:
        self._is_ready = True
        _log.info("engine loaded in %.2f s", seconds)
        self._say(self.tr("Ready"))
        self.ready.emit()

    def _on_failed(self, error: object) -> None:
        self._say(self.tr("The engine could not be loaded"))
        self.failed.emit(error)

    def _say(self, text: str) -> None:
        self._status = text
        self.status_changed.emit(text)


def import_engine(report: TaskReport) -> float:
    """Import everything that training needs; return the seconds that took."""
    start_s = time.perf_counter()
    for name in _MODULES:
        if report.is_cancelled():
            break
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise FailureError(
                f"a part of the installation is missing: {error}",
                subject="AE Studio",
                next_step="Install it again with: pip install --force-reinstall aestudio",
            ) from error
    return time.perf_counter() - start_s
