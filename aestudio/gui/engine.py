"""Loads what reads and what computes, behind a window that is already on screen.

The two parts are imported one after the other, and nothing else is imported meanwhile: when two
threads import packages whose modules import each other, Python resolves the deadlock by handing one
of them a module that is not complete yet.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from aestudio.errors import FailureError
from aestudio.gui.background import Background, TaskReport

_log = logging.getLogger(__name__)

#: What reading and showing data takes; afterwards it imports nothing more.
_READING_MODULES = (
    "aestudio.data.reading",
    "aestudio.data.readers.registry",
    "aestudio.data.samples",
    "aestudio.gui.workspaces.sheet_content",
    "aestudio.workflows.datasets.collection",
    "PIL.JpegImagePlugin",
)
#: What the window needs before it can train; the first one brings torch along.
_COMPUTING_MODULES = (
    "aestudio.experiment",
    "aestudio.workflows.training",
    "aestudio.workflows.models.trained_model",
    "aestudio.workflows.planning.recommendation",
    "aestudio.workflows.planning.time_estimate",
)


class Engine(QObject):
    """Which parts of the engine are there, and a word when that changes."""

    status_changed = Signal(str)
    can_read = Signal()
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
        """Import the engine in the background; ``can_read``, then ``ready``, or ``failed``."""
        self._say(self.tr("Loading the engine…"))
        self._import(import_reading, self._on_reading_loaded)

    def _import(self, work: Callable[[TaskReport], float], then: Callable[[float], None]) -> None:
        task = self._background.prepare(work, "engine")
        task.done.connect(then)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_reading_loaded(self, seconds: float) -> None:
        _log.info("readers loaded in %.2f s", seconds)
        self.can_read.emit()
        self._import(import_computing, self._on_computing_loaded)

    def _on_computing_loaded(self, seconds: float) -> None:
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


def import_reading(report: TaskReport) -> float:
    """Import everything that reading data needs; return the seconds that took."""
    start_s = time.perf_counter()
    _import_modules(_READING_MODULES, report)
    if not report.is_cancelled():
        from aestudio.data.readiness import import_all

        import_all()
    return time.perf_counter() - start_s


def import_computing(report: TaskReport) -> float:
    """Import everything that training needs; return the seconds that took."""
    start_s = time.perf_counter()
    _import_modules(_COMPUTING_MODULES, report)
    return time.perf_counter() - start_s


def _import_modules(names: Sequence[str], report: TaskReport) -> None:
    for name in names:
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
