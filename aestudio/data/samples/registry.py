"""Every built-in sample, found by looking into this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aestudio.data.dataset import Dataset, Kind
from aestudio.discovery import import_neighbours

Load = Callable[[], Dataset]


@dataclass(frozen=True, slots=True)
class Sample:
    """A data set that comes with the program."""

    name: str
    title: str
    #: One sentence: what it shows and what it is good for.
    description: str
    kind: Kind
    _load: Load = field(repr=False)

    def load(self) -> Dataset:
        """Return the whole data set; its ``source`` is the sample's name."""
        return self._load()


_samples: dict[str, Sample] = {}


def sample(*, name: str, title: str, description: str, kind: Kind) -> Callable[[Load], Load]:
    """Register the decorated function as the loader of one sample."""

    def register(load: Load) -> Load:
        if name in _samples:
            raise ValueError(f"two samples are called '{name}'")
        _samples[name] = Sample(name, title, description, kind, load)
        return load

    return register


def list_samples() -> tuple[Sample, ...]:
    """Every sample, by name."""
    import_neighbours(__name__, __file__)
    return tuple(_samples[name] for name in sorted(_samples))


def find_sample(name: str) -> Sample | None:
    import_neighbours(__name__, __file__)
    return _samples.get(name)
