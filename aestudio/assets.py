"""Where the files that ship with the program are: icons, themes, lessons.

A wheel installs them as ``aestudio_resources``; in a checkout (an editable install included) they
are the folder ``resources`` beside the package, so that an edit shows at once.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aestudio.errors import FailureError


def resource(folder: str, *names: str) -> Path:
    """Return the path of one shipped file or folder: ``resource("icons", "play.svg")``.

    Raises
    ------
    FailureError
        The installation lacks it.
    """
    try:
        root = files("aestudio_resources")
    except ModuleNotFoundError:
        root = files("aestudio").joinpath("..", "resources")
    # One name at a time: on Python 3.11 a folder without __init__.py takes no more. Installers
    # unpack wheels, so what is found is a real file.
    path = Path(str(root.joinpath(folder))).joinpath(*names).resolve()
    if not path.exists():
        raise FailureError(
            "this part of the program is missing.",
            subject="/".join(("resources", folder, *names)),
            next_step="Install AE Studio again.",
        )
    return path
