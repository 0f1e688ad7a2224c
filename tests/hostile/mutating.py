"""Changes to packed files that get past their wrapping: members, chunks, what is compressed.

A change at random in an archive is found out by a checksum and never reaches what lies within. So
the wrapping is undone, one part of the content is changed, and all is wrapped again.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.data.making import png_chunk, zip_bytes

#: Changes some bytes, up to a length.
Mutate = Callable[[bytes, int], bytes]
#: Changes a file, given how to change bytes, the most bytes it may have, and dice.
Rewrap = Callable[[bytes, Mutate, int, random.Random], bytes]

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
#: How often the wrapping itself is changed instead.
_OUTSIDE = 0.25


def as_plain(content: bytes, mutate: Mutate, most: int, dice: random.Random) -> bytes:
    """Change a file that has no wrapping."""
    return mutate(content, most)


def as_zip(content: bytes, mutate: Mutate, most: int, dice: random.Random) -> bytes:
    """Change one member of an archive, leave one out, or give it the name of another."""
    members = members_of(content)
    if not members or dice.random() < _OUTSIDE:
        return mutate(content, most)
    name = dice.choice(sorted(members))
    how = dice.randrange(10)
    if how == 0:
        del members[name]
    elif how == 1:
        members[name] = members[dice.choice(sorted(members))]
    else:
        members[name] = mutate(members[name], max(1, most // 2))
    packing = dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    return _fitting(zip_bytes(members, packing), content, mutate, most)


def as_png(content: bytes, mutate: Mutate, most: int, dice: random.Random) -> bytes:
    """Change one chunk of a PNG, or the rows that are compressed in one, and mend its checksum."""
    chunks = _chunks(content)
    if not chunks or dice.random() < _OUTSIDE:
        return mutate(content, most)
    place = dice.randrange(len(chunks))
    kind, body = chunks[place]
    if kind == b"IDAT" and dice.random() < 0.5:
        body = zlib.compress(mutate(_unpacked(body), most))
    else:
        body = mutate(body, most)
    chunks[place] = (kind, body)
    changed = _PNG_MAGIC + b"".join(png_chunk(*chunk) for chunk in chunks)
    return _fitting(changed, content, mutate, most)


def as_gzip(content: bytes, mutate: Mutate, most: int, dice: random.Random) -> bytes:
    """Change what a gzip file holds, or a file that is none."""
    if not content.startswith(b"\x1f\x8b") or dice.random() < _OUTSIDE:
        return mutate(content, most)
    packer = zlib.compressobj(wbits=31)
    changed = packer.compress(mutate(_unpacked(content, 31), most)) + packer.flush()
    return _fitting(changed, content, mutate, most)


def members_of(content: bytes) -> dict[str, bytes]:
    """Return the members of an archive by name; nothing where it is damaged or holds too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
            if sum(member.file_size for member in found) > 2**20:
                return {}
            return {member.filename: archive.read(member) for member in found}
    except Exception:
        # Whatever is wrong with it: it is then changed as a whole.
        return {}


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    position = len(_PNG_MAGIC)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        found.append((kind, content[position + 8 : position + 8 + length]))
        position += 12 + length
    return found if content.startswith(_PNG_MAGIC) else []


def _unpacked(content: bytes, wbits: int = 15) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(content, 2**20)
    except zlib.error:
        return b""


def _fitting(changed: bytes, content: bytes, mutate: Mutate, most: int) -> bytes:
    return changed if len(changed) <= most else mutate(content, most)
