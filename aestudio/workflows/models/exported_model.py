"""An exported model folder, read again; nothing is believed before the manifest agrees with it.

The manifest shows damage, not forgery: whoever changes a file can change its checksum too. So what
the files say is still checked as strictly as in a run folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError

from aestudio.errors import DataError, OptionError, RunError
from aestudio.experiment import Experiment
from aestudio.export.safetensors import MANIFEST_NAME
from aestudio.preprocess.model_scale import scaling_from_json
from aestudio.preprocess.scaling import Scaling
from aestudio.runs.reading import MEBIBYTE, read_file
from aestudio.runs.schema import Schema, Size
from aestudio.runs.tensor_file import read_tensors

_WEIGHTS, _RECIPE, _PREPROCESSING = "model.safetensors", "experiment.toml", "preprocessing.json"
_S = TypeVar("_S", bound=Schema)
_MOST_BYTES = 64 * 1024 * MEBIBYTE


class _File(Schema):
    bytes: Annotated[int, Field(ge=0, le=_MOST_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Manifest(Schema):
    format: Literal["aestudio-model"]
    version: Literal[1]
    files: Annotated[dict[str, _File], Field(max_length=100)]


class _Preprocessing(Schema):
    kind: Literal["images", "table", "sequences", "tokens"]
    shape: Annotated[tuple[Size, ...], Field(min_length=1, max_length=8)]
    scaling: dict[str, Any]
    label_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """What an exported folder holds."""

    experiment: Experiment
    kind: str
    shape: tuple[int, ...]
    scaling: Scaling
    weights: dict[str, npt.NDArray[np.generic]]
    label_names: tuple[str, ...] = ()


def is_bundle(folder: Path) -> bool:
    """Whether an exported model seems to lie there, whole or damaged."""
    return (folder / MANIFEST_NAME).is_file() and not (folder / "run.json").exists()


def read_bundle(folder: Path) -> Bundle:
    """Read the model after comparing every file with the manifest.

    Raises :class:`RunError` that names the first file that is missing, damaged or impossible.
    """
    manifest = _parsed(
        _Manifest, folder, MANIFEST_NAME, read_file(folder, MANIFEST_NAME, most_bytes=MEBIBYTE)
    )
    contents = {name: _verified(folder, name, facts) for name, facts in manifest.files.items()}
    for name in (_WEIGHTS, _RECIPE, _PREPROCESSING):
        if name not in contents:
            raise _damaged(folder, MANIFEST_NAME, f"it does not name {name}")
    facts = _parsed(_Preprocessing, folder, _PREPROCESSING, contents[_PREPROCESSING])
    try:
        scaling = scaling_from_json(facts.scaling)
    except DataError as error:
        raise _damaged(folder, _PREPROCESSING, error.reason.rstrip(".")) from None
    return Bundle(
        experiment=_recipe(folder, contents[_RECIPE]),
        kind=facts.kind,
        shape=facts.shape,
        scaling=scaling,
        weights=read_tensors(contents[_WEIGHTS], folder / _WEIGHTS),
        label_names=facts.label_names,
    )


def _verified(folder: Path, name: str, facts: _File) -> bytes:
    content = read_file(folder, name, most_bytes=_MOST_BYTES)
    if len(content) != facts.bytes:
        raise _damaged(folder, name, f"{len(content):,} bytes instead of {facts.bytes:,}")
    if hashlib.sha256(content).hexdigest() != facts.sha256:
        raise _damaged(folder, name, "its checksum is wrong")
    return content


def _recipe(folder: Path, content: bytes) -> Experiment:
    try:
        return Experiment.from_toml(content.decode(), str(folder / _RECIPE))
    except UnicodeDecodeError:
        raise _damaged(folder, _RECIPE, "it is not UTF-8 text") from None
    except OptionError as error:
        raise _damaged(folder, _RECIPE, f"{error.subject}: {error.reason}".rstrip(".")) from None


def _parsed(model: type[_S], folder: Path, name: str, content: bytes) -> _S:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "whole file"
        raise _damaged(folder, name, f"{field}: {first['msg']}") from None


def _damaged(folder: Path, name: str, reason: str) -> RunError:
    return RunError(
        f"the exported file is damaged or was changed ({reason}).",
        subject=folder / name,
        next_step="Export the model again, or use another copy.",
    )
