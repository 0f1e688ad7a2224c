"""The watches that every test stands under do catch what they are there for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import REPOSITORY

MISBEHAVING = """
import os, pickle, subprocess, threading
import pytest

stop = threading.Event()

class Gadget:
    pass

def test_leaves_a_thread():
    threading.Thread(target=stop.wait, name="forgotten", daemon=True).start()

def test_leaves_a_process(request):
    child = subprocess.Popen(["sleep", "60"])
    request.session.addfinalizer(lambda: (child.kill(), child.wait()))

@pytest.mark.opens_files
def test_loads_code():
    pickle.loads(pickle.dumps(Gadget()))

def test_has_a_home_of_its_own():
    assert os.listdir(os.environ["HOME"]) == []
    assert os.environ["AESTUDIO_RUNS"].startswith(os.environ["HOME"])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="child processes are seen through /proc")
def test_misbehaving_tests_are_caught(tmp_path: Path) -> None:
    (tmp_path / "test_misbehaving.py").write_text(MISBEHAVING)
    (tmp_path / "conftest.py").write_text(
        "import tests.conftest as rules\n"
        "rules._PATIENCE_S = 0.2\n"
        "from tests.conftest import *\n"
        "from tests.conftest import _session_cache\n"
    )
    configuration = ["-c", str(REPOSITORY / "pyproject.toml"), "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *configuration, "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        cwd=tmp_path,
        timeout=110,
    )
    assert "left running: thread forgotten" in done.stdout
    assert "left running: child process" in done.stdout
    assert "sleep 60" in done.stdout
    assert "forbidden while opening files: pickle.find_class" in done.stdout
    assert "4 passed, 3 errors" in done.stdout
