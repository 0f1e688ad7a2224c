"""Colours for classes that people with a colour-vision deficiency can tell apart.

The first eight are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), in an order that
keeps neighbours apart. More classes repeat them lighter, then darker.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

OKABE_ITO: tuple[tuple[int, int, int], ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
    (240, 228, 66),
    (110, 110, 110),
)
UNLABELLED = (150, 150, 150)


def class_colors(num_classes: int) -> npt.NDArray[np.uint8]:
    """Return (num_classes, 3) colours, distinct up to 24 classes; later ones repeat."""
    base = np.array(OKABE_ITO, dtype=np.float64)
    lighter = base + 0.45 * (255.0 - base)
    darker = 0.6 * base
    colors = np.concatenate([base, lighter, darker])
    return colors[np.arange(num_classes) % len(colors)].round().astype(np.uint8)
