"""Theme, palette and icons."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from aestudio.assets import resource
from aestudio.gui.icons import app_icon, icon
from aestudio.gui.palette import DARK, LIGHT, Colors
from aestudio.gui.stylesheet import build_stylesheet
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.dialogs.closable_dialog import ClosableDialog

TEXT_ON = ("window", "panel", "raised", "accent_soft")
THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    first, second = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(color: str) -> float:
    rgb = QColor(color)
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (rgb.redF(), rgb.greenF(), rgb.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@THEMES
@pytest.mark.parametrize("name", ["text", "muted_text"])
def test_text_can_be_read_on_everything_it_stands_on(colors: Colors, name: str) -> None:
    for ground in TEXT_ON:
        assert contrast(getattr(colors, name), getattr(colors, ground)) >= 4.5, ground


@THEMES
@pytest.mark.parametrize("name", ["accent", "good", "warning", "error"])
def test_coloured_words_can_be_read(colors: Colors, name: str) -> None:
    for ground in ("window", "panel"):
        assert contrast(getattr(colors, name), getattr(colors, ground)) >= 4.5, ground


@THEMES
def test_controls_stand_out_from_their_ground(colors: Colors) -> None:
    for ground in ("window", "panel"):
        assert contrast(colors.control_border, getattr(colors, ground)) >= 3.0
        assert contrast(colors.accent, getattr(colors, ground)) >= 3.0
    assert contrast(colors.accent_text, colors.accent) >= 4.5
    assert contrast(colors.accent_text, colors.accent_hover) >= 4.5
    assert contrast(colors.plot_foreground, colors.plot_background) >= 4.5


@THEMES
def test_series_are_distinct(colors: Colors) -> None:
    assert len(colors.series) == 8
    for a, b in itertools.combinations(map(QColor, colors.series), 2):
        distance = math.dist(a.getRgb()[:3], b.getRgb()[:3])
        assert distance >= 65, f"{a.name()} and {b.name()} look alike"
    for color in colors.series:
        assert contrast(color, colors.plot_background) >= 1.25


@THEMES
def test_every_picture_of_the_style_sheet_is_shipped(colors: Colors) -> None:
    sheet = build_stylesheet(colors, is_dark=colors is DARK)
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)


def test_the_theme_changes_live(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    assert not theme.is_dark
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.is_dark
    assert theme.window == DARK.window
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("light")
    assert theme.plot_background == LIGHT.plot_background


def test_following_the_system_without_a_desktop_is_light(theme: Theme) -> None:
    theme.set_mode("dark")
    theme.set_mode("system")
    assert not theme.is_dark


def test_there_are_two_text_sizes(theme: Theme) -> None:
    body, title, numbers = (theme.font(name) for name in ("body", "title", "numbers"))
    assert title.pointSizeF() > body.pointSizeF() == numbers.pointSizeF()
    assert numbers.isFeatureSet(numbers.featureTags()[0])


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in resource("icons").glob("*.svg")), ids=str
)
def test_an_icon_is_drawn_in_the_colour_of_the_theme(theme: Theme, name: str) -> None:
    drawn = icon(name, theme, "accent")
    for mode, colors in (("light", LIGHT), ("dark", DARK)):
        theme.set_mode(mode)
        image = drawn.pixmap(QSize(32, 32)).toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(32)
            for y in range(32)
            if image.pixelColor(x, y).alpha() == 255
        }
        if name != "aestudio":
            assert seen == {colors.accent}


def test_the_program_has_an_icon(qapp: QApplication) -> None:
    assert not app_icon().pixmap(QSize(64, 64)).isNull()


def test_every_icon_in_use_is_shipped(repository: Path) -> None:
    known = {path.stem for path in resource("icons").glob("*.svg")}
    used = set()
    for source in (repository / "aestudio" / "gui").rglob("*.py"):
        used |= set(re.findall(r'\bicon\("([a-z-]+)"', source.read_text()))
        used |= set(re.findall(r'\bicon="([a-z-]+)"', source.read_text()))
    assert used
    assert used <= known


def test_buttons_of_dialogs_have_no_icons_of_the_desktop(qtbot: QtBot, theme: Theme) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ClosableDialog(parent)
    dialog.lay_out()
    dialog.show()
    (close,) = dialog.findChildren(QPushButton)
    assert close.text().replace("&", "") == "Close"
    assert close.icon().isNull()
    parent.close()
