"""What a TIFF's header may claim, by the compression that it names."""

from __future__ import annotations

from typing import IO

from aestudio.data.images.picture_claims import refuse_more_pixels

#: The most bytes that one stored byte can become, by the code of the compression (TIFF 6.0, section
#: 8 and the supplements): none; PackBits repeats one byte up to 128 times in two; a code of LZW, at
#: least nine bits, stands for fewer than 4,096 bytes; Deflate packs at most 1,032 to one. Others,
#: such as those of fax machines, have no bound worth asking for.
_EXPANSION = {1: 1, 32773: 64, 5: 4096, 8: 1032, 32946: 1032}
#: A pixel of a single bit is the smallest.
_PIXELS_PER_BYTE = 8


def refuse_impossible_claims(num_pixels: int, compression: int, stream: IO[bytes]) -> None:
    """Raise a DataError when even pixels of a single bit would not fit into the file.

    ``compression`` is the code in the header; nothing is decoded, and ``stream`` stays where it is.
    """
    expansion = _EXPANSION.get(compression)
    if expansion is not None:
        refuse_more_pixels(num_pixels, _PIXELS_PER_BYTE * expansion, stream)
