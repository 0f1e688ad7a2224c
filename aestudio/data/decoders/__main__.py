"""One format decoded in a process of its own: ``python -m aestudio.data.decoders FORMAT BYTES``.

``BYTES`` is the memory it may take. A first frame says "ready"; then every line ``{"path": ...,
"settings": {...}}`` is answered by the frames of :mod:`aestudio.data.decoders.pieces`.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from aestudio.data.decoders.pieces import send_piece
from aestudio.data.decoders.registry import Decode, decoder_of
from aestudio.data.isolation.confinement import confine
from aestudio.data.isolation.frames import send
from aestudio.errors import DataError


def main(name: str, max_memory_bytes: int) -> None:
    """Serve requests until the studio closes the pipe."""
    decode = decoder_of(name)
    confine(max_memory_bytes)
    replies = sys.stdout.buffer
    # What a library prints would end up between the frames.
    sys.stdout = sys.stderr
    send(replies, {"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        send(replies, _answer(replies, decode, request["path"], request["settings"]))


def _answer(
    replies: IO[bytes], decode: Decode, path: str, settings: dict[str, Any]
) -> dict[str, Any]:
    """Send every piece; returns the closing frame."""
    try:
        for piece in decode(path, settings):
            send_piece(replies, piece)
    except DataError as error:
        return {"error": error.reason, "next_step": error.next_step}
    except MemoryError:
        return {"error": "it needs more memory than may be taken for one file."}
    except BrokenPipeError:
        raise
    except Exception as error:
        # Decoders raise anything at all on damaged files.
        return {"error": f"it is damaged ({str(error)[:200] or type(error).__name__})."}
    return {"done": True}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
