"""Durations in words."""

from __future__ import annotations

import pytest

from aestudio.gui.durations import clock, spoken


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (41, "0:41"), (725, "12:05"), (11099, "3:04:59")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (7.4, "7 s"), (41, "40 s"), (200, "3 min"), (7200, "2.0 h")]
)
def test_spoken(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
