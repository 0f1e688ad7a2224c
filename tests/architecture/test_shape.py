"""Small files with one idea each, named for that idea, and saying what they are for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import FILES, PACKAGE, module_name, parsed, shown

MAX_LINES = 400
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "manager", "common", "tools", "stuff"}


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_is_short_or_says_why_not(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    reason = re.search(r"long(er)?\b.*\bbecause\b", "\n".join(lines[:30]), re.IGNORECASE)
    assert len(lines) <= MAX_LINES or reason, (
        f"{len(lines)} lines: split it, or say at its top 'Long because ...'"
    )


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_module_is_named_for_an_idea(path: Path) -> None:
    words = set(module_name(path).replace("_", ".").split("."))
    assert words.isdisjoint(EMPTY_NAMES)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(parsed(path)) or ""
    assert docstring, "no docstring"
    assert docstring.splitlines()[0].rstrip().endswith((".", ":", "?")), (
        "the first line is no sentence"
    )


def test_every_folder_of_the_program_is_a_package() -> None:
    folders = {path.parent for path in FILES}
    assert {shown(folder) for folder in folders if not (folder / "__init__.py").is_file()} == set()


def test_the_map_in_the_package_names_every_room() -> None:
    described = ast.get_docstring(parsed(PACKAGE / "__init__.py")) or ""
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", described)} == set()
