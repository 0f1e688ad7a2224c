"""Commands run in this process, with what they printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aestudio.cli.app import main
from aestudio.cli.doors import Window
from aestudio.errors import FailureError
from tests.workflows.conftest import digits_run, table_run, tested_data

__all__ = ["digits_run", "table_run", "tested_data"]


@dataclass
class FakeWindow:
    """Notes how it was opened; ``missing`` is why it cannot be."""

    missing: str = ""
    opened: list[dict[str, Any]] = field(default_factory=list)

    def window(self) -> Window:
        return Window(check=self._check, run=self._run, screenshots=self._screenshots)

    def _check(self) -> None:
        if self.missing:
            raise FailureError(self.missing, subject="AE Studio", next_step="Install it.")

    def _run(self, *, demo: bool = False, open_path: str | None = None) -> int:
        self.opened.append({"demo": demo, "open_path": open_path})
        return 0

    def _screenshots(self, folder: Path, **options: Any) -> list[Path]:
        self.opened.append({"folder": folder, **options})
        return [folder / "train.png"]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stdout holds, which has to be one JSON object and nothing else."""
        values = json.loads(self.out)
        assert isinstance(values, dict)
        assert self.out.count("\n") == 1
        return values


Run = Callable[..., Outcome]


@pytest.fixture
def window() -> FakeWindow:
    return FakeWindow()


@pytest.fixture
def run(
    window: FakeWindow,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Return a function that runs ``aestudio`` with arguments; runs go to ``tmp_path/runs``."""
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AESTUDIO_LOGS", str(tmp_path / "logs"))

    def run_command(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments], window.window())
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run_command
