"""Everything that has to hold, in one command: ``python -m tests [pytest's arguments]``.

Style, types and import contracts first, because they fail fast; then the test suite, whose own
closing line comes last. The exit code is 0 only if every step passed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

STEPS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-cache"],
}


def main() -> int:
    """Run every step, even after a failure, and return the exit code."""
    # The tools of this very environment, also where it has not been activated.
    tools = Path(sys.executable).parent
    failed = [name for name, command in STEPS.items() if not _run(name, tools, command)]
    print(f"== before the tests: {', '.join(failed) + ' FAILED' if failed else 'all passed'}")
    print("== pytest", flush=True)
    # A process for each processor; whoever has nothing left takes over tests of another.
    pytest = [sys.executable, "-m", "pytest", "-n", "logical", "--dist", "worksteal", *sys.argv[1:]]
    return subprocess.call(pytest, cwd=REPOSITORY) or bool(failed)


def _run(name: str, tools: Path, command: list[str]) -> bool:
    print(f"== {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    code = subprocess.call([tools / command[0], *command[1:]], cwd=REPOSITORY)
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
