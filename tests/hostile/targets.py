"""What is fuzzed: each reader with the files that it begins with, and in all its ways of reading."""

from __future__ import annotations

from pathlib import Path

from aestudio.data.options import DataOptions
from tests.data.making import save_picture
from tests.hostile.mutating import Rewrap, as_gzip, as_plain, as_png, as_zip, members_of
from tests.hostile.oracle import Target, alone
from tests.hostile.run_targets import RUN_TARGETS
from tests.hostile.seeds import all_seeds
from tests.hostile.streamed_targets import STREAMED_TARGETS


def _among_pictures(content: bytes, folder: Path, suffix: str) -> Path:
    sound = folder / "sound.png"
    if not sound.exists():
        save_picture(sound, "RGB", (19, 17))
    alone(content, folder, suffix)
    return folder


def _among_tables(content: bytes, folder: Path, suffix: str) -> Path:
    (folder / "sound.csv").write_bytes(all_seeds()["csv"][0])
    alone(content, folder, suffix)
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
    return Target(name, f".{name}", name, rewrap, alone, ways)


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
    Target("stack", ".tif", "tif", as_plain, alone, _PICTURE_WAYS),
    _alone_in("h5", as_plain, _ARRAY_WAYS),
    _alone_in("mat", as_plain, _ARRAY_WAYS),
    _alone_in("parquet", as_plain, _TABLE_WAYS),
    _alone_in("xlsx", as_zip, _TABLE_WAYS),
    Target("zarr", ".zip", "zarr", as_zip, _store, _ARRAY_WAYS),
    Target("folder", ".csv", "csv", as_plain, _among_tables, _TABLE_WAYS),
    *STREAMED_TARGETS,
    *RUN_TARGETS,
)
TARGETS = {target.name: target for target in _TARGETS}


def target_of(file: str) -> Target | None:
    """Return the target of a file of the corpus, which is called by its target and what it did."""
    return TARGETS.get(file.partition("-")[0])
