"""The files that ship with the program: icons, themes, lessons.

An installed wheel carries them as ``aestudio_resources``; in a checkout (an editable install
included) they are the folder ``resources`` beside the package, so that an edit shows at once.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from aestudio.errors import FailureError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def folder() -> Traversable:
    """Return the folder that holds every shipped file."""
    try:
        return files("aestudio_resources")
    except ModuleNotFoundError:
        return files("aestudio").joinpath("..", "resources")


def asset(name: str) -> Traversable:
    """Return one shipped file or folder, such as ``icons/play.svg``.

    Raises
    ------
    FailureError
        The installation lacks it.
    """
    found = folder().joinpath(*name.split("/"))
    if not (found.is_file() or found.is_dir()):
        raise FailureError(
            "this part of the program is missing.",
            subject=f"resources/{name}",
            next_step="Install AE Studio again.",
        )
    return found


def read_bytes(name: str) -> bytes:
    """Return the content of one shipped file; raises as :func:`asset` does."""
    return asset(name).read_bytes()


def read_text(name: str) -> str:
    """Return the content of one shipped text file; raises as :func:`asset` does."""
    return asset(name).read_text(encoding="utf-8")
