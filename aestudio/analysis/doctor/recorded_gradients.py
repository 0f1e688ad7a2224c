"""What the gradients that were recorded during training tell: jumps, and layers left behind.

Shapes: G steps whose gradients are on record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aestudio.analysis.doctor.evidence import Curves, Floats

#: Steps on record that tell what is usual just then; the loss falls, and gradients with it.
_WINDOW = 16


@dataclass(frozen=True, slots=True)
class Jump:
    """The norm of one layer's gradient at one step, and the median of those just before."""

    layer: str
    step: int
    norm: float
    usual: float

    @property
    def ratio(self) -> float:
        return self.norm / self.usual


def largest_jump(curves: Curves) -> Jump | None:
    """Return where a gradient was most above what it had been; None where too little is on record.

    The first steps have nothing to be compared with, and are passed over.
    """
    jumps = (_jump_of(layer, norms, curves) for layer, norms in curves.gradients.items())
    return max((jump for jump in jumps if jump), key=lambda jump: jump.ratio, default=None)


def late_norms(curves: Curves) -> dict[str, float]:
    """Return the median norm of each layer's gradient in the last quarter of what is on record.

    Layers without any are left out.
    """
    found = {}
    for layer, norms in curves.gradients.items():
        late = norms[-max(1, len(norms) // 4) :]
        late = late[np.isfinite(late) & (late > 0)]
        if len(late):
            found[layer] = float(np.median(late))
    return found


def _jump_of(layer: str, norms_G: Floats, curves: Curves) -> Jump | None:
    is_known = np.isfinite(norms_G) & (norms_G > 0)
    norms, steps = norms_G[is_known], curves.gradient_steps[is_known]
    if len(norms) <= _WINDOW:
        return None
    before = np.lib.stride_tricks.sliding_window_view(norms[:-1], _WINDOW)
    usual = np.median(before, axis=1)
    place = int(np.argmax(norms[_WINDOW:] / usual))
    at = _WINDOW + place
    return Jump(layer, int(steps[at]), float(norms[at]), float(usual[place]))
