"""What a dataset is, once it has been read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.slicing import slices
from aestudio.data.columns import Column
from aestudio.data.images.patch_places import PatchPlaces
from aestudio.data.series.sample_times import SampleTimes
from aestudio.data.series.window_places import WindowPlaces


class Kind(StrEnum):
    """What one sample is."""

    IMAGES = "images"
    TABLE = "table"
    SEQUENCES = "sequences"
    TOKENS = "tokens"


class Severity(StrEnum):
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A setting that does something about a finding; nothing is set but by the person."""

    #: What it does, for a button.
    title: str
    #: The dotted option, such as "data.exclude", which is read again, or one of the recipe.
    option: str
    value: str
    #: Whether the value joins a list that is there already, separated by commas.
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about the data, in one sentence, with what to do about it."""

    severity: Severity
    text: str
    next_step: str = ""
    remedy: Remedy | None = None
    #: Other settings that do something about it, the better ones first.
    alternatives: tuple[Remedy, ...] = ()

    def __str__(self) -> str:
        return f"{self.severity.capitalize()}: {self.text} {self.next_step}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Samples as they were stored, and what is known about them.

    ``x`` has shape (N, ``*shape``) and keeps the stored number type: images are (N, C, H, W) with
    C = 1 (grey), 3 (RGB) or 4 (RGB and alpha); tables are (N, D); sequences are (N, T, C); tokens are
    whole numbers (N, T), places in ``symbols``, of which ``padding`` fills up what is shorter than T.
    It may be a memory map. ``labels`` holds (N,) indices into ``label_names``, -1 where a sample has
    none.
    ``factors`` holds, where the source knows what made each sample, (N, F) indices of the values of
    the factors named in ``factor_names``. ``label_fields`` names what ``data.label_field`` can take
    for the label.
    """

    name: str
    kind: Kind
    x: npt.NDArray[np.generic]
    source: str
    labels: npt.NDArray[np.int64] | None = None
    label_names: tuple[str, ...] = ()
    sample_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    #: What the columns of a table hold; empty where all of them are numbers.
    columns: tuple[Column, ...] = ()
    factors: npt.NDArray[np.int64] | None = None
    factor_names: tuple[str, ...] = ()
    label_fields: tuple[str, ...] = ()
    #: What each number of a token array stands for; empty for all other kinds.
    symbols: tuple[str, ...] = ()
    #: The number that fills up, if there is one.
    padding: int | None = None
    findings: tuple[Finding, ...] = ()
    reader: str = ""
    #: How the source was read, in pairs of words: ("Delimiter", "semicolon").
    read_as: tuple[tuple[str, str], ...] = ()
    #: Where the samples lie in larger pictures, if they were cut out of such.
    patches: PatchPlaces | None = None
    #: Where the samples lie in longer series, if they were cut out of such.
    windows: WindowPlaces | None = None
    #: When the steps of each sample were, where the source knows.
    times: SampleTimes | None = None
    #: The numbers that the samples had when they were read, (N,), if some have been left out.
    numbers: npt.NDArray[np.int64] | None = None
    #: What ``data.exclude_check`` has to be for these samples to be left out again.
    exclude_check: str = ""
    #: The part that the source itself sets aside for testing, if it has one.
    test: Dataset | None = None
    _fingerprint: list[str] = field(default_factory=list, repr=False)

    @property
    def num_samples(self) -> int:
        return int(self.x.shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return tuple(int(size) for size in self.x.shape[1:])

    @property
    def num_features(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over number type, shape and content, computed once."""
        if not self._fingerprint:
            digest = hashlib.sha256(f"{self.x.dtype.str}{self.x.shape}".encode())
            # In slices, so that a memory map larger than the memory can be hashed.
            for part in slices(self.x):
                digest.update(np.ascontiguousarray(part).data)
            self._fingerprint.append(digest.hexdigest())
        return self._fingerprint[0]
