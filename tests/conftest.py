"""What every test gets: a home of its own, capped threads, and a watch for what it leaves behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before numpy, torch and Qt are imported: they read these once. One thread per process keeps
# results equal between processes and lets several test processes share the computer.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

REPOSITORY = Path(__file__).resolve().parents[1]

settings.register_profile(
    "fast", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", parent=settings.get_profile("fast"), derandomize=True, database=None
)
settings.load_profile("ci" if os.environ.get("CI") else "fast")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets that lies beside the checkout; skips where there is none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not at {os.path.relpath(folder, REPOSITORY)}")
    return folder


# --- a home of its own ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory,
    _session_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Point the home, settings and runs folders at an empty place, for this test and its children.

    The cache folder is shared by the session: fonts are found again there.
    """
    home = tmp_path_factory.mktemp("home")
    for variable, name in {
        "HOME": "",
        "USERPROFILE": "",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
        "AESTUDIO_RUNS": "runs",
    }.items():
        monkeypatch.setenv(variable, str(home / name))
    monkeypatch.setenv("XDG_CACHE_HOME", str(_session_cache))
    monkeypatch.delenv("AESTUDIO_FAILPOINT", raising=False)
    return home


# --- nothing is left behind -----------------------------------------------------------------------

_PATIENCE_S = 3.0
#: Started by the standard library once per process and ended with it.
_STANDARD_HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


@pytest.fixture(autouse=True)
def nothing_left_running(isolated_home: Path) -> Iterator[None]:
    """Fail the test that leaves a thread or a child process behind."""
    threads = set(threading.enumerate())
    children = _child_processes()
    yield
    deadline = time.monotonic() + _PATIENCE_S
    for thread in _own_threads() - threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [f"thread {thread.name}" for thread in _own_threads() - threads]
    while (new := _child_processes() - children) and time.monotonic() < deadline:
        time.sleep(0.01)
    left += [f"child process {pid}: {_command_line(pid)}" for pid in new]
    if left:
        pytest.fail(f"left running: {', '.join(left)}", pytrace=False)


def _own_threads() -> set[threading.Thread]:
    # A dummy stands for a thread that Python did not start, such as Qt's.
    return {
        thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
    }


def _child_processes() -> set[int]:
    """Ids of the direct children, ended but unclaimed ones included; empty without /proc."""
    found: set[int] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in listing.read_text().split())
        except FileNotFoundError:  # the thread has ended meanwhile
            continue
    return {
        pid for pid in found if not any(name in _command_line(pid) for name in _STANDARD_HELPERS)
    }


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip() or "(ended)"
    except OSError:
        return "(ended)"


# --- opening a file never runs code from it -------------------------------------------------------

_FORBIDDEN_EVENTS = frozenset(
    {
        "pickle.find_class",
        "os.system",
        "os.exec",
        "os.startfile",
        "socket.connect",
        "socket.getaddrinfo",
    }
)
_heard: list[str] = []


def _listen(event: str, args: tuple[object, ...]) -> None:
    if event in _FORBIDDEN_EVENTS:
        _heard.append(f"{event}{args!r}")


# A hook cannot be removed again, so there is one for the whole session and a list that tests clear.
sys.addaudithook(_listen)


@pytest.fixture(autouse=True)
def no_code_from_files(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test in which code was loaded or a network used while it opened files.

    Holds for the rooms that read files and for every test marked ``opens_files``.
    """
    rooms = [REPOSITORY / "tests" / room for room in ("data", "runs")]
    is_watched = any(request.path.is_relative_to(room) for room in rooms)
    is_watched = is_watched or request.node.get_closest_marker("opens_files") is not None
    _heard.clear()
    yield
    if _heard and is_watched:
        pytest.fail(f"forbidden while opening files: {'; '.join(_heard)}", pytrace=False)
