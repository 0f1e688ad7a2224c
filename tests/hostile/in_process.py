"""Decoding without a process of its own, so that what it does can be followed line by line.

Only for fuzzing: a decoder that crashes takes the fuzzing process with it.
"""

from __future__ import annotations

import io
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from zarr.core.sync import cleanup_resources

from aestudio.data.decoders import __main__ as decoders
from aestudio.data.images import picture_opening
from aestudio.data.isolation import apart, decoder_pool, decoding
from aestudio.data.isolation.child_process import ChildProcess
from aestudio.data.isolation.decoder_process import DecoderProcess
from aestudio.data.isolation.frames import receive

#: What a decoding process may never answer: the studio would blame the file for it.
accidents: list[str] = []


class _InProcess(ChildProcess):
    """Runs what the process would run, with buffers for its pipes, once for every request."""

    _command: Sequence[str]
    _replies: io.BytesIO

    def say(self, request: bytes) -> None:
        self._replies = io.BytesIO()
        with ExitStack() as stack:
            for name, stream in (("stdin", io.BytesIO(request)), ("stdout", self._replies)):
                stack.enter_context(mock.patch.object(sys, name, SimpleNamespace(buffer=stream)))
            if decoders.__package__ in self._command:
                decoders.main(self._command[-2], int(self._command[-1]))
            else:
                decoding.main()
            # An archive stays open for as long as its process lives.
            picture_opening._archive.cache_clear()
            picture_opening._open_archives.close()
        self._replies.seek(0)
        assert receive(self._replies)[0] == {"ready": True}

    def hear(self, timeout_s: float | None = None) -> tuple[Any, memoryview]:
        return receive(self._replies)

    def accident(self) -> str:
        accidents.append(traceback.format_exc())
        return "the decoder crashed on it."


class _PicturesInProcess(_InProcess, DecoderProcess):
    """The same for the process that decodes pictures."""

    __init__ = DecoderProcess.__init__


@contextmanager
def decoding_in_process() -> Iterator[None]:
    """Let every reader decode in this process."""
    with ExitStack() as stack:
        for place, name, instead in (
            (apart, "ChildProcess", _InProcess),
            (decoder_pool, "DecoderProcess", _PicturesInProcess),
            (decoders, "confine", lambda most_bytes: None),
            (decoding, "confine", lambda most_bytes: None),
        ):
            stack.enter_context(mock.patch.object(place, name, instead))
        stack.enter_context(warnings.catch_warnings())
        # It keeps threads for the next time.
        stack.callback(cleanup_resources)
        yield
