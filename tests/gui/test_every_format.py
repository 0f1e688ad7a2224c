"""Every format that can be read, dropped on one window one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from tests.data.formats import FORMATS
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_main_window import drop


@pytest.mark.timeout(300)
def test_what_is_dropped_is_read_and_shown(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.opener.allow_reading()
    for name, expected in FORMATS.items():
        folder = tmp_path / name
        folder.mkdir()
        paths = expected.make(folder)
        with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as ready:
            drop(window, *(QUrl.fromLocalFile(str(path)) for path in paths))
        assert ready.args is not None
        content, options = ready.args
        assert options.source == "\n".join(map(str, paths)), name
        assert window.data.shows_sheet, name
        sheet = window.data.sheet
        assert sheet.taken_for == f"{expected.taken_for}.", name
        said = "\n".join(sheet.findings.texts)
        for part in expected.findings or ("Nothing odd was found.",):
            assert part in said, name
        assert tuple(label for label, _ in content.label_counts) == expected.labels, name
        assert ("Time" in dict(content.facts)) == (name in ("long series", "wav")), name
        assert sheet.table.isVisibleTo(sheet) == (expected.kind == "table"), name
        form = sheet.form
        offered = {
            "data.patch_size": expected.kind == "images",
            "data.window": expected.kind == "sequences",
            "data.text_unit": expected.use == "text",
            "data.ratings_of": expected.use == "ratings",
            "data.delimiter": expected.reader == "csv",
            "data.array": name == "hdf5",
        }
        shown = {key: form.row(key).isVisibleTo(form) for key in offered}
        assert shown == offered, name
