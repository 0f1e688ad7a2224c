"""The picture decoder, in a process of its own (``python -m aestudio.data.isolation.decoding``).

Decoders are large C programs that read what strangers wrote; here they can crash, hang or ask for
all memory without harm to the studio. The protocol: a line of JSON in, ``{"paths": [...], "plan":
{...} or null, "max_pixels": ...}``; a frame out, two little-endian 32-bit lengths, then that many bytes of JSON and of
pixels. Without a plan only headers are read. The first frame, before any request, says "ready".
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from contextlib import AbstractContextManager, ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from PIL import Image

from aestudio.data.files.doors import MAX_ARCHIVE_FILES, Archive, open_archive, open_file
from aestudio.data.images.decoded_picture import decode, probe
from aestudio.data.images.picture_files import split_address
from aestudio.data.images.plan import MAX_PIXELS, ImagePlan
from aestudio.data.isolation.confinement import confine
from aestudio.data.isolation.frames import send
from aestudio.errors import DataError

#: Enough for the largest allowed picture and three copies of it on the way.
MAX_MEMORY_BYTES = 3 * 2**30

_open_archives = ExitStack()


def main() -> None:
    """Serve requests until the studio closes the pipe."""
    confine(MAX_MEMORY_BYTES)
    # Pillow only warns between one and two times its limit; here a limit is a limit.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    replies = sys.stdout.buffer
    send(replies, {"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        plan = None if request["plan"] is None else ImagePlan(**request["plan"])
        most = int(request["max_pixels"])
        answers = [_answer(path, plan, most) for path in request["paths"]]
        send(replies, [facts for facts, _ in answers], b"".join(pixels for _, pixels in answers))


def _answer(
    address: str, plan: ImagePlan | None, max_pixels: int = MAX_PIXELS
) -> tuple[dict[str, Any], bytes]:
    Image.MAX_IMAGE_PIXELS = max_pixels if plan is None else plan.max_pixels
    try:
        with _opened(address) as stream:
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


def _opened(address: str) -> AbstractContextManager[IO[bytes]]:
    path, member = split_address(address)
    return io.BytesIO(_archive(path).content(member)) if member else open_file(path)


@lru_cache(maxsize=1)
def _archive(path: str) -> Archive:
    """Open an archive once for all of its members; it closes with the process."""
    return _open_archives.enter_context(open_archive(Path(path), MAX_ARCHIVE_FILES))


if __name__ == "__main__":
    main()
