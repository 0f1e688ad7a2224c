"""The colours of the light and the dark theme.

Text reaches a contrast of 4.5:1 and the border of a control 3:1 against what they stand on
(WCAG 2.2, success criteria 1.4.3 and 1.4.11); a test measures every pair.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

#: Okabe and Ito's colour-blind-safe palette, https://jfly.uni-koeln.de/color/; the last one stands
#: for their black, which a dark background would swallow.
_BLUE, _ORANGE, _GREEN, _VERMILLION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
_SKY, _PURPLE, _YELLOW = "#56b4e9", "#cc79a7", "#f0e442"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """Every colour that the window uses, as ``#rrggbb``."""

    window: str
    panel: str
    raised: str
    text: str
    muted_text: str
    accent: str
    accent_hover: str
    accent_text: str
    accent_soft: str
    border: str
    control_border: str
    plot_background: str
    plot_foreground: str
    grid: str
    good: str
    warning: str
    error: str
    series: tuple[str, ...]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


LIGHT = Colors(
    window="#f3f5f8",
    panel="#ffffff",
    raised="#e9edf3",
    text="#18202c",
    muted_text="#566072",
    accent="#1f5fd0",
    accent_hover="#184fb0",
    accent_text="#ffffff",
    accent_soft="#e3ecfc",
    border="#d8dee8",
    control_border="#828b9c",
    plot_background="#ffffff",
    plot_foreground="#3a4454",
    grid="#e4e8ef",
    good="#0f7a55",
    warning="#8a5a00",
    error="#b3261e",
    series=(_BLUE, _ORANGE, _GREEN, _VERMILLION, _SKY, _PURPLE, _YELLOW, "#18202c"),
)

DARK = Colors(
    window="#15181d",
    panel="#1d2127",
    raised="#282d36",
    text="#e7eaf0",
    muted_text="#a3acba",
    accent="#7fb0ff",
    accent_hover="#a3c6ff",
    accent_text="#0c1a33",
    accent_soft="#24344f",
    border="#333a45",
    control_border="#717b8b",
    plot_background="#191d22",
    plot_foreground="#c3cad5",
    grid="#2c323b",
    good="#57c99b",
    warning="#e6b04d",
    error="#ff8a80",
    series=("#2583cc", _ORANGE, "#12a97c", "#e8662a", "#93d4f7", _PURPLE, _YELLOW, "#f4f6fa"),
)
