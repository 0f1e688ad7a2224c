"""The window, as the command line sees it.

The command line does not import the window: the program's entry hands it over, so that everything
here runs, and is tested, on computers without Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class RunApp(Protocol):
    """Open the window; return the exit code when it has been closed."""

    def __call__(self, *, demo: bool = False, open_path: str | None = None) -> int: ...


class TakeScreenshots(Protocol):
    """Draw every workspace, or what each type learns, after short trainings on ``source``."""

    def __call__(
        self,
        folder: Path,
        *,
        size: tuple[int, int],
        scale: float,
        theme: Literal["light", "dark"],
        source: str = "digits",
        types: bool = False,
        epochs: int | None = None,
    ) -> list[Path]: ...


@dataclass(frozen=True, slots=True)
class Window:
    """What can be asked of the window."""

    #: Raises a StudioError that says what is missing when no window can be opened here.
    check: Callable[[], None]
    run: RunApp
    screenshots: TakeScreenshots
