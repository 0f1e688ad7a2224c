"""What pyproject.toml asks for is what the program imports, no more and no less."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.source import FILES, REPOSITORY, parsed

#: Asked for without being imported: torch's ONNX exporter is built on the first, and the second
#: brings the files of the built-in samples.
INDIRECT = {"onnxscript", "scikit-learn"}


def imported() -> set[str]:
    """Top-level names of everything that any file of the program imports."""
    found: set[str] = set()
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"aestudio"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = (re.match(r"[\w.-]+", line) for line in project["dependencies"])
    return {normal(match.group()) for match in names if match}


def used() -> set[str]:
    distributions = packages_distributions()
    return {normal(distributions.get(name, [name])[0]) for name in imported()}


def test_everything_imported_is_asked_for() -> None:
    assert used() - declared() == set()


def test_everything_asked_for_is_imported() -> None:
    assert declared() - used() - INDIRECT == set()
