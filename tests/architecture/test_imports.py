"""Imports point down, Qt stays in the window, and the window does not wait for torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import REPOSITORY, modules

#: Imports every module named on the command line while the packages named first are not there.
PROGRAM = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(f"{name} is not to be imported here", name=name)

sys.meta_path.insert(0, Absent())
failed = []
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append(f"{name}: {error!r}")
print("\\n".join(failed))
"""


def import_without(absent: str, names: list[str]) -> str:
    """Import each module in one new process; return what failed, one line each."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, absent, *names],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_import_contracts_hold() -> None:
    program = "from importlinter.cli import lint_imports_command as check; check()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_but_the_window_imports_without_qt() -> None:
    assert import_without("PySide6,shiboken6,pyqtgraph", modules(without=("gui",))) == ""


@pytest.mark.parametrize("absent", ["torch", "scipy,sklearn"])
def test_the_window_imports_without_the_numerics(absent: str) -> None:
    window = [name for name in modules() if name.startswith("aestudio.gui")]
    assert window
    assert import_without(absent, window) == ""


def test_reading_data_imports_without_torch() -> None:
    rooms = ("aestudio.errors", "aestudio.options", "aestudio.data", "aestudio.preprocess")
    names = [name for name in modules() if name.startswith(rooms)]
    assert import_without("torch,PySide6", names) == ""


def test_the_blocker_blocks() -> None:
    assert "json is not to be imported here" in import_without("json", ["json"])
