"""The path between two codes: its ends, its form, and how far along it one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from aestudio.analysis.interpolation import Method, interpolate
from aestudio.gui.plots.decoding import Decoder

Floats = npt.NDArray[np.float32]

ENDS = ("A", "B")
#: The slider's steps from A to B.
POSITIONS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """An end of the path.

    One that is a ``sample`` (1, *shape) moves as the encoder learns; one that is a bare ``code``
    (L,) stays where it was put.
    """

    name: str
    sample: npt.NDArray[np.generic] | None = None
    code: Floats | None = None


class CodePath(QObject):
    """A and B and the way between; ``changed`` tells when any of it is another."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._anchors: dict[str, Anchor] = {}
        self._next = "A"
        self._method: Method = "linear"
        self._position = POSITIONS // 2

    @property
    def next_end(self) -> str:
        """The end that the next choice sets."""
        return self._next

    @property
    def method(self) -> Method:
        return self._method

    @property
    def position(self) -> int:
        """From 0, at A, to ``POSITIONS``, at B."""
        return self._position

    def anchor(self, end: str) -> Anchor | None:
        return self._anchors.get(end)

    def clear(self) -> None:
        self._anchors.clear()
        self._next = "A"
        self.changed.emit()

    def set_next_end(self, end: str) -> None:
        if end != self._next:
            self._next = end
            self.changed.emit()

    def choose(self, anchor: Anchor) -> None:
        """Take this as the next end; then it is the other one's turn."""
        self._anchors[self._next] = anchor
        self._next = "B" if self._next == "A" else "A"
        self.changed.emit()

    def set_method(self, method: Method) -> None:
        if method != self._method:
            self._method = method
            self.changed.emit()

    def set_position(self, position: int) -> None:
        if position != self._position:
            self._position = position
            self.changed.emit()

    def code_of(self, end: str, model: Decoder) -> Floats | None:
        """The code (L,) of one end as the model now sees it; None while it is not chosen."""
        anchor = self._anchors.get(end)
        if anchor is None:
            return None
        if anchor.sample is not None:
            return np.asarray(model.encode(anchor.sample)[0])
        return anchor.code

    def codes(self, a_L: Floats, b_L: Floats, num_steps: int) -> Floats:
        """(num_steps, L) codes from A to B."""
        return interpolate(a_L, b_L, num_steps, self._method)
