"""What is fuzzed: each reader with the files that it begins with, and in all its ways of reading.

Whatever arrives, reading has to end with a sound dataset or a StudioError that says what to do.
"""

from __future__ import annotations

import json
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.errors import StudioError
from aestudio.workflows.inspection import inspect
from tests.data.making import save_picture
from tests.hostile.in_process import accidents
from tests.hostile.mutating import Rewrap, as_gzip, as_plain, as_png, as_zip, members_of
from tests.hostile.seeds import all_seeds
from tests.hostile.watching import heard

#: Reading a few kilobytes takes longer than this only where something goes round in circles.
MAX_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """One reader: where its files are put, and how they may be read."""

    name: str
    suffix: str
    #: Whose sound files it begins with.
    format: str
    rewrap: Rewrap
    #: Puts the bytes into a folder; returns what to read.
    place: Callable[[bytes, Path, str], Path]
    ways: tuple[DataOptions, ...] = (DataOptions(),)
    #: Whether the first way must read something, whatever the one file is.
    is_beside_sound: bool = False

    @property
    def seeds(self) -> list[bytes]:
        return all_seeds()[self.format]

    def way(self, content: bytes) -> int:
        """Choose a way of reading by the content, always the same one for the same."""
        return zlib.crc32(content) % len(self.ways)


def _alone(content: bytes, folder: Path, suffix: str) -> Path:
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    return path


def _among_pictures(content: bytes, folder: Path, suffix: str) -> Path:
    sound = folder / "sound.png"
    if not sound.exists():
        save_picture(sound, "RGB", (19, 17))
    _alone(content, folder, suffix)
    return folder


def _store(content: bytes, folder: Path, suffix: str) -> Path:
    """Lay the members of an archive out as a folder; names that lead elsewhere are left out."""
    root = folder / "a.zarr"
    for name, member in members_of(content).items():
        parts = name.split("/")
        if len(name) > 100 or not all(part.strip(".\0") and "\0" not in part for part in parts):
            continue
        path = root.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(member)
        except OSError:
            # A file already stands where its folder would be.
            continue
    root.mkdir(exist_ok=True)
    return root


_WINDOWS = DataOptions(kind="series", window=4, window_stride=2)
_ARRAY_WAYS = (
    DataOptions(),
    _WINDOWS,
    *(DataOptions(kind=kind) for kind in ("images", "tokens", "table", "sequences")),
)
_TABLE_WAYS = (
    DataOptions(),
    DataOptions(kind="series", window=2, gaps="missing"),
    DataOptions(kind="series", window=3, gaps="fill", series_scale="own"),
    DataOptions(kind="ratings"),
    DataOptions(kind="tokens"),
    DataOptions(kind="sequences"),
    DataOptions(kind="table", ragged="skip", header="no"),
)
_TEXT_WAYS = (
    DataOptions(),
    DataOptions(kind="tokens", text_unit="words", lowercase=True, text_length=3),
    DataOptions(kind="tokens", text_unit="byte_pairs", vocabulary_size=300),
)
_PICTURE_WAYS = (
    DataOptions(),
    DataOptions(image_size=6, image_fit="crop", color="rgba"),
    DataOptions(image_size=5, image_fit="stretch", color="grey", background="black"),
    DataOptions(patch_size=4, patch_stride=3),
)


def _alone_in(name: str, rewrap: Rewrap, ways: tuple[DataOptions, ...]) -> Target:
    return Target(name, f".{name}", name, rewrap, _alone, ways)


def _picture_in(name: str, rewrap: Rewrap = as_plain) -> Target:
    place = _among_pictures
    return Target(name, f".{name}", name, rewrap, place, _PICTURE_WAYS, is_beside_sound=True)


_TARGETS = (
    _alone_in("idx", as_gzip, _ARRAY_WAYS),
    _alone_in("npy", as_gzip, _ARRAY_WAYS),
    _alone_in("npz", as_zip, _ARRAY_WAYS),
    _alone_in("csv", as_plain, _TABLE_WAYS),
    _alone_in("txt", as_plain, _TEXT_WAYS),
    _alone_in("arff", as_plain, _TABLE_WAYS),
    _alone_in("ts", as_plain, (DataOptions(), DataOptions(series_scale="own"))),
    _alone_in("wav", as_plain, (DataOptions(), _WINDOWS)),
    _alone_in("zip", as_zip, _PICTURE_WAYS),
    _picture_in("png", as_png),
    *map(_picture_in, ("jpeg", "gif", "webp", "bmp", "tif")),
    Target("stack", ".tif", "tif", as_plain, _alone, _PICTURE_WAYS),
    _alone_in("h5", as_plain, _ARRAY_WAYS),
    _alone_in("mat", as_plain, _ARRAY_WAYS),
    _alone_in("parquet", as_plain, _TABLE_WAYS),
    _alone_in("xlsx", as_zip, _TABLE_WAYS),
    Target("zarr", ".zip", "zarr", as_zip, _store, _ARRAY_WAYS),
)
TARGETS = {target.name: target for target in _TARGETS}


def fault(
    source: Path,
    options: DataOptions | None = None,
    *,
    must_load: bool = False,
    most_seconds: float = MAX_SECONDS,
) -> str:
    """Read what may be anything; returns in words what must not be, or nothing."""
    accidents.clear()
    heard.clear()
    started = time.monotonic()
    try:
        report = inspect(source, options)
        _check(report.dataset)
        json.dumps(report.to_json())
        "\n".join(report.lines()).encode("utf-8")
    except StudioError as refused:
        if not (refused.subject and refused.reason and refused.next_step):
            return f"an unhelpful refusal: {refused!r}\n{traceback.format_exc()}"
        if must_load:
            return f"one file took the others with it: {refused}\n{traceback.format_exc()}"
    except Exception:
        return traceback.format_exc()
    seconds = time.monotonic() - started
    if seconds > most_seconds:
        return f"{seconds:.0f} s"
    if accidents:
        return f"a decoder answers nonsense:\n{accidents[0]}"
    return f"a file has acted: {'; '.join(heard)}" if heard else ""


def _check(dataset: Dataset) -> None:
    """Raise where the parts of a dataset do not fit each other."""
    count = dataset.num_samples
    assert count >= 1
    assert min(dataset.shape) >= 1
    assert dataset.x.dtype.kind in "biuf", dataset.x.dtype
    assert dataset.labels is None or dataset.labels.shape == (count,)
    if dataset.labels is not None:
        assert -1 <= dataset.labels.min() <= dataset.labels.max() < len(dataset.label_names)
    assert len(dataset.sample_names) in (0, count)
    assert len(dataset.feature_names) in (0, dataset.shape[-1], dataset.shape[0])
    if dataset.symbols:
        assert 0 <= dataset.x.min() <= dataset.x.max() < len(dataset.symbols)
    if dataset.test is not None:
        assert dataset.test.shape == dataset.shape
        _check(dataset.test)


def fault_in(
    target: Target, content: bytes, folder: Path, way: int, most_seconds: float = MAX_SECONDS
) -> str:
    """Put a file where its target wants it, and read it in one of its ways."""
    source = target.place(content, folder, target.suffix)
    must_load = target.is_beside_sound and way == 0
    return fault(source, target.ways[way], must_load=must_load, most_seconds=most_seconds)


def target_of(file: str) -> Target | None:
    """Return the target of a file of the corpus, which is called by its target and what it did."""
    return TARGETS.get(file.partition("-")[0])
