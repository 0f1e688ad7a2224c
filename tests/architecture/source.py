"""The program's source files, as the rules see them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "aestudio"
FILES = sorted(PACKAGE.rglob("*.py"))


def shown(path: Path) -> str:
    """The path of a file as a person would name it."""
    return path.relative_to(REPOSITORY).as_posix()


def module_name(path: Path) -> str:
    """The dotted name under which a file is imported."""
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules(*, without: tuple[str, ...] = ()) -> list[str]:
    """Every module that can be imported; ``without`` names rooms to leave out."""
    names = [module_name(path) for path in FILES if path.name != "__main__.py"]
    left_out = tuple(f"aestudio.{room}" for room in without)
    return [name for name in names if not f"{name}.".startswith(tuple(f"{r}." for r in left_out))]
