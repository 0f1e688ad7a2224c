"""Every control can be reached, named and read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from aestudio.data.samples import list_samples
from aestudio.gui.main_window import MainWindow
from tests.gui.conftest import PATIENCE_MS
from tests.runs.hand_made import make_run


def unnamed(root: QWidget) -> list[str]:
    """The focusable controls below ``root`` that a screen reader could not name."""
    return [
        f"{type(widget).__name__} in {_place(widget)}"
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not _is_inner(widget)
        and not (widget.accessibleName() or _own_text(widget))
    ]


def _is_inner(widget: QWidget) -> bool:
    """Whether the widget is a part of a control that has the name, or of a menu that never opens."""
    parent = widget.parent()
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    inside = (QComboBox, QAbstractSpinBox, QAbstractItemView)
    while isinstance(parent, QWidget):
        # Our menus hold no controls; those of the plot library do, and are switched off.
        if isinstance(parent, (*inside, QMenu)):
            return True
        parent = parent.parent()
    return False


def _own_text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""


def _place(widget: QWidget) -> str:
    names = []
    parent = widget.parent()
    while parent is not None:
        names.append(type(parent).__name__)
        parent = parent.parent()
    return " < ".join(names[:4])


def cut_buttons(root: QWidget) -> list[str]:
    """The visible buttons whose text does not fit."""
    return [
        button.text()
        for button in root.findChildren(QAbstractButton)
        if button.isVisible()
        and button.text()
        and button.width() < button.minimumSizeHint().width()
    ]


def cut_labels(root: QWidget) -> list[str]:
    """The visible labels whose words are wider or taller than the label."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        needed = (
            label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        )
        is_wide = not label.wordWrap() and label.width() < label.sizeHint().width() - 1
        if is_wide or label.height() < needed - 1:
            found.append(f"{label.text()!r} in {_place(label)}")
    return found


@pytest.fixture
def shown(full_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The whole window with data, at the smallest size that it is designed for."""
    full_window.resize(1280, 720)
    assert full_window.setup is not None
    with qtbot.waitSignal(full_window.setup.prepared, timeout=PATIENCE_MS):
        full_window.opener.open_data("digits")
    return full_window


def test_every_control_has_a_name(shown: MainWindow) -> None:
    assert unnamed(shown) == []


def test_every_dialog_names_its_controls(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    openers = (
        lambda: window.dialogs.export_run(run.path),
        window.dialogs.show_palette,
        window.dialogs.show_shortcuts,
        window.dialogs.show_messages,
        window.dialogs.show_about,
        lambda: window.dialogs.show_unexpected("ValueError: x", "the traceback"),
    )
    for opener in openers:
        opener()
        (dialog,) = [one for one in window.findChildren(QDialog) if one.isVisible()]
        assert unnamed(dialog) == []
        assert cut_buttons(dialog) == []
        assert cut_labels(dialog) == []
        dialog.close()


@pytest.mark.parametrize("name", ["data", "train", "insights", "runs", "compare"])
def test_nothing_is_cut_at_the_smallest_size(
    qtbot: QtBot, qapp: QApplication, shown: MainWindow, name: str
) -> None:
    shown.show_workspace(name)
    with qtbot.waitExposed(shown):
        shown.show()
    qtbot.waitUntil(lambda: shown.current_workspace == name)
    assert shown.minimumSizeHint().width() <= 1280
    assert shown.minimumSizeHint().height() <= 720
    assert cut_buttons(shown) == []
    assert cut_labels(shown) == []


def test_the_start_page_is_not_cut_either(qtbot: QtBot, full_window: MainWindow) -> None:
    full_window.resize(1280, 720)
    cards = full_window.data.start_page.samples.cards
    qtbot.waitUntil(lambda: len(cards) == len(list_samples()), timeout=PATIENCE_MS)
    assert cut_buttons(full_window) == []
    assert cut_labels(full_window) == []


def test_the_keyboard_reaches_every_control_of_a_workspace(qtbot: QtBot, shown: MainWindow) -> None:
    wanted = {
        widget
        for widget in shown.data.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not _is_inner(widget)
    }
    assert len(wanted) >= 5
    reached = set()
    widget: QWidget = shown
    for _ in range(2000):
        widget = widget.nextInFocusChain()
        reached.add(widget)
        if widget is shown:
            break
    assert wanted <= reached
