"""The plainest PNG files, taken apart here because going through all of Pillow takes thrice as long.

These are pictures of grey or of red, green and blue with 8 bits each, not interlaced, with no part
that could mean anything for the pixels; everything else is left to Pillow, and so is every file
that is damaged, because Pillow then knows what to say. Layout: PNG specification (third edition),
chapters 5 and 11. Lines are unpacked and unfiltered by the same decoder that Pillow itself takes.
"""

from __future__ import annotations

import struct
import zlib

from PIL import Image

#: Files of this size and more are not worth the trouble.
MOST_BYTES = 2**16
_MOST_PIXELS = 2**20

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Length, name, width, height, depth, colour type, compression, filters, interlacing, checksum.
_HEADER = struct.Struct(">I4sIIBBBBBI")
_CHUNK = struct.Struct(">I4s")
_CHECKSUM = struct.Struct(">I")
#: The name and what follows it are what the checksum is of.
_HEADER_CONTENT = slice(12, 29)
_FIRST_CHUNK = 33
_MODES = {0: "L", 2: "RGB"}
#: Of sharpness, gamma, colours, the time and the size on paper: nothing that changes a pixel.
_HARMLESS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"tIME": 7, b"pHYs": 9}


def open_plain(content: bytes) -> Image.Image | None:
    """Decode the whole file of a plain PNG; None for every other, whatever it is."""
    if len(content) < _FIRST_CHUNK or not content.startswith(_SIGNATURE):
        return None
    header = _HEADER.unpack_from(content, len(_SIGNATURE))
    length, name, width, height, depth, colour, compression, filters, interlacing, checksum = header
    mode = _MODES.get(colour)
    if (length, name, depth) != (13, b"IHDR", 8) or mode is None:
        return None
    if compression or filters or interlacing or zlib.crc32(content[_HEADER_CONTENT]) != checksum:
        return None
    if not 0 < width * height <= min(_MOST_PIXELS, Image.MAX_IMAGE_PIXELS or 0):
        return None
    packed = _pixels_of(content)
    if packed is None:
        return None
    try:
        return Image.frombytes(mode, (width, height), packed, "zip", mode)
    except (ValueError, OSError, MemoryError):
        return None


def _pixels_of(content: bytes) -> bytes | None:
    """Return what is compressed, joined; None where the parts are other than plain."""
    position, end = _FIRST_CHUNK, len(content)
    parts: list[bytes] = []
    has_ended = False
    while position + 12 <= end:
        length, name = _CHUNK.unpack_from(content, position)
        start, position = position + 8, position + 12 + length
        if position > end:
            return None
        if name == b"IDAT":
            if has_ended:
                return None
            parts.append(content[start : start + length])
        elif name == b"IEND":
            return b"".join(parts) if length == 0 and position == end and parts else None
        elif _HARMLESS.get(name) == length:
            has_ended = bool(parts)
            (checksum,) = _CHECKSUM.unpack_from(content, position - 4)
            if zlib.crc32(content[start - 4 : start + length]) != checksum:
                return None
        else:
            return None
    return None
