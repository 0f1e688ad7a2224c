"""Whether a window can be opened, asked before Qt would abort."""

from __future__ import annotations

import sys

import pytest

from aestudio.errors import FailureError
from aestudio.gui import display_check

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have a display")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(display_check.ctypes.util, "find_library", lambda name: f"lib{name}.so")


def test_no_display_is_said_with_a_way_out() -> None:
    with pytest.raises(FailureError, match="no display") as caught:
        display_check.check_display()
    assert "aestudio demo" in caught.value.next_step


def test_missing_libraries_are_named_in_one_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(
        display_check.ctypes.util,
        "find_library",
        lambda name: None if name in ("xcb-cursor", "xcb-icccm") else name,
    )
    with pytest.raises(FailureError) as caught:
        display_check.check_display()
    assert caught.value.next_step.endswith("apt install libxcb-cursor0 libxcb-icccm4")


@pytest.mark.parametrize(
    "variables",
    [{"QT_QPA_PLATFORM": "offscreen"}, {"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}],
)
def test_a_usable_place_passes(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    display_check.check_display()
