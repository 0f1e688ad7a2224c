"""Where the files that ship with the program are: icons, themes, lessons.

An installed package has them inside, as ``aestudio/resources``; in a checkout (an editable install
included) they are the folder ``resources`` beside the package, so that an edit shows at once.
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
    package = files("aestudio")
    inside = package.joinpath("resources")
    root = inside if inside.is_dir() else package.joinpath("..", "resources")
    # Installers unpack wheels, so that what is found is a real file.
    path = Path(str(root)).joinpath(folder, *names).resolve()
    if not path.exists():
        raise FailureError(
            "this part of the program is missing.",
            subject="/".join(("resources", folder, *names)),
            next_step="Install AE Studio again.",
        )
    return path
