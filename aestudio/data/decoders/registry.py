"""Every format that is decoded apart, found by looking into this package.

A new format is one new file, named like the format, with a function ``decode(path, settings)`` that
yields the :data:`~aestudio.data.decoders.pieces.Piece` of a file; it may raise a DataError, and
anything else is the fault of the file. Only the decoding process imports it, and with it the
library behind it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from aestudio.data.decoders.pieces import Piece

Decode = Callable[[str, Mapping[str, Any]], Iterator[Piece]]

_NO_FORMATS = ("__main__", "claims", "pieces", "registry")


def formats() -> tuple[str, ...]:
    """The names of all formats; nothing is imported."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return tuple(sorted(module.name for module in found if module.name not in _NO_FORMATS))


def decoder_of(name: str) -> Decode:
    """Import the decoder of one format."""
    if name not in formats():
        raise ValueError(f"no decoder is called '{name}'")
    module = importlib.import_module(f"{__package__}.{name}")
    return cast(Decode, module.decode)
