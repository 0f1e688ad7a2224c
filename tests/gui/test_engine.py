"""Loading the engine: in which order, and that reading then imports nothing more."""

from __future__ import annotations

import gzip
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import scipy.io.wavfile
from PIL import Image
from pytestqt.qtbot import QtBot

from aestudio.gui import engine as engine_module
from aestudio.gui.background import Background
from aestudio.gui.engine import Engine
from tests.gui.test_dropped_formats import archive, hdf5, mat, picture_list, stack, zarr

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
    """Write data in every format that is read from files; return the paths."""
    pixels = np.arange(12 * 8 * 8, dtype=np.uint8).reshape(12, 8, 8)
    np.save(folder / "x.npy", pixels)
    np.savez_compressed(folder / "x.npz", x=pixels, y=np.arange(12) % 3)
    header = struct.pack(">IIII", 0x803, *pixels.shape)
    (folder / "x.gz").write_bytes(gzip.compress(header + pixels.tobytes()))
    pictures = folder / "pictures"
    pictures.mkdir()
    for number, suffix in enumerate(("png", "jpg", "tif", "webp")):
        Image.fromarray(pixels[number]).save(pictures / f"{number}.{suffix}")
    names = ["x.npy", "x.npz", "x.gz", "pictures"]
    for made in (hdf5, mat, zarr, stack, archive, picture_list):
        at = folder / made.__name__
        at.mkdir()
        names += [f"{made.__name__}/{path.name}" for path in made(at)]
    table = pa.table({"length": np.arange(60) / 7, "kind": ["a", "b", "c"] * 20})
    pa.parquet.write_table(table, folder / "x.parquet")
    table.to_pandas().to_excel(folder / "x.xlsx", index=False)
    times = [f"2024-01-{1 + hour // 24:02} {hour % 24:02}:00" for hour in range(480)]
    columns = {
        "x.csv": ["length,kind", *(f"{row / 7:.3f},{'abc'[row % 3]}" for row in range(60))],
        "x.txt": [f"{'aeiou'[row % 5]}{'bcdfg'[row // 5 % 5]}nna" for row in range(60)],
        "series.csv": ["time,load", *(f"{time},{len(time)}" for time in times)],
        "x.arff": [
            "@relation x",
            "@attribute a numeric",
            "@data",
            *(f"{row / 7:.2f}" for row in range(60)),
        ],
        "x.ts": ["@problemName x", "@classLabel false", "@data", *["1,2,3,4,5"] * 20],
    }
    for name, lines in columns.items():
        (folder / name).write_text("\n".join(lines))
    scipy.io.wavfile.write(folder / "x.wav", 8000, np.zeros(4000, np.int16))
    return [str(folder / name) for name in (*names, "x.parquet", "x.xlsx", "x.wav", *columns)]


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
