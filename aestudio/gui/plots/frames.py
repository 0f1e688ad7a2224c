"""What each epoch looked like: from the run folder, with the newest ones' weights in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from aestudio.training.events import PreviewReady

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, npt.NDArray[np.generic]]

_MOST_FRAMES = 64
_MOST_WEIGHT_BYTES = 256 * 2**20


class PreviewFolder(Protocol):
    """The part of a run folder that replays need."""

    def preview(self, epoch: int) -> StoredPreview: ...


class StoredPreview(Protocol):
    @property
    def reconstructions(self) -> Floats: ...
    @property
    def codes(self) -> Floats: ...
    @property
    def code_spread(self) -> Floats | None: ...
    @property
    def certainties(self) -> Floats | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One epoch; ``weights`` are those that decode its codes, where they are still known.

    ``code_spread`` holds the standard deviations of codes that are clouds, ``certainties`` how
    probable each symbol of reconstructed tokens is.
    """

    epoch: int
    reconstructions: Floats
    codes: Floats
    code_spread: Floats | None
    certainties: Floats | None
    weights: Weights | None

    @classmethod
    def of(cls, epoch: int, preview: StoredPreview, weights: Weights | None) -> Frame:
        return cls(
            epoch,
            preview.reconstructions,
            preview.codes,
            preview.code_spread,
            preview.certainties,
            weights,
        )


class Frames:
    """The epochs of one run; those looked at last stay in memory."""

    def __init__(self, folder: PreviewFolder) -> None:
        self._folder = folder
        self._frames: OrderedDict[int, Frame] = OrderedDict()
        self._weights: OrderedDict[int, Weights] = OrderedDict()
        self._weight_bytes = 0

    def add(self, event: PreviewReady) -> Frame:
        """Keep a preview that has just arrived."""
        self._weights[event.epoch] = event.weights
        self._weight_bytes += _num_bytes(event.weights)
        while self._weight_bytes > _MOST_WEIGHT_BYTES and len(self._weights) > 1:
            _, forgotten = self._weights.popitem(last=False)
            self._weight_bytes -= _num_bytes(forgotten)
        return self._keep(Frame.of(event.epoch, event, event.weights))

    def frame(self, epoch: int) -> Frame:
        """The epoch as it was; raises :class:`RunError` where the folder has lost it."""
        found = self._frames.get(epoch)
        if found is not None:
            self._frames.move_to_end(epoch)
            return found
        stored = self._folder.preview(epoch)
        return self._keep(Frame.of(epoch, stored, self._weights.get(epoch)))

    def _keep(self, frame: Frame) -> Frame:
        self._frames[frame.epoch] = frame
        self._frames.move_to_end(frame.epoch)
        while len(self._frames) > _MOST_FRAMES:
            self._frames.popitem(last=False)
        return frame


def _num_bytes(weights: Weights) -> int:
    return sum(array.nbytes for array in weights.values())
