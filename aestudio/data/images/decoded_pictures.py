"""Many pictures that were decoded once, kept on the disk.

They are there in a moment when they are opened again, and are mapped where they are larger than the
memory. An entry of the cache holds the pixels, (N, C, H, W), one picture after the other, and what
was found in the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import open_file, open_payload
from aestudio.data.images.picture_files import split_address
from aestudio.data.images.plan import FULL, ImageFacts, ImagePlan

if TYPE_CHECKING:
    from aestudio.data.images.picture_files import PictureFiles
    from aestudio.data.options import DataOptions

#: Smaller sets are decoded anew: that takes a second or two.
FEWEST_PICTURES = 2_000

_PIXELS, _FACTS = "pixels", "facts.json"
#: Goes up whenever an entry would hold something else.
_FORMAT = 1
#: Another version may decode otherwise.
_DECODERS = (version("Pillow"), version("tifffile"))
_KEY_OPTIONS = {"image_size", "image_fit", "color", "background", "max_pixels"}
_MOST_FACTS_BYTES = 2**31

Array = npt.NDArray[Any]
#: Takes the place of a picture in the array, and its pixels.
Put = Callable[[int, memoryview], None]


@dataclass(slots=True)
class FoundPictures:
    """What is known of the files so far; ``positions`` and ``facts`` run in parallel."""

    #: Places in the list of files.
    positions: list[int] = field(default_factory=list)
    facts: list[ImageFacts] = field(default_factory=list)
    #: Position and reason.
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def leave_out(self, reasons: Sequence[str]) -> list[int]:
        """Skip those with a reason; return the places of all others among what was found before."""
        kept = [place for place, reason in enumerate(reasons) if not reason]
        self.skipped += [
            (self.positions[place], reason) for place, reason in enumerate(reasons) if reason
        ]
        self.positions = [self.positions[place] for place in kept]
        self.facts = [self.facts[place] for place in kept]
        return kept


def key_of_pictures(
    files: PictureFiles, options: DataOptions, check_cancelled: Callable[[], None]
) -> str:
    """Return a digest of everything on which the decoded pictures depend.

    Of the files these are names, sizes and times of the last change.
    """
    digest = hashlib.sha256(repr((_FORMAT, _DECODERS)).encode())
    digest.update(json.dumps(options.model_dump(include=_KEY_OPTIONS), sort_keys=True).encode())
    for address in files.addresses:
        check_cancelled()
        path, member = split_address(address)
        state = None
        with suppress(OSError):
            found = Path(path).stat()
            state = (found.st_size, found.st_mtime_ns)
        digest.update(repr((path, member, state)).encode("ascii", "backslashreplace"))
    return digest.hexdigest()[:40]


def write_pictures(
    folder: Path,
    plan: ImagePlan,
    found: FoundPictures,
    decode: Callable[[Put], Sequence[str]],
) -> None:
    """Fill a new entry; ``decode`` puts every picture and returns why some could not be read."""
    size = plan.num_bytes
    with open(folder / _PIXELS, "x+b") as pixels:

        def put(place: int, content: memoryview) -> None:
            pixels.seek(place * size)
            pixels.write(content)

        kept = found.leave_out(decode(put))
        # What is kept moves up, so that there are no gaps.
        for place, former in enumerate(kept):
            if place != former:
                pixels.seek(former * size)
                moved = pixels.read(size)
                pixels.seek(place * size)
                pixels.write(moved)
        pixels.truncate(len(kept) * size)
    columns = {
        one.name: [getattr(fact, one.name) for fact in found.facts] for one in fields(ImageFacts)
    }
    content = {
        "plan": asdict(plan),
        "positions": found.positions,
        "skipped": found.skipped,
        "facts": columns,
    }
    with open(folder / _FACTS, "x", encoding="ascii") as facts:
        json.dump(content, facts)


def load_pictures(entry: Path, num_files: int) -> tuple[Array, FoundPictures, ImagePlan]:
    """Return pixels (N, C, H, W), mapped where they are large, and what was found in the files.

    Raises
    ------
    DataError, ValueError, KeyError, TypeError
        The entry is damaged.
    """
    with open_file(entry / _FACTS) as stream:
        content = json.loads(stream.read(_MOST_FACTS_BYTES))
    plan = ImagePlan(**content["plan"])
    columns = content["facts"]
    names = [one.name for one in fields(ImageFacts)]
    rows = zip(*(columns[name] for name in names), strict=True)
    facts = [ImageFacts(**dict(zip(names, row, strict=True))) for row in rows]
    skipped = [(int(position), str(reason)) for position, reason in content["skipped"]]
    found = FoundPictures([int(position) for position in content["positions"]], facts, skipped)
    told = [*found.positions, *(position for position, _ in skipped)]
    if len(facts) != len(found.positions) or sorted(told) != list(range(num_files)):
        raise ValueError("the list of pictures does not fit the files")
    if plan.numbers not in FULL:
        raise ValueError("the pixels are of an unknown type")
    shape = (len(facts), plan.channels, plan.height, plan.width)
    with open_payload(entry / _PIXELS) as payload:
        return payload.array(np.dtype(plan.numbers), shape), found, plan
