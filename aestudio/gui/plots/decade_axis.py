"""An axis whose logarithmic numbers do not lie on top of each other."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

#: What is told of each decade; the ticks between go without a number.
_TOLD = (1, 2, 5)


class DecadeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Names 1, 2 and 5 of each decade, where pyqtgraph names all nine."""

    def logTickStrings(
        self, values: list[float], scale: float, spacing: float | None
    ) -> list[str | None]:
        strings: list[str | None] = super().logTickStrings(values, scale, spacing)
        if spacing is not None:
            return strings
        leading = np.rint(10.0 ** np.mod(np.round(values, 9), 1.0))
        return [
            text if digit in _TOLD else None for text, digit in zip(strings, leading, strict=True)
        ]
