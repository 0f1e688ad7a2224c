"""The picture decoder, in a process of its own (``python -m aestudio.data.isolation.decoding``).

Decoders are large C programs that read what strangers wrote; here they can crash, hang or ask for
all memory without harm to the studio. The protocol: a line of JSON in, ``{"paths": [...], "plan":
{...} or null, "max_pixels": ...}``; frames out, each two little-endian 32-bit lengths, then that many
bytes of JSON and of pixels. The JSON of all frames together is a list with an answer for each path: facts,
``{"error": reason}``, or the place of an earlier answer in the same frame with the same facts. There are
several frames where decoding takes long, so that nobody takes work for hanging. Without a plan
only headers are read. The first frame, before any request, says "ready".
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from aestudio.data.images.decoded_picture import decode, probe
from aestudio.data.images.picture_files import split_address
from aestudio.data.images.picture_opening import open_picture
from aestudio.data.images.plan import MAX_PIXELS, ImageFacts, ImagePlan
from aestudio.data.isolation.confinement import confine
from aestudio.data.isolation.frames import send
from aestudio.errors import DataError

#: Enough for the largest allowed picture and three copies of it on the way.
MAX_MEMORY_BYTES = 3 * 2**30

#: A frame is sent once it took so long, or has become so large.
_FRAME_S = 0.2
_FRAME_BYTES = 2**22


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
        for answers, pixels in _frames(request["paths"], plan, most):
            send(replies, answers, pixels)


def _frames(
    paths: Sequence[str], plan: ImagePlan | None, max_pixels: int
) -> Iterator[tuple[list[Any], bytes]]:
    answers: list[Any] = []
    pixels: list[bytes] = []
    places: dict[ImageFacts, int] = {}
    num_bytes, since_s = 0, time.monotonic()
    for path in paths:
        answer, content = _answer(path, plan, max_pixels)
        if isinstance(answer, str):
            answers.append({"error": answer})
        else:
            place = places.setdefault(answer, len(answers))
            answers.append(answer.to_json() if place == len(answers) else place)
            pixels.append(content)
            num_bytes += len(content)
        if num_bytes >= _FRAME_BYTES or time.monotonic() - since_s >= _FRAME_S:
            yield answers, b"".join(pixels)
            answers, pixels, places = [], [], {}
            num_bytes, since_s = 0, time.monotonic()
    if answers:
        yield answers, b"".join(pixels)


def _answer(
    address: str, plan: ImagePlan | None, max_pixels: int = MAX_PIXELS
) -> tuple[ImageFacts | str, bytes]:
    """Return facts and pixels, or the reason why there are none."""
    Image.MAX_IMAGE_PIXELS = max_pixels if plan is None else plan.max_pixels
    try:
        with open_picture(*split_address(address)) as stream:
            return (probe(stream), b"") if plan is None else decode(stream, plan)
    except DataError as error:
        return error.reason, b""
    except MemoryError:
        return "it needs more memory than one picture may take.", b""
    except Exception as error:
        # Decoders raise anything at all on damaged files; each is the fault of this one file.
        return f"it is damaged ({str(error)[:200] or type(error).__name__}).", b""


if __name__ == "__main__":
    main()
