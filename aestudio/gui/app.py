"""Starts the window: on screen first, everything heavy behind it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.display_check import check_display
from aestudio.gui.icons import app_icon
from aestudio.gui.leaving import leave_if_busy
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme


def make_application() -> QApplication:
    """Return the one application object, made if need be.

    Raises :class:`aestudio.errors.FailureError` where no window can be shown.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    check_display()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("aestudio")
    app.setApplicationDisplayName("AE Studio")
    app.setDesktopFileName("aestudio")
    app.setWindowIcon(app_icon())
    return app


def run_app(*, demo: bool = False, open_path: str | Path | None = None) -> int:
    """Open the window and return the exit code once it is closed.

    ``demo`` starts training on the digits; ``open_path`` is opened like something dropped. The
    process ends here where a thread is left that would not let Python finish. Raises
    :class:`aestudio.errors.FailureError` where no window can be shown.
    """
    app = make_application()
    reports = CrashReports()
    reports.install()
    theme = Theme(app)
    settings = Settings()
    theme.follow_system(app)
    theme.set_mode(settings.theme_mode)
    window = MainWindow(theme, settings, reports)
    notifier = _close_on_signals(window)
    window.show()
    # The event loop paints the window before it comes to this.
    QTimer.singleShot(0, window, window.load_engine)
    if demo:
        window.start_demo()
    elif open_path is not None:
        window.opener.open_path(open_path)
    try:
        code = app.exec()
    finally:
        if notifier is not None:
            notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
        reports.uninstall()
    leave_if_busy(code)
    return code


def _close_on_signals(window: MainWindow) -> QSocketNotifier | None:
    """Close the window in good order when the system or Ctrl+C asks the program to end."""
    if os.name == "nt":
        # Windows closes windows by messages, and its pipes cannot be watched.
        return None
    receiving, sending = os.pipe()
    os.set_blocking(receiving, False)
    os.set_blocking(sending, False)
    # Python writes a byte for every signal; without it a signal would wait for the next event.
    signal.set_wakeup_fd(sending)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: None)
    notifier = QSocketNotifier(receiving, QSocketNotifier.Type.Read, window)
    notifier.activated.connect(window.close)
    return notifier
