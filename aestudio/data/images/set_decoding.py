"""From many picture files to one array, in one pass where that is possible.

The common form is guessed from a few files that lie far apart, and all are decoded to it. If it turns
out that the whole set asks for another form, they are decoded a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from aestudio.data.files.cache import cached, forget, known
from aestudio.data.files.doors import memory_limit
from aestudio.data.images.choice import choose_plan
from aestudio.data.images.decoded_pictures import (
    FEWEST_PICTURES,
    FoundPictures,
    key_of_pictures,
    load_pictures,
    write_pictures,
)
from aestudio.data.images.pixel_stores import PixelArray, PixelStore
from aestudio.data.isolation.decoder_pool import DecoderPool
from aestudio.errors import DataError, StorageError

if TYPE_CHECKING:
    from aestudio.data.images.picture_files import PictureFiles
    from aestudio.data.images.plan import ImageFacts, ImagePlan
    from aestudio.data.isolation.decoder_process import Outcome
    from aestudio.data.request import Request

#: Files from which the common form is guessed.
_GUESSED_FROM = 64

Array = npt.NDArray[Any]


class NoPicturesError(Exception):
    """None of the files is a picture."""

    def __init__(self, skipped: Sequence[tuple[int, str]]) -> None:
        super().__init__("no pictures")
        #: Position and reason of each.
        self.skipped = skipped


def decode_set(request: Request, files: PictureFiles) -> tuple[Array, FoundPictures, ImagePlan]:
    """Return all pictures as (N, C, H, W), decoded now, or as they were kept from the last time.

    Raises
    ------
    NoPicturesError
        There are none.
    StorageError
        They fit neither the memory nor the disk.
    """
    num_files = len(files.names)
    is_many = num_files >= FEWEST_PICTURES

    def told(done: int) -> None:
        request.check_cancelled()
        request.progress(done, 0)

    key = key_of_pictures(files, request.options, told)
    if is_many and (entry := known(key)) is not None:
        with suppress(DataError, OSError, ValueError, KeyError, TypeError):
            return load_pictures(entry, num_files, told)
        forget(key)
    with DecoderPool(request.check_cancelled, max_pixels=request.options.max_pixels) as decoders:
        decoding = _Decoding(decoders, request, files)
        plan = decoding.guess()
        num_bytes = len(decoding.places) * plan.num_bytes
        fits = num_bytes <= memory_limit()
        decode = partial(decoding.all, plan=plan)
        if is_many or not fits:
            try:
                entry = cached(
                    key,
                    num_bytes,
                    lambda at: write_pictures(at, lambda file: decoding.all(file, plan)),
                )
            except StorageError:
                # A full disk is no reason not to train on what the memory holds.
                if not fits:
                    raise
            else:
                return load_pictures(entry, num_files, told)
        array = PixelArray()
        found, plan = decode(array)
        return array.x, found, plan


class _Decoding:
    """The conversation with the decoders about one set."""

    def __init__(self, decoders: DecoderPool, request: Request, files: PictureFiles) -> None:
        self._decoders = decoders
        self._request = request
        self._addresses = files.addresses
        #: Why a file is no picture, as far as its beginning was looked at.
        self._refused: dict[int, str] = {}
        #: Positions of the files that may be pictures.
        self.places: Sequence[int] = range(len(files.addresses))

    def guess(self) -> ImagePlan:
        """Return the form that some of the files ask for; of all files where these are no pictures."""
        step = max(1, len(self.places) // _GUESSED_FROM)
        facts = self._look_at(self.places[::step])
        if not facts:
            facts = self._look_at([place for place in self.places if place % step])
        if not facts:
            raise NoPicturesError(sorted(self._refused.items()))
        self.places = [place for place in self.places if place not in self._refused]
        return choose_plan(facts, self._request.options)

    def all(self, store: PixelStore, plan: ImagePlan) -> tuple[FoundPictures, ImagePlan]:
        """Decode all files into the store, and again if their form turns out to be another one."""
        found, kept = self._decode(store, plan, num_before=0)
        wanted = choose_plan(found.facts, self._request.options)
        if wanted != plan:
            plan = wanted
            found, kept = self._decode(store, plan, num_before=len(self.places))
        if len(kept) < len(self.places):
            store.close_gaps(kept)
        return found, plan

    def _look_at(self, places: Sequence[int]) -> list[ImageFacts]:
        facts: dict[int, ImageFacts] = {}
        addresses = [self._addresses[place] for place in places]
        with closing(self._decoders.in_parts(addresses, None)) as parts:
            for first, outcomes in parts:
                for place, outcome in zip(places[first:], outcomes, strict=False):
                    if outcome.facts is None:
                        self._refused[place] = outcome.reason
                    else:
                        facts[place] = outcome.facts
                self._request.progress(len(facts) + len(self._refused), 0)
        return [facts[place] for place in sorted(facts)]

    def _decode(
        self, store: PixelStore, plan: ImagePlan, num_before: int
    ) -> tuple[FoundPictures, list[int]]:
        """Return what was found, and which of :attr:`places` hold a picture."""
        num_places = len(self.places)
        facts: list[ImageFacts | None] = [None] * num_places
        refused = dict(self._refused)
        num_done = num_before
        store.begin(plan, num_places)
        addresses = [self._addresses[place] for place in self.places]
        with closing(self._decoders.in_parts(addresses, plan)) as parts:
            for first, outcomes in parts:
                _put(store, first, outcomes)
                for index, outcome in enumerate(outcomes, first):
                    facts[index] = outcome.facts
                    if outcome.facts is None:
                        refused[self.places[index]] = outcome.reason
                num_done += len(outcomes)
                self._request.progress(num_done, num_before + num_places)
        skipped = sorted(refused.items())
        kept = [index for index, fact in enumerate(facts) if fact is not None]
        if not kept:
            raise NoPicturesError(skipped)
        found = FoundPictures(
            [self.places[index] for index in kept],
            [fact for fact in facts if fact is not None],
            skipped,
        )
        return found, kept


def _put(store: PixelStore, first: int, outcomes: Sequence[Outcome]) -> None:
    """Keep the pixels of sound neighbours at once."""
    pixels = [(index, outcome.pixels) for index, outcome in enumerate(outcomes, first)]
    for is_sound, run in groupby(pixels, lambda one: one[1] is not None):
        if is_sound:
            neighbours = list(run)
            store.put(neighbours[0][0], b"".join(one for _, one in neighbours if one is not None))
