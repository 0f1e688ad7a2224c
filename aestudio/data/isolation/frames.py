"""What crosses the pipe between the studio and a decoding process: frames.

A frame is two little-endian 32-bit lengths, then that many bytes of JSON and of payload.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

FRAME = struct.Struct("<II")
_MAX_JSON_BYTES = 2**20


def send(stream: IO[bytes], content: Any, payload: bytes | memoryview = b"") -> None:
    """Write one frame and flush it."""
    text = json.dumps(content).encode("ascii")
    stream.write(FRAME.pack(len(text), len(payload)))
    stream.write(text)
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Any, memoryview]:
    """Read one frame; it is checked like a foreign file.

    Raises
    ------
    EOFError
        The other side has ended.
    ValueError
        What arrived is no frame.
    """
    num_text, num_payload = FRAME.unpack(_read(stream, FRAME.size))
    if num_text > _MAX_JSON_BYTES:
        raise ValueError("the reply is too long")
    text = _read(stream, num_text)
    return json.loads(text), memoryview(_read(stream, num_payload))


def _read(stream: IO[bytes], num_bytes: int) -> bytes:
    content = stream.read(num_bytes)
    if len(content) < num_bytes:
        raise EOFError
    return content
