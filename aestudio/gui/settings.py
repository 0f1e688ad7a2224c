"""What the window remembers: layout, theme, recent data. Never anything that a run depends on."""

from __future__ import annotations

import logging

from PySide6.QtCore import QByteArray, QSettings

from aestudio.gui.theme import MODES, Mode

_log = logging.getLogger(__name__)
_VERSION = 1
_MAX_RECENT = 8


class Settings:
    """Typed access to a settings file; what cannot be understood counts as never written."""

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "aestudio", "aestudio"
        )
        #: True when a damaged or foreign file was found and defaults are in use.
        self.was_reset = self._repair()

    @property
    def theme_mode(self) -> Mode:
        written = self._text("window/theme")
        return next((mode for mode in MODES if mode == written), "system")

    @theme_mode.setter
    def theme_mode(self, mode: Mode) -> None:
        self._store.setValue("window/theme", mode)

    @property
    def geometry(self) -> QByteArray:
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    def layout(self, name: str) -> QByteArray:
        """Return the remembered state of the splitter ``name``, empty if there is none."""
        return self._bytes(f"layout/{name}")

    def set_layout(self, name: str, value: QByteArray) -> None:
        self._store.setValue(f"layout/{name}", value)

    def forget_layout(self) -> None:
        for group in ("window/geometry", "layout"):
            self._store.remove(group)

    @property
    def recent_data(self) -> list[str]:
        return self._texts("recent/data")

    def add_recent_data(self, source: str) -> None:
        """Put ``source`` first among the recent ones."""
        others = [known for known in self.recent_data if known != source]
        self._store.setValue("recent/data", [source, *others][:_MAX_RECENT])

    def begin_session(self) -> int:
        """Note that the window is open; return how many sessions in a row ended without closing."""
        crashes = self._number("session/open")
        self._store.setValue("session/open", crashes + 1)
        self._store.sync()
        return crashes

    def end_session(self) -> None:
        self._store.setValue("session/open", 0)
        self._store.sync()

    def _repair(self) -> bool:
        is_damaged = self._store.status() != QSettings.Status.NoError
        is_foreign = bool(self._store.allKeys()) and self._number("version") != _VERSION
        if is_damaged or is_foreign:
            _log.warning("settings in %s were reset", self._store.fileName())
            self._store.clear()
        self._store.setValue("version", _VERSION)
        return is_damaged or is_foreign

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _texts(self, key: str) -> list[str]:
        value = self._store.value(key)
        # An ini file does not tell one text from a list of one.
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list):
            return []
        return [text for text in values if isinstance(text, str)]

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def _number(self, key: str) -> int:
        # QSettings gives numbers back as text on some platforms.
        value = self._store.value(key)
        text = str(value) if isinstance(value, int | str) else ""
        return int(text) if text.isdecimal() else 0
