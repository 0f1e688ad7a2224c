"""The matrix of hostile files, row by row: ``python -m tests.hostile [ROW...]``.

Every row runs in a process of its own, with limits on memory and time, and without the right to read
what its permissions forbid, which root has. The exit code is 0 only if every row is shown and holds.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.rows import ROWS, Row
from tests.hostile.test_rows import expanded

REPOSITORY = Path(__file__).resolve().parents[2]
TIMEOUT_S = 300
#: Address space of the process of one row; what is really used is much less.
MAX_ADDRESS_BYTES = 16 * 2**30
#: Memory that the process of a row may really use at its peak, and each that it starts.
MAX_RESIDENT_MB = 1500
#: What lets root read and search everything, whatever its permissions (linux/capability.h), and
#: the call that takes it away from a process and all that it starts (linux/prctl.h).
_READS_EVERYTHING = (1, 2)
_DROP_FROM_BOUNDING_SET = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    word: str
    num_tests: int = 0
    seconds: float = 0.0
    peak_mb: int = 0
    output: str = ""


def main(wanted: list[str]) -> int:
    """Run the rows, print one line each and the count at the end."""
    rows = [row for row in ROWS if not wanted or row.name in wanted or row.name[0] in wanted]
    outcomes = {}
    for row in rows:
        outcomes[row.name] = outcome = _run(row)
        figures = f"{outcome.num_tests:4} tests {outcome.seconds:6.1f} s {outcome.peak_mb:5} MB"
        print(f"{row.name}  {outcome.word:7} {row.expected:5} {figures}  {row.what}", flush=True)
    for row in rows:
        if outcomes[row.name].word == "FAILED":
            print(f"\n== {row.name}: {row.what}\n{outcomes[row.name].output}")
    counts = {
        word: [name for name, outcome in outcomes.items() if outcome.word == word]
        for word in ("passed", "FAILED", "skipped", "absent")
    }
    print(f"\n{len(counts['passed'])} of {len(rows)} rows pass", end="")
    for word in ("FAILED", "skipped", "absent"):
        print(f"; {word}: {', '.join(counts[word]) or 'none'}", end="")
    print()
    return int(len(counts["passed"]) < len(rows))


def _run(row: Row) -> Outcome:
    if not row.tests:
        return Outcome("absent")
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "tests.hostile.watching",
            "-p", "no:cacheprovider", "--basetemp", f"{folder}/tests",
            "--junitxml", str(report), *expanded(row),
        ]  # fmt: skip
        started = time.monotonic()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                stdout=output,
                stderr=subprocess.STDOUT,
                # The same examples each time.
                env={**os.environ, "CI": "1", "PYTHONFAULTHANDLER": "1", "TMPDIR": folder},
                preexec_fn=_limit,
            )
            code, peak_mb = _wait(process)
            output.seek(0)
            said = output.read().decode("utf-8", "replace")
        seconds = time.monotonic() - started
        num_tests, num_skipped = _counts(report)
    if code != 0 or peak_mb > MAX_RESIDENT_MB:
        word = "FAILED"
        said += f"\nexit code {code}, {peak_mb} MB at the peak (at most {MAX_RESIDENT_MB})"
    else:
        word = "skipped" if num_skipped == num_tests else "passed"
    return Outcome(word, num_tests, seconds, peak_mb, said)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_BYTES, MAX_ADDRESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.getuid() == 0:
        for capability in _READS_EVERYTHING:
            ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Return the exit code and the resident megabytes at the peak, of the row and its children."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used.ru_maxrss // 1024
        if time.monotonic() > deadline:
            process.kill()
            deadline = float("inf")
        time.sleep(0.05)


def _counts(report: Path) -> tuple[int, int]:
    """Return how many tests a report holds, and how many of them were skipped."""
    if not report.is_file():
        return 0, 0
    (suite,) = ElementTree.parse(report).getroot().iter("testsuite")
    return int(suite.get("tests", "0")), int(suite.get("skipped", "0"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
