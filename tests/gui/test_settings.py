"""What the window remembers, and what it makes of nonsense."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRect, QSettings

from aestudio.gui.settings import Settings
from aestudio.gui.window_geometry import repaired

SCREEN = QRect(0, 0, 1920, 1080)


def settings_file(folder: Path) -> Path:
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "aestudio", "aestudio")
    path = Path(store.fileName())
    assert folder in path.parents
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_what_is_written_is_read_again() -> None:
    settings = Settings()
    settings.theme_mode = "dark"
    settings.geometry = QByteArray(b"\x00\x01\xff")
    settings.set_layout("train", QByteArray(b"abc"))
    settings.add_recent_data("/data/one")
    settings.end_session()
    again = Settings()
    assert not again.was_reset
    assert again.theme_mode == "dark"
    assert again.geometry == QByteArray(b"\x00\x01\xff")
    assert again.layout("train") == QByteArray(b"abc")
    assert again.recent_data == ["/data/one"]


def test_recent_data_is_newest_first_without_doubles_and_not_endless() -> None:
    settings = Settings()
    for number in [*range(12), 7]:
        settings.add_recent_data(f"/data/{number}")
    recent = settings.recent_data
    assert recent[:2] == ["/data/7", "/data/11"]
    assert len(recent) == len(set(recent)) == 8


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe garbage = \x00",
        b"[General]\nversion=99\n[window]\ntheme=dark\n",
        b"[General]\nversion=one\n",
    ],
)
def test_a_file_that_cannot_be_understood_gives_defaults(
    isolated_settings: Path, content: bytes
) -> None:
    settings_file(isolated_settings).write_bytes(content)
    settings = Settings()
    assert settings.was_reset
    assert settings.theme_mode == "system"
    assert settings.recent_data == []
    assert not Settings().was_reset


def test_values_of_the_wrong_kind_count_as_never_written(isolated_settings: Path) -> None:
    settings_file(isolated_settings).write_text(
        "[General]\nversion=1\n[window]\ntheme=pink\ngeometry=nonsense\n[session]\nopen=many\n"
    )
    settings = Settings()
    assert settings.theme_mode == "system"
    assert settings.geometry.isEmpty()
    assert settings.begin_session() == 0


def test_sessions_that_did_not_end_are_counted() -> None:
    assert Settings().begin_session() == 0
    assert Settings().begin_session() == 1
    assert Settings().begin_session() == 2
    settings = Settings()
    settings.begin_session()
    settings.end_session()
    assert Settings().begin_session() == 0


@pytest.mark.parametrize(
    "geometry",
    [QRect(5000, 5000, 800, 600), QRect(-790, 0, 800, 600), QRect(0, 0, 4000, 3000)],
    ids=["elsewhere", "almost gone", "too large"],
)
def test_a_window_that_cannot_be_seen_is_brought_back(geometry: QRect) -> None:
    assert SCREEN.contains(repaired(geometry, [SCREEN]))


def test_a_window_that_can_be_seen_stays() -> None:
    second = QRect(1920, 0, 1280, 1024)
    geometry = QRect(1900, 10, 1000, 700)
    assert repaired(geometry, [SCREEN, second]) == geometry
