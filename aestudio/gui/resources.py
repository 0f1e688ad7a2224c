"""Where icons and theme pictures are, in a wheel and in an editable install alike."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path


@cache
def resources_folder() -> Path:
    """Return the folder that holds ``icons/`` and ``themes/``.

    A wheel installs it as the package ``aestudio_resources``; an editable install has it beside
    the package, at the root of the project.
    """
    spec = importlib.util.find_spec("aestudio_resources")
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(__file__).resolve().parents[2] / "resources"


def resource(*parts: str) -> Path:
    """Return the path of one shipped file, for example ``resource("icons", "play.svg")``."""
    return resources_folder().joinpath(*parts)
