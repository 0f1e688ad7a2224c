"""How a camera was held, and pictures turned upright again.

Source: Exif 2.32, section 4.6.4, tag 274; the same number stands in TIFF files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[Any]

ORIENTATION_TAG = 274
_UPRIGHT = 1
_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TURNED: dict[int, Callable[[Array], Array]] = {
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1),
    6: lambda x: np.rot90(x, -1),
    7: lambda x: x[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}


def known_orientation(stored: Any) -> int:
    """Return what a file says, 1 to 8; pictures of which it says nothing known are upright, 1."""
    return int(stored) if stored in _TURNED else _UPRIGHT


def is_on_its_side(orientation: int) -> bool:
    """Whether width and height change places when the picture is turned."""
    return orientation >= 5


def upright_image(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture as it was seen."""
    turn = _TRANSPOSED.get(orientation)
    return image if turn is None else image.transpose(turn)


def upright_array(pixels_HWC: Array, orientation: int) -> Array:
    """Return (H, W, C) as it was seen, perhaps (W, H, C)."""
    return _TURNED[orientation](pixels_HWC)
