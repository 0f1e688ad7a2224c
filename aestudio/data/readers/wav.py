"""Sound (.wav), cut into windows: one recording, or a folder of them with subfolders as classes."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from aestudio.data.arrays.array_dataset import finished
from aestudio.data.dataset import Dataset, Finding, Severity
from aestudio.data.files.doors import Glimpse, memory_limit
from aestudio.data.files.folder_listing import list_files
from aestudio.data.files.plain_words import data_error, printable
from aestudio.data.images.folder_labels import folder_labels
from aestudio.data.readers.registry import reader
from aestudio.data.series.series_set import OneSeries, SeriesSet
from aestudio.data.series.wav_format import Sound, is_wav, read_wav
from aestudio.data.series.windows import dataset_of_windows
from aestudio.errors import DataError

if TYPE_CHECKING:
    from aestudio.data.request import Request

_NAME = "wav"
_SUFFIXES = (".wav", ".wave")
_NAMED = 5
#: What most two channels are.
_TWO_CHANNELS = ("left", "right")


def _is_sound(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not os.path.basename(name).startswith(".")


def _recognises(glimpse: Glimpse) -> bool:
    if not glimpse.is_folder:
        return is_wav(glimpse.head)
    names = (*glimpse.names, *glimpse.below)
    num_sounds = sum(map(_is_sound, names))
    # Texts and lists of what is in a folder lie beside the recordings in most collections.
    others = sum("." in os.path.basename(name) for name in names) - num_sounds
    return num_sounds > others


@reader(
    name=_NAME,
    title="sound (.wav, or a folder of recordings)",
    suffixes=(".wav",),
    recognises=_recognises,
)
def read(request: Request) -> Dataset:
    """Cut every recording into windows; those at another rate than most are left out and told of.

    Raises
    ------
    DataError
        Nothing can be read, or the recordings do not fit the memory together.
    """
    if request.glimpse.is_folder:
        found = _recordings(request)
    else:
        sound = read_wav(request.path, request.check_cancelled)
        found = _series(request, [(request.path.name, sound)])
    dataset = dataset_of_windows(found, request.options)
    if request.options.kind == dataset.kind:
        return finished(dataset, request)
    return finished(dataset, replace(request, options=request.options.changed(kind="auto")))


def _series(request: Request, sounds: list[tuple[str, Sound]]) -> SeriesSet:
    first = sounds[0][1]
    num_channels = first.values.shape[1]
    return SeriesSet(
        name=printable(request.path.name),
        source=str(request.path),
        reader=_NAME,
        series=tuple(
            OneSeries(name=printable(name), values=sound.values) for name, sound in sounds
        ),
        channel_names=_TWO_CHANNELS if num_channels == 2 else (),
        step=1.0 / first.rate,
        unit="s",
        read_as=(("Sampling rate", f"{first.rate:,} Hz"), ("Resolution", f"{first.bits} bits")),
    )


def _recordings(request: Request) -> SeriesSet:
    names = [
        name for name in list_files(request.path, request.check_cancelled).files if _is_sound(name)
    ]
    sounds: list[tuple[str, Sound]] = []
    skipped: list[tuple[str, str]] = []
    num_bytes = 0
    for index, name in enumerate(names):
        request.progress(index, len(names))
        try:
            sound = read_wav(request.path / name, request.check_cancelled)
        except DataError as error:
            skipped.append((name, error.reason))
            continue
        num_bytes += sound.values.nbytes
        if num_bytes > memory_limit():
            raise data_error(
                request.path,
                "the recordings do not fit the memory together.",
                "Choose one of its folders.",
            )
        sounds.append((name, sound))
    if not sounds:
        reason = f" ({skipped[0][1]})" if skipped else ""
        raise data_error(
            request.path, f"none of its recordings can be read{reason}.", "Choose another folder."
        )
    forms = Counter((sound.rate, sound.values.shape[1], sound.values.dtype) for _, sound in sounds)
    usual = forms.most_common(1)[0][0]
    kept = []
    for name, sound in sounds:
        if (sound.rate, sound.values.shape[1], sound.values.dtype) == usual:
            kept.append((name, sound))
        else:
            channels = sound.values.shape[1]
            skipped.append(
                (name, f"it has {sound.rate:,} Hz, {channels} channels, {sound.bits} bits.")
            )
    labels = folder_labels([tuple(name.split(os.sep)[:-1]) for name, _ in kept])
    found = _series(request, kept)
    return replace(
        found,
        labels=labels.indices,
        label_names=labels.names,
        findings=_skipping(skipped, len(names)),
    )


def _skipping(skipped: list[tuple[str, str]], count: int) -> tuple[Finding, ...]:
    if not skipped:
        return ()
    shown = "; ".join(f"{printable(name)}: {reason}" for name, reason in sorted(skipped)[:_NAMED])
    return (
        Finding(
            Severity.WARNING,
            f"{len(skipped):,} of {count:,} recordings were left out: {shown}",
            "Convert them to the rate, channels and bits of the others.",
        ),
    )
