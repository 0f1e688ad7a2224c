"""How smoothly all pictures of a dataset can be scrolled through.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_browse.py MNIST_FOLDER

The data sheet stands in a window of 1280 x 720. First the wheel turns through all samples, then the
scroll bar is dragged to places that were never drawn, then back to some that were. The clock starts
when the bar is moved and stops when the window has painted and the display has been told.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable

import numpy as np
from PySide6.QtWidgets import QApplication

from aestudio.data.options import DataOptions
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data_sheet import DataSheet
from aestudio.gui.workspaces.sheet_content import describe
from aestudio.workflows.inspection import inspect

NUM_FRAMES = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    given = parser.parse_args()
    app = QApplication([])
    theme = Theme()
    theme.follow_system(app)
    options = DataOptions(source=given.data)
    started = time.perf_counter()
    dataset = inspect(given.data, options).dataset
    content = describe(dataset)
    print(f"read, examined and described in {time.perf_counter() - started:.2f} s")
    sheet = DataSheet(theme)
    sheet.resize(1280, 720)
    sheet.show_content(content, options)
    sheet.show()
    for _ in range(10):
        app.processEvents()
    bar = sheet.samples.grid.verticalScrollBar()
    print(f"{dataset.num_samples:,} samples, {bar.maximum():,} points high")
    step = bar.singleStep()
    places = np.random.default_rng(0).integers(0, bar.maximum(), NUM_FRAMES // 4)
    report("turning the wheel", frames(app, bar.setValue, range(0, NUM_FRAMES * step, step)))
    report("dragging to new places", frames(app, bar.setValue, places.tolist()))
    report("and back to known ones", frames(app, bar.setValue, places[::-1].tolist()))


def frames(app: QApplication, move: object, values: Iterable[int]) -> list[float]:
    """Return the milliseconds of each frame."""
    assert callable(move)
    waits = []
    for value in values:
        started = time.perf_counter()
        move(value)
        app.processEvents()
        app.sync()
        waits.append(1000 * (time.perf_counter() - started))
    return waits


def report(what: str, waits_ms: list[float]) -> None:
    p50, p99 = np.percentile(waits_ms, (50, 99))
    print(f"{what}: median {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(waits_ms):.1f} ms")


if __name__ == "__main__":
    main()
