"""How a registry finds what is to be registered: every module of its own folder is imported."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path


@cache
def import_neighbours(registry: str, file: str) -> None:
    """Import every module beside a registry, once: ``import_neighbours(__name__, __file__)``."""
    package = registry.rpartition(".")[0]
    for module in pkgutil.iter_modules([str(Path(file).parent)]):
        importlib.import_module(f"{package}.{module.name}")
