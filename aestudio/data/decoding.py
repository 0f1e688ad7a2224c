"""The picture decoder, in a process of its own (``python -m aestudio.data.decoding``).

Decoders are large C programs that read what strangers wrote; here they can crash, hang or ask for
all memory without harm to the studio. The protocol: a line of JSON in, ``{"paths": [...], "plan":
{...} or null}``; a frame out, two little-endian 32-bit lengths, then that many bytes of JSON and of
pixels. Without a plan only headers are read. The first frame, before any request, says "ready".
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import IO, Any

from PIL import Image

from aestudio.data.decoded_picture import decode, probe
from aestudio.data.doors import open_file
from aestudio.data.image_plan import FRAME, MAX_PIXELS, ImagePlan
from aestudio.errors import DataError

#: Enough for the largest allowed picture and three copies of it on the way.
MAX_MEMORY_BYTES = 3 * 2**30


def main() -> None:
    """Serve requests until the studio closes the pipe."""
    _limit_memory()
    # Pillow only warns between one and two times its limit; here a limit is a limit.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    replies = sys.stdout.buffer
    _send(replies, {"ready": True}, b"")
    for line in sys.stdin.buffer:
        request = json.loads(line)
        plan = None if request["plan"] is None else ImagePlan(**request["plan"])
        answers = [_answer(path, plan) for path in request["paths"]]
        _send(replies, [facts for facts, _ in answers], b"".join(pixels for _, pixels in answers))


def _answer(path: str, plan: ImagePlan | None) -> tuple[dict[str, Any], bytes]:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS if plan is None else plan.max_pixels
    try:
        with open_file(path) as stream:
            if plan is None:
                return probe(stream).to_json(), b""
            facts, pixels = decode(stream, plan)
            return facts.to_json(), pixels
    except DataError as error:
        return {"error": error.reason}, b""
    except MemoryError:
        return {"error": "it needs more memory than one picture may take."}, b""
    except Exception as error:
        # Decoders raise anything at all on damaged files; each is the fault of this one file.
        return {"error": f"it is damaged ({str(error)[:200] or type(error).__name__})."}, b""


def _send(replies: IO[bytes], content: Any, pixels: bytes) -> None:
    text = json.dumps(content).encode("ascii")
    replies.write(FRAME.pack(len(text), len(pixels)))
    replies.write(text)
    replies.write(pixels)
    replies.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit; the cap on pixels still holds there.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MAX_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY_BYTES)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):
        return  # macOS refuses limits below what it has already mapped.


if __name__ == "__main__":
    main()
