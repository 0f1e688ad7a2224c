"""After a power cut each file is old or new, whatever part of the unforced writes had arrived.

Every system call of a recording is noted. A power cut after the n-th is then played on a model of a
disk that keeps no promise beyond fsync: of what was not forced, any part may be there or not.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aestudio.runs import atomic
from aestudio.runs.folder import RunFolder
from tests.runs.hand_made import train


@dataclass
class File:
    content: bytearray = field(default_factory=bytearray)
    forced: bytes = b""


@dataclass
class Disk:
    """What was done to the disk: names and contents as they are, and as they are forced."""

    root: Path
    names: dict[str, File | None] = field(default_factory=dict)  #: None is a folder
    forced_names: dict[str, File | None] = field(default_factory=dict)
    #: Changes of names since their folder was forced: folder, name, file or "gone".
    waiting: list[tuple[str, str, Any]] = field(default_factory=list)
    open_files: dict[int, File | str] = field(default_factory=dict)

    def key(self, path: Any) -> str:
        return os.path.relpath(path, self.root)

    def apply(self, point: str, arguments: tuple[Any, ...], result: Any) -> None:
        getattr(self, f"_{point}")(*arguments, result=result)

    def _open(self, path: Path, flags: int, *mode: int, result: int) -> None:
        key = self.key(path)
        if flags & os.O_CREAT and key not in self.names:
            self._name(key, File())
        file = self.names.get(key)
        self.open_files[result] = key if file is None else file

    def _write(self, descriptor: int, content: bytes, *, result: int) -> None:
        file = self.open_files[descriptor]
        assert isinstance(file, File)
        file.content += content[:result]

    def _truncate(self, descriptor: int, length: int, *, result: None) -> None:
        file = self.open_files[descriptor]
        assert isinstance(file, File)
        del file.content[length:]

    def _fsync(self, descriptor: int, *, result: None) -> None:
        target = self.open_files[descriptor]
        if isinstance(target, File):
            target.forced = bytes(target.content)
            return
        for folder, key, change in self.waiting:
            if folder == target:
                self._arrive(self.forced_names, key, change)
        self.waiting = [entry for entry in self.waiting if entry[0] != target]

    def _rename(self, source: Path, target: Path, *, result: None) -> None:
        file = self.names[self.key(source)]
        self._name(self.key(target), file)
        self._name(self.key(source), "gone")

    def _unlink(self, path: Path, *, result: None) -> None:
        self._name(self.key(path), "gone")

    def _mkdir(self, path: Path, *, result: None) -> None:
        self._name(self.key(path), None)

    def _name(self, key: str, change: Any) -> None:
        self._arrive(self.names, key, change)
        self.waiting.append((os.path.dirname(key) or ".", key, change))

    @staticmethod
    def _arrive(names: dict[str, File | None], key: str, change: Any) -> None:
        if change == "gone":
            names.pop(key, None)
        else:
            names[key] = change

    def after_power_loss(self, root: Path, chance: random.Random) -> None:
        """Write to ``root`` what a power cut now may leave."""
        names = dict(self.forced_names)
        for _, key, change in self.waiting:
            if chance.random() < 0.5:
                self._arrive(names, key, change)
        for key, file in sorted(names.items()):
            if file is None:
                (root / key).mkdir(parents=True, exist_ok=True)
        for key, file in names.items():
            if file is None or not (root / key).parent.is_dir():
                continue
            content = file.forced
            if content != bytes(file.content):
                content = self._part(file, chance)
            (root / key).write_bytes(content)

    @staticmethod
    def _part(file: File, chance: random.Random) -> bytes:
        """A length of its own and, behind what was forced, anything."""
        length = chance.randint(min(len(file.forced), len(file.content)), len(file.content))
        content = bytearray(file.content[:length])
        if chance.random() < 0.5:
            for position in range(len(file.forced), length):
                content[position] = 0
        return bytes(content)


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[Any]]:
    """Record one run and note every call with its arguments and result."""
    calls: list[Any] = []
    call = atomic.call

    def noted(point: str, function: Callable[..., Any], *arguments: Any) -> Any:
        kept = [bytes(value) if isinstance(value, memoryview) else value for value in arguments]
        result = call(point, function, *arguments)
        calls.append((point, tuple(kept), result))
        return result

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "call", noted)
        train(tmp_path / "disk" / "run", 3)
    return tmp_path / "disk", calls


def check(root: Path) -> str:
    """Return how much of the run is left; fail where something is torn."""
    if not (root / "run" / "run.json").exists():
        return "no run"
    run = RunFolder.open(root / "run")
    assert run.experiment
    assert run.scaling
    checkpoint = run.latest_checkpoint()
    if checkpoint is None:
        return "no state"
    # A state that the manifest names has its part of the curves.
    offset = checkpoint.state["history"]["offset"]
    curves = (root / "run" / "metrics.jsonl").read_bytes()
    assert len(curves) >= offset
    assert run.metrics().steps[: checkpoint.step].tolist() == list(range(1, checkpoint.step + 1))
    return f"step {checkpoint.step}"


def test_a_power_cut_after_any_call_leaves_old_or_new(
    history: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    recorded, calls = history
    disk = Disk(recorded)
    disk.forced_names["."] = disk.names["."] = None
    seen: dict[str, int] = {}
    best = 0
    for number, (point, arguments, result) in enumerate(calls):
        disk.apply(point, arguments, result)
        for attempt in range(3):
            root = tmp_path / f"{number}-{attempt}"
            root.mkdir()
            disk.after_power_loss(root, random.Random(1000 * number + attempt))
            outcome = check(root)
            seen[outcome] = seen.get(outcome, 0) + 1
            step = int(outcome.split()[1]) if outcome.startswith("step") else 0
            # The newest state may have arrived by luck before it was safe; the one before it was.
            assert step >= best - 3, "a state that was safe has gone"
            best = max(best, step)
            shutil.rmtree(root)
    assert set(seen) == {"no run", "no state", "step 3", "step 6", "step 9"}


def test_after_a_power_cut_the_run_resumes_to_the_same_curves(
    history: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    recorded, calls = history
    whole = (recorded / "run" / "metrics.jsonl").read_bytes()
    disk = Disk(recorded)
    disk.forced_names["."] = disk.names["."] = None
    for number, call in enumerate(calls):
        disk.apply(*call)
        if number % 9:
            continue
        root = tmp_path / str(number)
        root.mkdir()
        disk.after_power_loss(root, random.Random(number))
        if check(root) == "no run":
            continue
        train(root / "run", 3)
        assert (root / "run" / "metrics.jsonl").read_bytes() == whole
