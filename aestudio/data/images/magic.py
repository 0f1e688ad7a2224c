"""Telling the six allowed picture formats by their first bytes."""

from __future__ import annotations

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    # BigTIFF, for files beyond four gigabytes.
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)

#: Names that promise a picture.
IMAGE_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff",
)  # fmt: skip


def image_format(head: bytes) -> str | None:
    """Return Pillow's name of the format that begins like ``head`` (12 bytes are enough)."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((form for beginning, form in _BEGINNINGS if head.startswith(beginning)), None)
