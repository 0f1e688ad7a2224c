"""The model as a folder that any tool can read.

model.safetensors     the weights, by their names in the network
experiment.toml       the recipe
preprocessing.json    how raw data is scaled, the shape of a sample, names of labels and features
MODEL_CARD.md         what it is, what it learned from, how good it is, how to use it
manifest.json         size and SHA-256 of each file, written last
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from aestudio.runs import atomic

MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class SafetensorsExport:
    folder: Path
    files: tuple[Path, ...]  #: the manifest last


def export_safetensors(
    folder: Path,
    *,
    weights: Mapping[str, npt.NDArray[np.generic]],
    experiment_toml: str,
    preprocessing: Mapping[str, Any],
    card: str,
) -> SafetensorsExport:
    """Write the files into ``folder``, which is made if need be; the manifest comes last."""
    # The library would write the memory of a transposed array in the wrong order; and unlike
    # ascontiguousarray this leaves a single number a single number.
    arrays = {name: np.asarray(array, order="C") for name, array in weights.items()}
    contents = {
        # "pt" is what loaders for torch look for.
        "model.safetensors": bytes(save(arrays, metadata={"format": "pt"})),
        "experiment.toml": experiment_toml.encode(),
        "preprocessing.json": _json(preprocessing),
        "MODEL_CARD.md": card.encode(),
    }
    manifest = {
        "format": "aestudio-model",
        "version": 1,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in contents.items()
        },
    }
    atomic.make_folder(folder, parents=True, exist_ok=True)
    for name, content in contents.items():
        atomic.write_bytes(folder / name, content)
    atomic.write_bytes(folder / MANIFEST_NAME, _json(manifest))
    return SafetensorsExport(folder, tuple(folder / name for name in (*contents, MANIFEST_NAME)))


def _json(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, indent=1, allow_nan=False) + "\n").encode()
