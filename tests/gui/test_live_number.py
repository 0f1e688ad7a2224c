"""Figures that change while training must not make the window lay itself out anew."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from aestudio.gui.widgets.live.live_number import LiveNumber


class _LayoutRequests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.number += event.type() is QEvent.Type.LayoutRequest
        return False


def test_figures_that_fit_ask_for_no_new_layout(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    number = LiveNumber(QFont())
    QHBoxLayout(window).addWidget(number)
    window.show()
    number.show_text("888,888 samples/s")
    qtbot.waitUntil(lambda: number.width() >= number.fontMetrics().horizontalAdvance(number.text()))
    QCoreApplication.sendPostedEvents()
    requests = _LayoutRequests()
    window.installEventFilter(requests)
    shown = []
    for speed in range(111, 116):
        number.show_text(f"{speed},111 samples/s")
        shown.append(number.text())
    QCoreApplication.sendPostedEvents()
    assert shown == [f"{speed},111 samples/s" for speed in range(111, 116)]
    assert requests.number == 0
    number.show_text("1,888,888,888 samples/s")
    qtbot.waitUntil(lambda: requests.number > 0)
    qtbot.waitUntil(lambda: number.width() >= number.fontMetrics().horizontalAdvance(number.text()))


def test_an_empty_number_takes_no_room(qtbot: QtBot) -> None:
    number = LiveNumber(QFont())
    qtbot.addWidget(number)
    number.show_text("12:05 left")
    assert number.width() > 0
    number.show_text("")
    assert number.width() == 0
