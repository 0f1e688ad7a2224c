"""Many pictures that were decoded once, kept on the disk.

They are there in a moment when they are opened again, and are mapped where they are larger than the
memory. An entry of the cache holds the pixels, (N, C, H, W), one picture after the other, and what
was found in the files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.files.doors import open_file, open_payload
from aestudio.data.images.picture_files import split_address
from aestudio.data.images.pixel_stores import PixelFile
from aestudio.data.images.plan import FULL, ImageFacts, ImagePlan

if TYPE_CHECKING:
    from aestudio.data.images.picture_files import PictureFiles
    from aestudio.data.options import DataOptions

#: Smaller sets are decoded anew: that takes a second or two.
FEWEST_PICTURES = 2_000

_PIXELS, _FACTS = "pixels", "facts.json"
#: Goes up whenever an entry would hold something else.
_FORMAT = 2
#: Another version may decode otherwise.
_DECODERS = (version("Pillow"), version("tifffile"))
_KEY_OPTIONS = {"image_size", "image_fit", "color", "background", "max_pixels"}
_MOST_FACTS_BYTES = 2**31
_TOLD_EVERY = 4096

Array = npt.NDArray[Any]


@dataclass(slots=True)
class FoundPictures:
    """What is known of the files; ``positions`` and ``facts`` run in parallel."""

    #: Places in the list of files, ascending.
    positions: list[int] = field(default_factory=list)
    facts: list[ImageFacts] = field(default_factory=list)
    #: Position and reason, ascending.
    skipped: list[tuple[int, str]] = field(default_factory=list)


def key_of_pictures(files: PictureFiles, options: DataOptions, told: Callable[[int], None]) -> str:
    """Return a digest of everything on which the decoded pictures depend.

    Of the files these are names, sizes and times of the last change. ``told`` is called now and
    then with the number of files that were looked at, and may raise.
    """
    digest = hashlib.sha256(repr((_FORMAT, _DECODERS)).encode())
    digest.update(json.dumps(options.model_dump(include=_KEY_OPTIONS), sort_keys=True).encode())
    states: list[tuple[str, tuple[int, int] | None]] = []
    archive, state = "", None
    for place, address in enumerate(files.addresses):
        if place % _TOLD_EVERY == 0:
            told(place)
            digest.update(repr(states).encode("ascii", "backslashreplace"))
            states.clear()
        path, member = split_address(address)
        # All members of one archive have its state.
        if not member or path != archive:
            archive, state = path, _state(path)
        states.append((address, state))
    digest.update(repr(states).encode("ascii", "backslashreplace"))
    return digest.hexdigest()[:40]


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def write_pictures(
    folder: Path, decode: Callable[[PixelFile], tuple[FoundPictures, ImagePlan]]
) -> None:
    """Fill a new entry; ``decode`` puts every picture into the file that it is given."""
    with open(folder / _PIXELS, "x+b") as pixels:
        found, plan = decode(PixelFile(pixels))
    kinds: dict[ImageFacts, int] = {}
    content = {
        "plan": asdict(plan),
        "positions": found.positions,
        "skipped": found.skipped,
        # Most pictures are alike, so the facts stand once and the pictures point at them.
        "kind_of": [kinds.setdefault(fact, len(kinds)) for fact in found.facts],
        "kinds": [fact.to_json() for fact in kinds],
    }
    # Written at once: piece by piece takes ten times as long.
    (folder / _FACTS).write_text(json.dumps(content), encoding="ascii")


def load_pictures(
    entry: Path, num_files: int, told: Callable[[int], None]
) -> tuple[Array, FoundPictures, ImagePlan]:
    """Return pixels (N, C, H, W), mapped where they are large, and what was found in the files.

    ``told`` is called now and then with ``num_files``, and may raise.

    Raises
    ------
    DataError, ValueError, KeyError, TypeError
        The entry is damaged.
    """
    with open_file(entry / _FACTS) as stream:
        content = json.loads(stream.read(_MOST_FACTS_BYTES))
    plan = ImagePlan(**content["plan"])
    kinds = dict(enumerate(ImageFacts(**kind) for kind in content["kinds"]))
    facts = [kinds[kind] for kind in content["kind_of"]]
    skipped = [(int(position), str(reason)) for position, reason in content["skipped"]]
    found = FoundPictures([int(position) for position in content["positions"]], facts, skipped)
    met = [*found.positions, *(position for position, _ in skipped)]
    if len(facts) != len(found.positions) or sorted(met) != list(range(num_files)):
        raise ValueError("the list of pictures does not fit the files")
    if plan.numbers not in FULL:
        raise ValueError("the pixels are of an unknown type")
    shape = (len(facts), plan.channels, plan.height, plan.width)
    with open_payload(entry / _PIXELS, lambda: told(num_files)) as payload:
        return payload.array(np.dtype(plan.numbers), shape), found, plan
