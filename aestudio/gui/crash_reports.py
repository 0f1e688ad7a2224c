"""What happens when something unforeseen happens: a log, a crash file, and a word to the person.

Nothing leaves the computer. ``aestudio.log`` holds what was reported, ``crash.txt`` what the
interpreter wrote while dying.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from aestudio.workflows.crash_report import report_folder

_log = logging.getLogger("aestudio")
_LARGEST_LOG_BYTES = 1_000_000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashReports(QObject):
    """Catches what nobody caught, from any thread, and passes it on in the window's thread."""

    #: (title, the whole report as text)
    unexpected = Signal(str, str)

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.folder = folder or report_folder()
        self.last_report = ""
        #: What the previous session left in the crash file, empty if it ended well.
        self.previous_crash = ""
        self._crash_file: IO[str] | None = None
        self._handler: logging.Handler | None = None
        self._undo: list[Callable[[], object]] = []

    def install(self) -> None:
        """Take over the hooks; a folder that cannot be written costs only the files."""
        with contextlib.suppress(OSError):
            self._open_files()
        previous, previous_thread = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        previous_qt = qInstallMessageHandler(_log_qt_message)
        self._undo = [
            lambda: setattr(sys, "excepthook", previous),
            lambda: setattr(threading, "excepthook", previous_thread),
            lambda: qInstallMessageHandler(previous_qt),
        ]

    def uninstall(self) -> None:
        """Give the hooks back and close the files."""
        for undo in self._undo:
            undo()
        self._undo = []
        if self._handler is not None:
            _log.removeHandler(self._handler)
            self._handler.close()
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None

    def environment(self) -> str:
        """Return the lines that head every report: versions and platform, no names, no paths."""
        from PySide6 import __version__ as qt_version

        from aestudio import __version__

        return (
            f"AE Studio {__version__}, Python {platform.python_version()}, PySide6 {qt_version}\n"
            f"{platform.platform()}\n"
        )

    def _open_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        log_path = self.folder / "aestudio.log"
        # One older file is kept; the rotating handler of the library would import a lot more.
        if log_path.exists() and log_path.stat().st_size > _LARGEST_LOG_BYTES:
            log_path.replace(log_path.with_suffix(".old.log"))
        self._handler = logging.FileHandler(log_path, encoding="utf-8")
        self._handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
        )
        _log.addHandler(self._handler)
        _log.setLevel(logging.INFO)
        crash_path = self.folder / "crash.txt"
        if crash_path.exists():
            self.previous_crash = crash_path.read_text(encoding="utf-8", errors="replace").strip()
        self._crash_file = crash_path.open("w", encoding="utf-8")
        faulthandler.enable(self._crash_file)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._report(kind, error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._report(args.exc_type, args.exc_value, args.exc_traceback)

    def _report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        self.last_report = f"{self.environment()}\n{text}"
        _log.error("unexpected: %s", text)
        # From another thread this is delivered by the event loop of the window.
        self.unexpected.emit(f"{kind.__name__}: {error}", self.last_report)


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
