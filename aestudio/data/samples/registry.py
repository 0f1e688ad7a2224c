"""Every built-in sample, found by looking into this package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from aestudio.data.dataset import Dataset, Kind

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
    _import_all()
    return tuple(_samples[name] for name in sorted(_samples))


def find_sample(name: str) -> Sample | None:
    _import_all()
    return _samples.get(name)


@cache
def _import_all() -> None:
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{package}.{module.name}")
