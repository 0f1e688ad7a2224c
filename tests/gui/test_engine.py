"""Loading the engine: in which order, and that reading then imports nothing more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from aestudio.gui import engine as engine_module
from aestudio.gui.background import Background
from aestudio.gui.engine import Engine
from tests.data.formats import FORMATS

PATIENCE_MS = 30_000

#: Prints what reading the given paths and the samples imports beyond the reading part.
READS = """
import json, sys
from aestudio.gui.engine import import_reading
from aestudio.gui.workspaces.reading import load_sample_previews, read_for_sheet

class Report:
    def is_cancelled(self):
        return False

    def progress(self, done, total):
        pass

import_reading(Report())
from aestudio.data.options import DataOptions
before = set(sys.modules)
load_sample_previews(Report())
for path in sys.argv[1:]:
    read_for_sheet(DataOptions(source=path))(Report())
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def write_one_of_each(folder: Path) -> list[str]:
    """Write data for every reader, and for every use of tables; return the sources."""
    each = {(one.reader, one.use, one.kind): one for one in FORMATS.values()}
    sources = []
    for number, one in enumerate(each.values()):
        at = folder / str(number)
        at.mkdir()
        sources.append("\n".join(map(str, one.make(at))))
    pictures = folder / "pictures"
    pictures.mkdir()
    pixels = np.arange(4 * 8 * 8, dtype=np.uint8).reshape(4, 8, 8)
    for number, suffix in enumerate(("png", "jpg", "tif", "webp")):
        Image.fromarray(pixels[number]).save(pictures / f"{number}.{suffix}")
    return [*sources, str(pictures)]


def test_reading_imports_nothing_while_the_rest_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READS, *write_one_of_each(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_readers_are_there_before_the_rest_begins(
    qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    engine = Engine(background)
    engine.can_read.connect(lambda: happened.append("can read"))
    monkeypatch.setattr(
        engine_module, "import_computing", lambda _report: happened.append("computing") or 0.0
    )
    with qtbot.waitSignal(engine.ready, timeout=PATIENCE_MS):
        engine.load()
    assert happened == ["can read", "computing"]
    assert engine.is_ready
