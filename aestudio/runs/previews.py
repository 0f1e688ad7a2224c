"""What a run looked like after each epoch, for replay without the data.

``preview/samples.npz`` holds, once, the originals and labels of the samples that are followed;
``preview/epoch-000012.npz`` holds their reconstructions and codes after epoch 12, and where codes are
clouds their standard deviations, of tokens how probable each symbol is. Previews are not forced to
the disk: they are for looking at, and a power cut may take the newest ones.

Codes are 32-bit. Reconstructions of pictures are 16-bit where all values lie within +-2048, which
keeps a grey level of 0..255 to a sixteenth or better; all others are 32-bit.

A very long run keeps at most ``MOST_KEPT`` epochs: then every other one goes, and from there on
only every second, fourth, ... epoch stays, the newest always.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from aestudio.data.series.sample_times import Moments, SampleTimes
from aestudio.errors import RunError
from aestudio.runs import atomic
from aestudio.runs.npz import pack_npz, unpack_npz
from aestudio.runs.reading import MEBIBYTE, read_file
from aestudio.training.events import PreviewReady, RunStarted

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

FOLDER = "preview"
MOST_KEPT = 1000
_SAMPLES = f"{FOLDER}/samples.npz"
_SPREAD = "code_spread"
_TIMES, _TIME_KIND = "picture_times", "time_kind"
#: What stands for the unit where times are seconds since 1970.
_DATE = "date"
_CERTAINTIES = "certainties"
_EPOCH = re.compile(r"epoch-([0-9]{6,12})\.npz")
_MOST_BYTES = 4096 * MEBIBYTE
_MOST_HALF = 2048.0


class HasSamples(Protocol):
    """A dataset, or arrays for training: the rows that a preview names are found in it."""

    @property
    def x(self) -> npt.NDArray[np.generic]: ...

    @property
    def labels(self) -> npt.NDArray[np.int64] | None: ...

    @property
    def times(self) -> SampleTimes | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class PreviewSamples:
    """The samples that the previews follow; labels are -1 where a sample has none."""

    picture_samples: npt.NDArray[np.generic]  #: (P, *shape) as stored
    picture_rows: Rows  #: (P,) rows of the dataset
    picture_labels: Rows  #: (P,)
    map_rows: Rows  #: (M,)
    map_labels: Rows  #: (M,)
    #: When the steps of the pictured samples were, where that is known.
    picture_moments: Moments | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """One epoch of the replay; epoch 0 is the untrained network."""

    epoch: int
    reconstructions: Floats  #: (P, *shape) in the data's own scale
    codes: Floats  #: (M, code_size)
    #: Standard deviations, (M, code_size); None where codes are no clouds, or in older runs.
    code_spread: Floats | None = None
    #: Of tokens, the probability of each symbol, (P, T); None for all else, or in older runs.
    certainties: Floats | None = None


class Previews:
    """The ``preview`` folder of one run."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / FOLDER

    def begin(self, started: RunStarted, source: HasSamples | None) -> None:
        """Store the followed samples once, and forget the epochs after ``epochs_done``."""
        atomic.make_folder(self._folder, exist_ok=True)
        for epoch in self.epochs():
            if epoch > started.epochs_done:
                atomic.remove_file(self._path(epoch))
        if source is not None:
            pictures, points = started.picture_rows, started.map_rows
            arrays: dict[str, npt.NDArray[np.generic]] = {
                "picture_samples": np.asarray(source.x[pictures]),
                "picture_rows": pictures,
                "picture_labels": _labels(source, pictures),
                "map_rows": points,
                "map_labels": _labels(source, points),
            }
            if source.times is not None:
                moments = source.times.moments_of(pictures)
                arrays[_TIMES] = moments.values
                arrays[_TIME_KIND] = np.array([_DATE if moments.is_date else moments.unit], np.str_)
            atomic.write_bytes(self._root / _SAMPLES, pack_npz(arrays))

    def save(self, event: PreviewReady) -> None:
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "reconstructions": _compact(event.reconstructions),
            "codes": event.codes.astype(np.float32, copy=False),
        }
        if event.code_spread is not None:
            arrays[_SPREAD] = event.code_spread.astype(np.float32, copy=False)
        if event.certainties is not None:
            # Shades are told apart by hundredths at most.
            arrays[_CERTAINTIES] = event.certainties.astype(np.float16)
        atomic.write_bytes(self._path(event.epoch), pack_npz(arrays), durable=False)
        self._thin(event.epoch)

    def epochs(self) -> tuple[int, ...]:
        """The epochs that can be replayed, in order."""
        if not self._folder.is_dir() or self._folder.is_symlink():
            return ()
        names = (_EPOCH.fullmatch(path.name) for path in self._folder.iterdir())
        return tuple(sorted(int(found[1]) for found in names if found))

    def load(self, epoch: int) -> Preview:
        """Raises :class:`RunError` when there is no such preview, or a damaged one."""
        path = self._path(epoch)
        content = read_file(self._root, f"{FOLDER}/{path.name}", most_bytes=_MOST_BYTES)
        optional = (_SPREAD, _CERTAINTIES)
        arrays = unpack_npz(content, ("reconstructions", "codes"), path, optional=optional)
        codes, spread = arrays["codes"], arrays.get(_SPREAD)
        pictures, certainties = arrays["reconstructions"], arrays.get(_CERTAINTIES)
        is_form_right = (
            codes.ndim == 2
            and (spread is None or spread.shape == codes.shape)
            and (certainties is None or certainties.shape == pictures.shape)
        )
        if not is_form_right or any(array.dtype.kind != "f" for array in arrays.values()):
            raise RunError(
                "the arrays in it have the wrong form.",
                subject=path,
                next_step="Look at another epoch.",
            )
        return Preview(
            epoch,
            pictures.astype(np.float32),
            codes.astype(np.float32),
            None if spread is None else spread.astype(np.float32),
            None if certainties is None else certainties.astype(np.float32),
        )

    def samples(self) -> PreviewSamples | None:
        """The followed samples; None when the run was recorded without them."""
        path = self._root / _SAMPLES
        if not path.exists():
            return None
        content = read_file(self._root, _SAMPLES, most_bytes=_MOST_BYTES)
        names = ("picture_samples", "picture_rows", "picture_labels", "map_rows", "map_labels")
        arrays = unpack_npz(content, names, path, optional=(_TIMES, _TIME_KIND))
        numbers = [arrays[name] for name in names[1:]]
        if any(array.ndim != 1 or array.dtype != np.int64 for array in numbers):
            raise RunError(
                "the rows and labels in it are no whole numbers.",
                subject=path,
                next_step="Restore the file from a copy.",
            )
        rows = [array.astype(np.int64, copy=False) for array in numbers]
        pictures = arrays["picture_samples"]
        moments = _moments(arrays, pictures.shape)
        return PreviewSamples(pictures, rows[0], rows[1], rows[2], rows[3], moments)

    def _path(self, epoch: int) -> Path:
        return self._folder / f"epoch-{epoch:06d}.npz"

    def _thin(self, newest: int) -> None:
        # Counted by the number of the epoch, not by the files, so that a resumed run keeps the
        # same epochs as one that was never interrupted.
        stride = _stride(newest)
        earlier = newest - 1
        if earlier % _stride(earlier) and earlier > 0:
            atomic.remove_file(self._path(earlier))
        if stride > _stride(earlier):
            for epoch in self.epochs():
                if epoch % stride and epoch != newest:
                    atomic.remove_file(self._path(epoch))


def _stride(newest: int) -> int:
    """Every how many epochs stay when ``newest`` is the newest."""
    stride = 1
    while newest // stride >= MOST_KEPT:
        stride *= 2
    return stride


def _compact(values: Floats) -> npt.NDArray[np.floating]:
    is_picture = values.ndim == 4
    if is_picture and values.size and float(np.abs(values).max()) <= _MOST_HALF:
        return values.astype(np.float16)
    return values.astype(np.float32, copy=False)


def _moments(arrays: dict[str, npt.NDArray[np.generic]], shape: tuple[int, ...]) -> Moments | None:
    """Return the times beside the samples; without them, or where they do not fit, nothing."""
    times, kind = arrays.get(_TIMES), arrays.get(_TIME_KIND)
    if times is None or kind is None or times.shape != shape[:2] or times.dtype != np.float64:
        return None
    if kind.shape != (1,) or kind.dtype.kind != "U":
        return None
    unit = str(kind[0])
    is_date = unit == _DATE
    return Moments(times.astype(np.float64), is_date, "" if is_date else unit)


def _labels(source: HasSamples, rows: Rows) -> Rows:
    if source.labels is None:
        return np.full(len(rows), -1, dtype=np.int64)
    return source.labels[rows]
