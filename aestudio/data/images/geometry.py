"""How a picture is brought to another size: with borders, by cutting or by stretching.

Shrinking averages with a Hamming window and enlarging interpolates between neighbours; neither goes
beyond the values that were there, so nothing has to be clipped.
"""

from __future__ import annotations

from typing import Any

from PIL import Image

#: Widths and heights in this file are in pixels, width first, as in Pillow.
Size = tuple[int, int]


def fit_image(image: Image.Image, size: Size, fit: str, border: Any) -> Image.Image:
    """Bring a picture of any mode to ``size``; ``border`` is the value of a letterbox's borders."""
    if image.size == size:
        return image
    if fit == "stretch":
        return _resized(image, size)
    if fit == "crop":
        return _resized(image, size, _central_box(image.size, size))
    inner = _inner_size(image.size, size)
    canvas = Image.new(image.mode, size, border)
    canvas.paste(_resized(image, inner), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return canvas


def _resized(
    image: Image.Image, size: Size, box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    shrinks = size[0] < image.width or size[1] < image.height
    method = Image.Resampling.HAMMING if shrinks else Image.Resampling.BILINEAR
    return image.resize(size, method, box)


def _inner_size(stored: Size, size: Size) -> Size:
    """Return the largest size of the stored aspect that fits, at least one pixel each way."""
    ratio = min(size[0] / stored[0], size[1] / stored[1])
    return (
        min(size[0], max(1, round(stored[0] * ratio))),
        min(size[1], max(1, round(stored[1] * ratio))),
    )


def _central_box(stored: Size, size: Size) -> tuple[float, float, float, float]:
    """Return the largest box of the wanted aspect around the middle of the stored picture."""
    ratio = min(stored[0] / size[0], stored[1] / size[1])
    # Rounding may put a side a hair beyond the picture, where Pillow refuses to cut.
    width, height = min(size[0] * ratio, stored[0]), min(size[1] * ratio, stored[1])
    left, top = (stored[0] - width) / 2, (stored[1] - height) / 2
    return left, top, min(left + width, stored[0]), min(top + height, stored[1])


def needed_size(stored: Size, size: Size, fit: str) -> Size:
    """Return the size to which a stored picture is scaled before borders or cutting."""
    if fit == "stretch":
        return size
    if fit == "letterbox":
        return _inner_size(stored, size)
    ratio = max(size[0] / stored[0], size[1] / stored[1])
    return max(1, round(stored[0] * ratio)), max(1, round(stored[1] * ratio))
