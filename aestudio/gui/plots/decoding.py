"""Codes become samples while the mouse moves: at once where that is fast, else in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject

from aestudio.gui.latest_worker import LatestWorker

Floats = npt.NDArray[np.float32]

#: Work expected to be shorter than this is done at once: half of a frame at 60 Hz.
_AT_ONCE_S = 0.008
_FORGETTING = 0.7


class Decoder(Protocol):
    """The part of a trained model that the views need; arrays in the data's own scale."""

    @property
    def code_size(self) -> int: ...
    @property
    def is_generative(self) -> bool: ...
    def encode(self, x: npt.NDArray[np.generic]) -> Floats: ...
    def decode(self, z: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Decoded samples, and the model that they are true for."""

    model: Decoder
    samples: Floats


class Decoding(QObject):
    """Decodes for several askers, each with a lane in which only the newest request counts."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: Decoder | None = None
        self._worker = LatestWorker(self)
        self._worker.done.connect(self._on_done)
        self._answers: dict[str, Callable[[Floats], None]] = {}
        self._seconds_per_code: float | None = None

    @property
    def model(self) -> Decoder | None:
        return self._model

    def set_model(self, model: Decoder | None) -> None:
        """Decode with this model from now on; None while there is none."""
        if model is not self._model:
            self._model = model
            self._worker.forget()
            self._seconds_per_code = None

    def request(self, lane: str, codes_KL: Floats, answer: Callable[[Floats], None]) -> None:
        """Give ``answer`` the decoded samples (K, *shape), now or a little later."""
        model = self._model
        if model is None:
            return
        self._answers[lane] = answer
        expected_s = (self._seconds_per_code or 0.0) * len(codes_KL)
        if expected_s < _AT_ONCE_S:
            answer(self._decode(model, codes_KL))
        else:
            self._worker.submit(lane, lambda: Answer(model, self._decode(model, codes_KL)))

    def close(self) -> None:
        self._worker.close()

    def _decode(self, model: Decoder, codes_KL: Floats) -> Floats:
        started_s = time.perf_counter()
        samples = model.decode(codes_KL)
        cost_s = (time.perf_counter() - started_s) / max(1, len(codes_KL))
        if self._seconds_per_code is None:
            # The first time is never typical: much is being prepared.
            self._seconds_per_code = 0.0
        else:
            self._seconds_per_code = (
                _FORGETTING * self._seconds_per_code + (1.0 - _FORGETTING) * cost_s
            )
        return samples

    def _on_done(self, lane: str, result: object) -> None:
        if isinstance(result, Answer) and result.model is self._model:
            self._answers[lane](result.samples)
