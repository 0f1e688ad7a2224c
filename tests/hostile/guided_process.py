"""The process in which one target is fuzzed, started by :mod:`tests.hostile.guided`.

Nothing of the studio is imported before atheris (libFuzzer for Python) can put its marks into it.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import pkgutil
import random
import re
import resource
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import atheris

FAULTS = "faults"
#: What is reached in these packages counts as ground gained, and for some targets in others too.
_FOLLOWED = ("aestudio.data", "aestudio.runs")
_FOLLOWED_TOO = {
    "tif": ("tifffile",), "stack": ("tifffile",), "xlsx": ("openpyxl",), "mat": ("scipy.io",),
}  # fmt: skip
_MOST_BYTES = 2**14
_MOST_SECONDS = 10.0
#: What a reader may use of a computer that seems to have this much memory.
_MEMORY_BYTES = 2**30
_MAX_ADDRESS_BYTES = 16 * 2**30
_MAX_RESIDENT_MB = 1500
#: A library that goes round in circles is no fault: elsewhere it has a process, which is ended.
_HANGS_S = 15
#: So that a process does not outlive the one that started it (linux/prctl.h).
_SET_SIGNAL_OF_PARENTS_DEATH = 1
_MINIMISING_S = 20.0


def main(name: str, folder: Path, seconds: int, seed: int, *, is_front: bool) -> None:
    """Fuzz until time is up; faults are written into a folder, everything else is told at the end."""
    ctypes.CDLL(None).prctl(_SET_SIGNAL_OF_PARENTS_DEATH, signal.SIGKILL)
    with atheris.instrument_imports(include=[*_FOLLOWED, *_FOLLOWED_TOO.get(name, ())]):
        for package in _FOLLOWED:
            _import_all(package)
        from tests.hostile.in_process import decoding_in_process
        from tests.hostile.minimising import minimised
        from tests.hostile.oracle import fault_in
        from tests.hostile.targets import TARGETS
    target = TARGETS[name]
    place = folder / "place"
    corpus, faults = folder / "corpus", folder / FAULTS
    for made in (corpus, faults):
        made.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(content)
    sizes: dict[str, int] = {}
    _limit()

    def said(content: bytes) -> str:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return fault_in(target, content, place, target.way(content), _MOST_SECONDS)

    def attempt(content: bytes) -> None:
        if not content:
            return
        told = said(content)
        if not told:
            return
        signature = _signature(told)
        if signature not in sizes:
            deadline = time.monotonic() + _MINIMISING_S
            content = minimised(
                content,
                lambda smaller: _signature(said(smaller)) == signature,
                is_over=lambda: time.monotonic() > deadline,
            )
        if len(content) < sizes.get(signature, sys.maxsize):
            sizes[signature] = len(content)
            stem = f"{name}-{signature}"
            (faults / f"{stem}{target.suffix}").write_bytes(content)
            (faults / f"{stem}.txt").write_text(f"way {target.way(content)}\n{told}")

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        return target.rewrap(content, atheris.Mutate, most, random.Random(seed))

    with ExitStack() as stack:
        if not is_front:
            stack.enter_context(decoding_in_process())
            stack.enter_context(warnings.catch_warnings())
        # What is imported when it is first needed shall not count as a file that takes long.
        for content in target.seeds:
            said(content)
        arguments = [
            sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={_MOST_BYTES}",
            f"-rss_limit_mb={_MAX_RESIDENT_MB}", f"-timeout={60 if is_front else _HANGS_S}", "-print_final_stats=1",
            f"-artifact_prefix={faults}/{name}-", "-len_control=0", str(corpus),
        ]  # fmt: skip
        atheris.Setup(arguments, attempt, custom_mutator=mutate)
        atheris.Fuzz()


def _import_all(package: str) -> None:
    """Import every module, the ones too that are imported only when they are needed."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _limit() -> None:
    """Let the computer seem small, and this process be killed rather than the computer freeze."""
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESS_BYTES, _MAX_ADDRESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = os.sysconf

    def answered(what: str | int) -> int:
        page = asked("SC_PAGE_SIZE")
        return _MEMORY_BYTES // page if what == "SC_PHYS_PAGES" else asked(what)

    os.sysconf = answered


def _signature(told: str) -> str:
    """Return a word that is the same for the same fault: what was raised, and where in our code."""
    if not told:
        return ""
    places = re.findall(r'File ".*?/(aestudio|tests)/(.*?)", line (\d+), in (\S+)', told)
    last = told.strip().splitlines()[-1].partition(":")[0].rpartition(".")[2]
    where = "-".join(places[-1][1:3]) if places else ""
    return re.sub(r"\W+", "_", f"{last[:30]} {where}").strip("_")


def _arguments(given: Sequence[str]) -> tuple[str, Path, int, int]:
    name, folder, seconds, seed = given[:4]
    return name, Path(folder), int(seconds), int(seed)


if __name__ == "__main__":
    main(*_arguments(sys.argv[1:]), is_front="--front" in sys.argv)
