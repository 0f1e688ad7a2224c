"""Starting the program: what is imported before the window is on screen, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from aestudio.autoencoders.registry import types
from aestudio.errors import FailureError
from aestudio.gui.leaving import leave_if_busy
from aestudio.gui.screenshots import take_screenshots

#: Prints what was imported when the window was shown, and its later life, line by line.
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from aestudio.gui import app, main_window

class Window(main_window.MainWindow):
    def load_engine(self):
        heavy = [name for name in {heavy!r} if name in sys.modules]
        print("shown", *heavy, flush=True)
        self.complete.connect(self.report)
        {first}
        super().load_engine()

    def report(self):
        print("ready", flush=True)
        {then}

app.MainWindow = Window
sys.exit(app.run_app({arguments}))
"""
HEAVY = ("torch", "numpy", "pandas", "pyqtgraph", "pydantic", "sklearn", "PIL")
LIMIT_S = 90


def start(
    first: str = "", then: str = "self.close()", arguments: str = ""
) -> subprocess.Popen[str]:
    program = PROGRAM.format(
        heavy=HEAVY, first=first or "pass", then=then or "pass", arguments=arguments
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    return out.splitlines()


def test_the_window_is_shown_before_anything_heavy_is_imported() -> None:
    assert finish(start()) == ["shown", "ready"]


def test_closing_while_the_engine_loads_ends_well() -> None:
    assert finish(start(first="QTimer.singleShot(50, self.close)"))[0] == "shown"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", pytest.param("SIGINT", marks=pytest.mark.slow)])
def test_a_request_to_end_closes_the_window(name: str) -> None:
    process = start(then="")
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            break
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err


@pytest.mark.slow
def test_the_demo_trains_and_closing_it_keeps_the_run(isolated_home: Path) -> None:
    then = "self.train.bridge.opened.connect(lambda run: QTimer.singleShot(0, self.close))"
    assert finish(start(then=then, arguments="demo=True")) == ["shown", "ready"]
    assert list((isolated_home / "runs").glob("*/run.json"))


#: A thread that hears no request to end, and is inside torch when Python finishes.
BUSY = """
import threading, torch
has_begun = threading.Event()

def multiply(_=None):
    x = torch.ones(300, 300, requires_grad=True)
    while True:
        (x @ x).sum().backward()
        has_begun.set()
"""


def test_a_thread_that_is_still_computing_does_not_abort_the_end() -> None:
    program = f"""{BUSY}
from aestudio.gui.leaving import leave_if_busy
print("not flushed yet", end="")
threading.Thread(target=multiply, daemon=True).start()
has_begun.wait()
leave_if_busy(3)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "not flushed yet", "")


def test_leaving_is_left_to_python_where_nothing_is_at_work() -> None:
    assert not any(thread.daemon for thread in threading.enumerate())
    leave_if_busy(3)


@pytest.mark.slow
def test_the_window_closes_well_beside_a_task_that_does_not_answer() -> None:
    then = f"exec({BUSY!r}, globals()); self.background.prepare(multiply, 'busy').start()"
    then += "; has_begun.wait(); self.close()"
    assert finish(start(then=then)) == ["shown", "ready"]


def test_a_segmentation_fault_leaves_a_report(isolated_settings: Path) -> None:
    process = start(then="import faulthandler; faulthandler._sigsegv()")
    process.communicate(timeout=LIMIT_S)
    assert process.returncode != 0
    crash = Path(os.environ["AESTUDIO_LOGS"]) / "crash.txt"
    assert "Segmentation fault" in crash.read_text()


@pytest.mark.slow
def test_every_workspace_is_drawn_at_double_scale(qtbot: QtBot, tmp_path: Path) -> None:
    pictures = take_screenshots(tmp_path, size=(1280, 720), scale=2, theme="dark")
    assert [path.stem.partition("-")[2] for path in pictures] == [
        "start",
        "data",
        "recipe",
        "train",
        "settings",
        "check_up",
        "information",
        "traversals",
        "painting",
        "runs",
        "export",
        "palette",
        "published",
        "compare",
        "compared_maps",
    ]
    for path in pictures:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (2560, 1440)
        colors = {image.pixel(x, y) for x in range(0, 2560, 7) for y in range(0, 1440, 7)}
        assert len(colors) > 20, "an empty picture"


@pytest.mark.slow
def test_each_type_has_a_folder_of_pictures_light_and_dark(qtbot: QtBot, tmp_path: Path) -> None:
    pictures = take_screenshots(tmp_path, size=(800, 450), types=True, epochs=1)
    assert {path.parent.name for path in pictures} == set(types())
    for name in types():
        own = [path.stem for path in pictures if path.parent.name == name]
        light = [stem.removesuffix("-light") for stem in own if stem.endswith("-light")]
        assert len(light) >= 2
        assert own == [f"{stem}-{mode}" for stem in light for mode in ("light", "dark")]
    for path in pictures:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (800, 450)
        is_dark = QColor(image.pixel(2, 2)).lightness() < 128
        assert is_dark == path.stem.endswith("-dark")


def test_what_cannot_be_drawn_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(FailureError, match="no such file"):
        take_screenshots(tmp_path, source=str(tmp_path / "nothing"))
