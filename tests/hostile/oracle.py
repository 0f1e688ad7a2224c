"""What must not happen over any file, and what is tried on it.

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
from aestudio.workflows.datasets.inspection import inspect
from tests.hostile.in_process import accidents
from tests.hostile.mutating import Rewrap
from tests.hostile.seeds import all_seeds
from tests.hostile.watching import heard

#: Reading a few kilobytes takes longer than this only where something goes round in circles.
MAX_SECONDS = 30.0


def read_data(source: Path, options: DataOptions) -> None:
    """Read as training and ``info`` do, with all that is looked for in the samples."""
    report = inspect(source, options)
    _check(report.dataset)
    json.dumps(report.to_json())
    "\n".join(report.lines()).encode("utf-8")


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


def alone(content: bytes, folder: Path, suffix: str) -> Path:
    """Place a file with nothing beside it."""
    path = folder / f"a{suffix}"
    path.write_bytes(content)
    return path


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
    #: Reads it to the end; raises what it likes.
    read: Callable[[Path, DataOptions], None] = read_data

    @property
    def seeds(self) -> list[bytes]:
        return all_seeds()[self.format]

    def way(self, content: bytes) -> int:
        """Choose a way of reading by the content, always the same one for the same."""
        return zlib.crc32(content) % len(self.ways)


def fault(
    source: Path,
    options: DataOptions | None = None,
    read: Callable[[Path, DataOptions], None] = read_data,
    *,
    must_load: bool = False,
    most_seconds: float = MAX_SECONDS,
) -> str:
    """Read what may be anything; returns in words what must not be, or nothing."""
    accidents.clear()
    heard.clear()
    started = time.monotonic()
    try:
        read(source, options or DataOptions())
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


def fault_in(
    target: Target, content: bytes, folder: Path, way: int, most_seconds: float = MAX_SECONDS
) -> str:
    """Put a file where its target wants it, and read it in one of its ways."""
    source = target.place(content, folder, target.suffix)
    must_load = target.is_beside_sound and way == 0
    return fault(
        source, target.ways[way], target.read, must_load=must_load, most_seconds=most_seconds
    )
