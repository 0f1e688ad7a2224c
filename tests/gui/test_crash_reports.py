"""What happens when something unforeseen happens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning
from pytestqt.qtbot import QtBot

from aestudio.gui.crash_reports import CrashReports


@pytest.fixture
def reports(tmp_path: Path, qtbot: QtBot) -> Iterator[CrashReports]:
    reports = CrashReports(tmp_path / "reports")
    hooks = sys.excepthook, threading.excepthook
    reports.install()
    yield reports
    reports.uninstall()
    assert (sys.excepthook, threading.excepthook) == hooks


def fail() -> None:
    raise ValueError("the reason")


def test_an_error_in_a_slot_is_reported_and_logged(qtbot: QtBot, reports: CrashReports) -> None:
    with qtbot.waitSignal(reports.unexpected) as unexpected:
        QTimer.singleShot(0, fail)
    title, report = unexpected.args
    assert title == "ValueError: the reason"
    assert "in fail" in report
    assert "PySide6" in report
    assert "the reason" in (reports.folder / "aestudio.log").read_text()


def test_an_error_in_a_thread_arrives_in_the_windows_thread(
    qtbot: QtBot, reports: CrashReports
) -> None:
    heard: list[bool] = []
    reports.unexpected.connect(
        lambda title, text: heard.append(threading.current_thread() is threading.main_thread())
    )
    with qtbot.waitSignal(reports.unexpected):
        thread = threading.Thread(target=fail)
        thread.start()
    thread.join()
    assert heard == [True]


def test_what_killed_the_last_session_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "crash.txt").write_text("Fatal Python error: Segmentation fault\n")
    reports = CrashReports(folder)
    reports.install()
    reports.uninstall()
    assert "Segmentation fault" in reports.previous_crash
    again = CrashReports(folder)
    again.install()
    again.uninstall()
    assert again.previous_crash == ""


def test_a_folder_that_cannot_be_written_costs_only_the_files(tmp_path: Path, qtbot: QtBot) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    reports = CrashReports(blocked)
    reports.install()
    try:
        with qtbot.waitSignal(reports.unexpected):
            QTimer.singleShot(0, fail)
    finally:
        reports.uninstall()


def test_words_of_qt_go_to_the_log(reports: CrashReports) -> None:
    qWarning("something about a widget")
    assert "something about a widget" in (reports.folder / "aestudio.log").read_text()


def test_reports_name_versions_and_nothing_personal(reports: CrashReports) -> None:
    text = reports.environment()
    assert "AE Studio" in text
    assert str(Path.home()) not in text
