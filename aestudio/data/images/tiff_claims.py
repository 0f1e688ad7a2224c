"""What a TIFF's header may claim, given how many bytes there are.

A header of a hundred bytes can claim a hundred million pixels, and some decoders work on them for a
minute before they notice that nothing is there.
"""

from __future__ import annotations

import os
from typing import IO

from aestudio.errors import DataError

#: The most bytes that one stored byte can become, by the code of the compression (TIFF 6.0, section
#: 8 and the supplements): none; PackBits repeats one byte up to 128 times in two; a code of LZW, at
#: least nine bits, stands for fewer than 4,096 bytes; Deflate packs at most 1,032 to one. Others,
#: such as those of fax machines, have no bound worth asking for.
_EXPANSION = {1: 1, 32773: 64, 5: 4096, 8: 1032, 32946: 1032}


def refuse_impossible_claims(num_pixels: int, compression: int, stream: IO[bytes]) -> None:
    """Raise a DataError when even pixels of a single bit would not fit into the file.

    ``compression`` is the code in the header; nothing is decoded, and ``stream`` stays where it is.
    """
    position = stream.tell()
    num_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(position)
    expansion = _EXPANSION.get(compression)
    if expansion is not None and num_pixels > 8 * expansion * num_bytes:
        raise DataError(
            f"it is damaged: it claims {num_pixels:,} pixels and has {num_bytes:,} bytes."
        )
