"""The message line, dialogs, command palette and shortcut page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot

from aestudio.errors import DataError
from aestudio.gui.commands import Command
from aestudio.gui.main_window import MainWindow
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog
from aestudio.gui.widgets.dialogs.command_palette import CommandPalette
from aestudio.gui.widgets.dialogs.error_dialog import ErrorDialog
from aestudio.gui.widgets.dialogs.message_history import MessageHistory
from aestudio.gui.widgets.dialogs.shortcut_page import ShortcutPage
from aestudio.gui.widgets.labels import ElidedLabel, PlainLabel, plain_tooltip
from aestudio.gui.widgets.message_line import MessageLine

ERROR = DataError("it is empty.", subject="pictures", next_step="Choose another folder.")


@pytest.fixture
def line(qtbot: QtBot, theme: Theme) -> MessageLine:
    line = MessageLine(theme)
    qtbot.addWidget(line)
    line.resize(800, line.height())
    line.show()
    return line


def test_a_message_replaces_the_one_before_and_both_are_kept(line: MessageLine) -> None:
    line.show_message("first")
    line.show_message("second", "good")
    assert line.text == "second"
    assert line.history == [("info", "first"), ("good", "second")]


def test_an_error_is_said_with_its_next_step_and_details(qtbot: QtBot, line: MessageLine) -> None:
    line.show_error(ERROR)
    assert line.text == "pictures: it is empty. Choose another folder."
    details = next(button for button in line.findChildren(QPushButton) if button.isVisible())
    with qtbot.waitSignal(line.details_requested) as requested:
        details.click()
    assert requested.args == [ERROR]
    line.show_message("all is well")
    assert not details.isVisible()


def test_progress_can_be_cancelled(qtbot: QtBot, line: MessageLine) -> None:
    line.show_progress(3, 10)
    cancel = next(button for button in line.findChildren(QPushButton) if button.isVisible())
    with qtbot.waitSignal(line.cancel_requested):
        cancel.click()
    line.hide_progress()
    assert not cancel.isVisible()


def test_markup_in_a_name_is_shown_and_not_obeyed(qtbot: QtBot) -> None:
    name = "<img src=x><b>bold</b> & more"
    label = PlainLabel(name)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert "<b>bold" not in plain_tooltip(name)
    assert "&lt;b&gt;bold" in plain_tooltip(name)


def test_text_that_does_not_fit_is_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a long text " * 20)
    qtbot.addWidget(label)
    label.resize(100, 20)
    label.show()
    assert "a long text" in label.toolTip()
    label.setText("x")
    assert label.toolTip() == ""


def test_an_error_dialog_says_all_three_parts_and_copies_them(qtbot: QtBot, theme: Theme) -> None:
    dialog = ErrorDialog.of(theme, ERROR)
    qtbot.addWidget(dialog)
    dialog.show()
    texts = [label.text() for label in dialog.findChildren(PlainLabel)]
    assert texts == ["pictures", "It is empty.", "Choose another folder."]
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == "\n".join(texts)


def test_an_unforeseen_error_opens_one_dialog_however_often_it_comes(
    qtbot: QtBot, window: MainWindow
) -> None:
    for number in range(5):
        window.dialogs.show_unexpected(f"ValueError: {number}", "the traceback")
    (dialog,) = window.findChildren(ErrorDialog)
    assert "the traceback" in dialog._report_text
    assert window.messages.text == "ValueError: 4"
    dialog.close()


def test_the_palette_finds_a_command_by_any_of_its_words(qtbot: QtBot, window: MainWindow) -> None:
    palette = CommandPalette(window.commands, window.theme, window)
    palette.show()
    found = palette.findChild(QTreeWidget)
    search = palette.findChild(QLineEdit)
    assert found is not None
    assert search is not None
    assert found.topLevelItemCount() == len(list(window.commands))
    qtbot.keyClicks(search, "keys comm")
    titles = [found.topLevelItem(row).text(0) for row in range(found.topLevelItemCount())]
    assert titles == ["Keyboard shortcuts"]
    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert chosen.args[0] is window.commands.action("shortcuts")


def test_what_is_called_so_comes_first_in_the_palette(qtbot: QtBot, window: MainWindow) -> None:
    palette = CommandPalette(window.commands, window.theme, window)
    palette.show()
    search, found = palette.findChild(QLineEdit), palette.findChild(QTreeWidget)
    assert search is not None
    assert found is not None
    qtbot.keyClicks(search, "dark")
    assert found.topLevelItem(0).text(0) == "Theme: dark"
    assert found.topLevelItemCount() > 1
    palette.close()


def test_the_palette_says_why_a_command_cannot_run(qtbot: QtBot, window: MainWindow) -> None:
    window.commands.set_enabled("train", False, "There is no data yet")
    palette = CommandPalette(window.commands, window.theme, window)
    palette.show()
    search, found = palette.findChild(QLineEdit), palette.findChild(QTreeWidget)
    assert search is not None
    assert found is not None
    qtbot.keyClicks(search, "train recipe on")
    assert found.topLevelItem(0).text(1) == "There is no data yet"
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(search, Qt.Key.Key_Return)
    palette.close()


def test_the_arrow_keys_move_in_the_palette(qtbot: QtBot, window: MainWindow) -> None:
    palette = CommandPalette(window.commands, window.theme, window)
    palette.show()
    search, found = palette.findChild(QLineEdit), palette.findChild(QTreeWidget)
    assert search is not None
    assert found is not None
    first = found.currentIndex().row()
    qtbot.keyClick(search, Qt.Key.Key_Down)
    second = found.currentIndex().row()
    qtbot.keyClick(search, Qt.Key.Key_Down)
    third = found.currentItem()
    assert first < second < found.indexOfTopLevelItem(third)
    assert not third.isDisabled()
    for _ in range(9):
        qtbot.keyClick(search, Qt.Key.Key_Up)
    assert found.currentIndex().row() == first
    palette.close()


def test_the_shortcut_page_lists_every_command(qtbot: QtBot, window: MainWindow) -> None:
    page = ShortcutPage(window.commands, window.theme, window)
    page.show()
    assert page.table.rowCount() == len(list(window.commands))
    page.close()


def test_the_history_shows_the_newest_message_first(qtbot: QtBot, window: MainWindow) -> None:
    window.messages.show_message("newest")
    history = MessageHistory(window.theme, window.messages.history, window)
    history.show()
    assert history.list.item(0).text() == "newest"
    history.close()


@pytest.mark.parametrize("command", ["shortcuts", "messages", "about"])
def test_dialogs_that_only_show_something_go_by_their_close_button(
    qtbot: QtBot, window: MainWindow, command: str
) -> None:
    window.commands.action(command).trigger()
    (dialog,) = window.findChildren(ClosableDialog)
    close = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    with qtbot.waitSignal(dialog.destroyed):
        close.click()


def test_a_command_cannot_be_registered_twice(window: MainWindow) -> None:
    command = Command(name="quit", title="Quit", help="Again", menu="File")
    with pytest.raises(ValueError, match="twice"):
        window.commands.add(command, window.close)
    taken = Command(name="other", title="Other", help="", menu="File", shortcut="Ctrl+Q")
    with pytest.raises(ValueError, match="twice"):
        window.commands.add(taken, window.close)


def test_every_command_helps_and_stands_in_a_menu(window: MainWindow) -> None:
    in_menus = {
        action.objectName()
        for menu_action in window.menuBar().actions()
        for action in menu_action.menu().actions()
        if action.objectName()
    }
    for command, action in window.commands:
        assert command.help
        assert command.name in in_menus
        assert action.shortcut().toString() == command.shortcut


def test_the_keys_that_tool_tips_name_are_those_of_commands(full_window: MainWindow) -> None:
    full_window.train.transport.set_train_enabled(True, "")
    known = {command.shortcut for command, _ in full_window.commands}
    # Some are those of a part of the window, and mean nothing elsewhere.
    known |= {shortcut.key().toString() for shortcut in full_window.findChildren(QShortcut)}
    said = " ".join(button.toolTip() for button in full_window.findChildren(QAbstractButton))
    named = set(re.findall(r"\((Ctrl\+[^)]+)\)", said))
    assert len(named) > 3
    assert named <= known


def test_saving_a_recipe_without_data_says_what_to_do(window: MainWindow) -> None:
    window.save_recipe()
    assert "choose data" in window.messages.text


def test_saving_where_nothing_can_be_written_is_said(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aestudio.experiment import Experiment
    from aestudio.gui import dialogs

    target = tmp_path / "nowhere" / "experiment.toml"
    monkeypatch.setattr(dialogs.QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.dialogs.save_recipe(Experiment())
    assert window.messages.history[-1][0] == "error"
    good = tmp_path / "experiment.toml"
    monkeypatch.setattr(dialogs.QFileDialog, "getSaveFileName", lambda *_: (str(good), ""))
    window.dialogs.save_recipe(Experiment())
    assert Experiment.from_toml(good.read_text()) == Experiment()
