"""Whether a window can be opened here at all, asked before Qt would abort the process."""

from __future__ import annotations

import ctypes.util
import os
import sys

from aestudio.errors import FailureError

#: Library that Qt's xcb plugin loads -> Debian's package of it.
_XCB_LIBRARIES = {
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "EGL": "libegl1",
    "GL": "libgl1",
    "dbus-1": "libdbus-1-3",
}
_NEEDS_NO_DISPLAY = ("offscreen", "minimal", "vnc")


def check_display() -> None:
    """Raise :class:`FailureError` when no window can be shown, saying what is missing."""
    if sys.platform != "linux":
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform.startswith(_NEEDS_NO_DISPLAY):
        return
    has_wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    if not has_wayland and not os.environ.get("DISPLAY"):
        raise FailureError(
            "there is no display to open a window on.",
            subject="AE Studio",
            next_step="Start it from a desktop, or use the command line: aestudio demo, aestudio --help.",
        )
    if has_wayland and platform != "xcb":
        return
    missing = missing_libraries()
    if missing:
        raise FailureError(
            f"the system lacks {len(missing)} of the libraries that a window needs.",
            subject="AE Studio",
            next_step=f"Install them, on Debian or Ubuntu with: sudo apt install {' '.join(missing)}",
        )


def missing_libraries() -> list[str]:
    """Return the Debian packages of the shared libraries that cannot be found."""
    return [
        package
        for library, package in _XCB_LIBRARIES.items()
        if ctypes.util.find_library(library) is None
    ]
