"""Where decoded pictures go as they arrive: an array in memory, or a file.

Every picture has its place, and those that turn out to be damaged leave gaps, which are closed in
the end. Shapes: N pictures, C channels, H height, W width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from aestudio.data.images.plan import ImagePlan


class PixelStore(Protocol):
    """Takes pictures in any order."""

    def begin(self, plan: ImagePlan, num_pictures: int) -> None:
        """Make place for so many pictures of this form; what was there before is lost."""

    def put(self, place: int, pixels: bytes) -> None:
        """Keep one picture, or several that follow each other, from ``place`` on."""

    def close_gaps(self, kept: Sequence[int]) -> None:
        """Move the pictures at these places, which ascend, to the front, and forget the others."""


class PixelArray:
    """Pictures in memory."""

    def __init__(self) -> None:
        #: (N, C, H, W)
        self.x: npt.NDArray[Any] = np.empty((0, 1, 1, 1))

    def begin(self, plan: ImagePlan, num_pictures: int) -> None:
        shape = (num_pictures, plan.channels, plan.height, plan.width)
        self.x = np.empty(shape, dtype=plan.numbers)

    def put(self, place: int, pixels: bytes) -> None:
        some = np.frombuffer(pixels, dtype=self.x.dtype).reshape(-1, *self.x.shape[1:])
        self.x[place : place + len(some)] = some

    def close_gaps(self, kept: Sequence[int]) -> None:
        for place, former in enumerate(kept):
            if place != former:
                self.x[place] = self.x[former]
        self.x = self.x[: len(kept)]


class PixelFile:
    """Pictures in a file that is open for reading and writing, one after the other."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._picture_bytes = 1

    def begin(self, plan: ImagePlan, num_pictures: int) -> None:
        self._picture_bytes = plan.num_bytes
        self._file.truncate(0)

    def put(self, place: int, pixels: bytes) -> None:
        self._file.seek(place * self._picture_bytes)
        self._file.write(pixels)

    def close_gaps(self, kept: Sequence[int]) -> None:
        for place, former in enumerate(kept):
            if place != former:
                self._file.seek(former * self._picture_bytes)
                self.put(place, self._file.read(self._picture_bytes))
        self._file.truncate(len(kept) * self._picture_bytes)
