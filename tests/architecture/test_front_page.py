"""README.md keeps its word: its commands, links and map are those of the program."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.architecture.source import PACKAGE, REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.+?)\n```", README, re.DOTALL)


def test_the_first_two_commands_install_and_run_and_the_second_is_what_ci_calls() -> None:
    assert COMMANDS[0].endswith(".venv/bin/pip install . && .venv/bin/aestudio demo")
    assert COMMANDS[1].endswith(".venv/bin/python -m tests")
    ci = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert ci.rstrip().endswith(f"\n{COMMANDS[1]}")


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?://)([^)#]+)\)", README))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (REPOSITORY / link).is_file()


def test_the_command_line_knows_every_command_that_is_listed() -> None:
    listed = set(re.findall(r"^aestudio (\w+)", README, re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-m", "aestudio", "--help"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert len(listed) >= 12
    assert {name for name in listed if name not in done.stdout} == set()


def test_the_map_has_every_room() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()} | {
        path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"
    }
    table = README.split("## How the code is organised")[1]
    assert {room for room in rooms if f"`{room}" not in table} == set()


def test_the_licence_is_said() -> None:
    assert "MIT licence" in README
    assert "Permission is hereby granted, free of charge" in README
    assert 'license = "MIT"' in (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
