"""Fuzzing led by what is reached: ``python -m tests.hostile.guided SECONDS [TARGET...]``.

Each target gets that many seconds in a process of its own, with limits on memory and time, in which
atheris changes sound files and keeps what reaches a new line of the readers. Formats that are
decoded in another process are decoded in the fuzzed one, where it can be seen; ``--front`` takes the
way that a person's file takes instead, process and all. ``--keep FOLDER`` goes on from what an
earlier time has reached. Small files that fail go into ``corpus``, which the test suite reads.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.oracle import Target, fault_in
from tests.hostile.targets import TARGETS

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"
#: Where writing a file costs no disk.
_QUICK = Path("/dev/shm")
_STARTING_S = 120


@dataclass(slots=True)
class Tally:
    """What became of one target."""

    seconds: float = 0.0
    executions: int = 0
    coverage: int = 0
    #: Times that a file ended the fuzzing process, or took too long: elsewhere, decoders have one of
    #: their own, and the studio lives on.
    num_deaths: int = 0
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        deaths = f", its process was ended {self.num_deaths} times" if self.num_deaths else ""
        return (
            f"{self.seconds:6.0f} s {self.executions:9,} executions {self.coverage:6,} branches, "
            f"{len(self.faults)} faults{deaths}"
        )


def fuzz(target: Target, seconds: float, folder: Path, *, is_front: bool = False) -> Tally:
    """Fuzz one target until time is up, over the deaths of the process."""
    tally = Tally()
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) >= 1:
        started = time.monotonic()
        said = _process(target, folder, round(left), is_front=is_front)
        tally.executions += _last(said, r"stat::number_of_executed_units:\s*(\d+)") or _last(
            said, r"^#(\d+)\s"
        )
        tally.coverage = max(tally.coverage, _last(said, r"cov: (\d+)"))
        tally.seconds += time.monotonic() - started
        if "stat::number_of_executed_units" not in said:
            print(said[-2000:], file=sys.stderr)
            break
    faults = []
    for path in sorted((folder / "faults").iterdir()):
        if path.suffix == ".txt":
            continue
        if re.match(rf"{target.name}-(crash|timeout|oom|leak|slow-unit)-", path.name):
            tally.num_deaths += not path.name.startswith(f"{target.name}-slow")
            if not _fails_for_people(target, path.read_bytes()):
                continue
        faults.append(path.name)
    tally.faults = tuple(faults)
    return tally


def _process(target: Target, folder: Path, seconds: int, *, is_front: bool) -> str:
    """Run the fuzzing process once; returns what it said."""
    seed = int(time.time()) % 2**31
    command = [sys.executable, "-m", "tests.hostile.guided_process", target.name, str(folder)]
    command += [str(seconds), str(seed), *(["--front"] if is_front else [])]
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                command,
                cwd=REPOSITORY,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds + _STARTING_S,
            )
        except subprocess.TimeoutExpired:
            output.write(b"\nended from outside: it hangs\n")
        output.seek(0)
        return output.read().decode("utf-8", "replace")


def _last(said: str, pattern: str) -> int:
    found = re.findall(pattern, said, re.MULTILINE)
    return int(found[-1]) if found else 0


def _fails_for_people(target: Target, content: bytes) -> bool:
    """Whether a file over which a library dies also does harm where it has a process of its own."""
    with tempfile.TemporaryDirectory(dir=_quick()) as folder:
        way = target.way(content)
        # What is imported when it is first needed is not the file's fault.
        fault_in(target, target.seeds[0], Path(folder), way)
        return bool(fault_in(target, content, Path(folder), way))


def _quick() -> Path | None:
    return _QUICK if _QUICK.is_dir() else None


def main(given: list[str]) -> int:
    """Fuzz the wanted targets one after the other; returns 1 where there are faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.guided")
    parser.add_argument("seconds", type=float)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--front", action="store_true")
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args(given)
    if importlib.util.find_spec("atheris") is None:
        print("This takes atheris: pip install 'aestudio[fuzz]' (Linux).")
        return 2
    num_faults = 0
    for name in wanted.targets or TARGETS:
        with tempfile.TemporaryDirectory(prefix="guided-", dir=_quick()) as temporary:
            folder = (wanted.keep or Path(temporary)) / name
            shutil.rmtree(folder / "faults", ignore_errors=True)
            tally = fuzz(TARGETS[name], wanted.seconds, folder, is_front=wanted.front)
            for fault in tally.faults:
                shutil.copy(folder / "faults" / fault, CORPUS)
                told = (folder / "faults" / fault).with_suffix(".txt")
                print(f"{CORPUS / fault}: {told.read_text() if told.exists() else ''}")
        num_faults += len(tally.faults)
        print(f"{name:8} {tally}", flush=True)
    return int(num_faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
