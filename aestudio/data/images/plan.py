"""What crosses the pipe to the image helper and back, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: Pictures with more pixels than this are not decoded: 100 megapixels, more than cameras give.
MAX_PIXELS = 100_000_000

#: The three number types of pictures, with the value of full brightness.
FULL = {"uint8": 255, "uint16": 65535, "float32": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What one file holds, before it is brought to a common form."""

    #: Pixels, after the camera's orientation is applied.
    width: int
    height: int
    #: 1 grey, 3 colour, 4 colour with transparency.
    channels: int
    #: One of :data:`FULL`.
    numbers: str
    #: Only the first of several pictures in the file is read.
    has_more: bool = False
    #: More than 8 bits a channel were stored, and could not be kept.
    is_reduced: bool = False
    #: Nothing shows through; known only after decoding.
    is_opaque: bool = False
    #: Red, green and blue are equal everywhere; known only after decoding.
    is_colourless: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain values; dataclasses.asdict takes longer than opening a small picture."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """The common form that every file is brought to."""

    width: int
    height: int
    channels: int
    numbers: str
    fit: str
    background: str
    max_pixels: int = MAX_PIXELS

    @property
    def num_bytes(self) -> int:
        """The size of one decoded picture, (C, H, W)."""
        return self.width * self.height * self.channels * np.dtype(self.numbers).itemsize
