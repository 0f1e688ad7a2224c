"""The entry of the program hands the real window over, and says when it cannot be loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from aestudio import __main__ as entry
from aestudio.errors import InputError


def test_the_entry_passes_its_arguments_and_exit_code_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["aestudio", "trian"])
    monkeypatch.setattr("faulthandler.enable", lambda: None)
    assert entry.main() == 2
    assert "trian" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["aestudio.gui.app", "aestudio.gui.screenshots"])
def test_a_window_that_cannot_be_loaded_is_explained(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in the table of modules makes the import fail, as a missing shared library does.
    monkeypatch.setitem(sys.modules, module, None)
    options = {"size": (800, 600), "scale": 1.0, "theme": "light"}
    attempts = {
        "aestudio.gui.app": lambda: entry._run_app(demo=True),
        "aestudio.gui.screenshots": lambda: entry._take_screenshots(tmp_path, **options),
    }
    with pytest.raises(InputError) as caught:
        attempts[module]()
    assert "apt install" in caught.value.next_step
