"""How smoothly all samples of a dataset can be scrolled through: pictures, series, texts or rows.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_browse.py MNIST_FOLDER
    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/gui_browse.py --rows 1000000

With ``--rows`` a table of so many rows is made: numbers, categories and dates with gaps. The data sheet stands in a window of 1280 x 720. First the wheel turns through all samples, then the
scroll bar is dragged to places that were never drawn, then back to some that were. The clock starts
when the bar is moved and stops when the window has painted and the display has been told. Of a
search and of putting rows in order the whole wait is told.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.data.data_sheet import DataSheet
from aestudio.gui.widgets.data.sample_browser import SampleBrowser
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.workspaces.sheet_content import describe
from aestudio.workflows.datasets.inspection import inspect

NUM_FRAMES = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", default="digits")
    parser.add_argument("--rows", type=int, default=0)
    given = parser.parse_args()
    app = QApplication([])
    theme = Theme()
    theme.follow_system(app)
    options = DataOptions(source=given.data)
    started = time.perf_counter()
    dataset = made_table(given.rows) if given.rows else inspect(given.data, options).dataset
    content = describe(dataset)
    print(f"read, examined and described in {time.perf_counter() - started:.2f} s")
    sheet = DataSheet(theme)
    sheet.resize(1280, 720)
    sheet.show_content(content, options)
    sheet.show()
    for _ in range(10):
        app.processEvents()
    browser = sheet.browser
    sheet.table.setCurrentWidget(sheet.table.rows)
    for _ in range(10):
        app.processEvents()
    bar = browser.view.verticalScrollBar()
    print(f"{dataset.num_samples:,} samples, {bar.maximum():,} points high")
    step = bar.singleStep()
    places = np.random.default_rng(0).integers(0, bar.maximum(), NUM_FRAMES // 4)
    report("turning the wheel", frames(app, bar.setValue, range(0, NUM_FRAMES * step, step)))
    report("dragging to new places", frames(app, bar.setValue, places.tolist()))
    report("and back to known ones", frames(app, bar.setValue, places[::-1].tolist()))
    if isinstance(browser.view, SampleTable):
        heads = browser.view.horizontalHeader()
        down = Qt.SortOrder.DescendingOrder
        orders = [(place, down) for place in range(1, heads.count())]
        report(
            "putting rows in order", frames(app, lambda one: heads.setSortIndicator(*one), orders)
        )
    words = ("1", "2014", "brick", "3.5", "")
    report("searching", frames(app, lambda text: search(browser, text), words))


def search(browser: SampleBrowser, words: str) -> None:
    """Search without the pause in which a person types on."""
    browser.search.setText(words)
    browser.filter()


def made_table(num_rows: int) -> Dataset:
    """Return a table of numbers, categories and dates, of which some cells are missing."""
    random = np.random.default_rng(0)
    kinds = (
        *(Column(f"measure {place}") for place in range(6)),
        Column("colour", ColumnKind.CATEGORICAL, ("red", "white", "brick")),
        Column("seen", ColumnKind.DATE),
    )
    x = random.normal(size=(num_rows, len(kinds))).astype(np.float32)
    x[:, 6] = random.integers(0, 3, num_rows)
    x[:, 7] = 16_000 + random.integers(0, 4000, num_rows)
    x[random.random(x.shape) < 0.05] = np.nan
    names = tuple(column.name for column in kinds)
    return Dataset(
        name="made", kind=Kind.TABLE, x=x, source="/made", columns=kinds, feature_names=names
    )


def frames(app: QApplication, move: object, values: Iterable[object]) -> list[float]:
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
