"""The first words of the window: what a person has to know now, else what to do first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from aestudio.gui.crash_reports import CrashReports


def greeting(reports: CrashReports, *, is_safe_start: bool, was_reset: bool) -> tuple[str, str]:
    """Return the words for the message line and their severity."""
    if is_safe_start:
        return _tr(
            "AE Studio ended unexpectedly more than once; it starts with its first layout."
        ), "info"
    if reports.previous_crash:
        words = _tr("AE Studio ended unexpectedly last time. A report is in {0}.")
        return words.format(reports.folder), "warning"
    if was_reset:
        return _tr("The settings could not be read; defaults are in use."), "info"
    return _tr("Drop data anywhere, or pick a sample to begin."), "info"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Greeting", text)
