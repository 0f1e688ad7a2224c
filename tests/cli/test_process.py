"""The program as a process of its own: exit codes, streams, signals and what it imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

_PROGRAM = [sys.executable, "-m", "aestudio"]


def _start(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*_PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="SIGINT"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM", marks=pytest.mark.slow),
    ],
)
def test_a_signal_stops_training_in_good_order(
    number: int, code: int, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    process = _start(
        *("train", "digits", "--epochs", 5000, "--out", folder, "--json"),
        *("--set", "training.batch_size=512", "--set", "training.map_samples=10"),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("epoch 1/"):
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    values = json.loads(out)
    assert values["status"] == "stopped"
    assert values["epochs"] >= 1
    assert f"aestudio resume {folder}" in err
    assert "Traceback" not in err

    resumed = run("resume", folder, "--epochs", values["epochs"] + 1, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["epochs"] == values["epochs"] + 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_ends_a_comparison_with_what_is_finished(tmp_path: Path) -> None:
    process = _start(
        *("compare", "digits", "--types", "undercomplete,variational", "--epochs", 40),
        *("--set", "training.batch_size=512", "--out", tmp_path),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("variational:"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["undercomplete", "PCA", "Stopped"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_the_exit_code_is_2() -> None:
    process = _start(QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert "display" in err


def test_wrong_usage_has_exit_code_2() -> None:
    process = _start("trian")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="needs a shell with pipes")
def test_a_reader_that_leaves_early_gets_no_complaint() -> None:
    command = f"set -o pipefail; '{sys.executable}' -m aestudio options | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.returncode in (0, 1)
    assert done.stdout.count("\n") == 1


def test_quick_commands_import_neither_torch_nor_qt() -> None:
    program = """
import sys
from aestudio.cli.app import main
from aestudio.cli.doors import Window
window = Window(check=None, run=None, screenshots=None)
for arguments in (["--help"], ["--version"], ["samples"], ["runs"], ["info", "digits"]):
    assert main(arguments, window) == 0, arguments
heavy = {"torch", "PySide6", "sklearn", "scipy", "pandas", "onnx"} & set(sys.modules)
print("heavy:", sorted(heavy), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "heavy: []"
