"""What the header of a picture may claim, given how many bytes there are.

A header of a hundred bytes can claim a hundred million pixels, and some decoders work on them for a
minute before they notice that nothing is there, or fill them with grey.
"""

from __future__ import annotations

import os
from typing import IO

from aestudio.errors import DataError

#: JPEG spends a bit or more on every block of 8 x 8 pixels (ITU-T T.81, F.1.2.1: no Huffman code for
#: the mean of a block is shorter).
JPEG_PIXELS_PER_BYTE = 8 * 64


def refuse_more_pixels(num_pixels: int, most_per_byte: int, stream: IO[bytes]) -> None:
    """Raise a DataError when a file is too small for its pixels, each byte giving the most it can.

    Nothing is decoded, and ``stream`` stays where it is.
    """
    position = stream.tell()
    num_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(position)
    if num_pixels > most_per_byte * num_bytes:
        raise DataError(
            f"it is damaged: it claims {num_pixels:,} pixels and has {num_bytes:,} bytes."
        )
