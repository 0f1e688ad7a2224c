"""Files that scikit-learn brings along, read without importing it.

Importing scikit-learn takes seconds on a cold disk; the files take milliseconds.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from aestudio.errors import DataError


def bundled_file(name: str) -> Path:
    """Return the path of a file in scikit-learn's ``datasets`` folder.

    Raises
    ------
    DataError
        This version of scikit-learn keeps the file somewhere else.
    """
    package = importlib.util.find_spec("sklearn")
    if package is not None and package.origin is not None:
        path = Path(package.origin).parent / "datasets" / name
        if path.is_file():
            return path
    raise DataError(
        "scikit-learn, which brings this sample, does not hold it.",
        subject=name,
        next_step="Install it again: pip install --force-reinstall scikit-learn",
    )
