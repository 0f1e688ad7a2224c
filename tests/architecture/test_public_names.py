"""What the package promises by name is what it has."""

from __future__ import annotations

import ast

import aestudio
from tests.architecture.source import PACKAGE, parsed


def defined_names() -> set[str]:
    """Names that the package's own file assigns or defines, imports left out."""
    names: set[str] = set()
    for node in parsed(PACKAGE / "__init__.py").body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return names - {"__all__"}


def test_all_is_what_the_package_defines() -> None:
    public = {name for name in defined_names() if not name.startswith("_")} | {"__version__"}
    assert sorted(aestudio.__all__) == sorted(public)
    assert all(hasattr(aestudio, name) for name in aestudio.__all__)


def test_importing_the_package_is_cheap() -> None:
    # The window appears before torch is there: what runs first may not ask for it.
    imported = [
        alias.name
        for node in parsed(PACKAGE / "__init__.py").body
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    assert imported == ["os"]
