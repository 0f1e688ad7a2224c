"""The options on size and colour, applied to pictures that are already an array."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from aestudio.data.arrays.slicing import slices
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.images.colour import NUM_CHANNELS, full_value, recoloured
from aestudio.data.images.geometry import fit_image

if TYPE_CHECKING:
    from aestudio.data.request import Request

Array = npt.NDArray[Any]

_PROGRESS_EVERY = 256


def resized_and_recoloured(dataset: Dataset, request: Request) -> Dataset:
    """Return images with the wanted side and channels; any other dataset as it is."""
    if dataset.kind is not Kind.IMAGES:
        return dataset
    options = request.options
    x, findings = dataset.x, list(dataset.findings)
    channels = NUM_CHANNELS.get(options.color) or dataset.shape[0]
    if channels != x.shape[1]:
        full = full_value(x)
        x = np.concatenate(
            [recoloured(part, channels, options.background, full) for part in slices(x)]
        )
    side = options.image_size
    if side is not None and x.shape[2:] != (side, side):
        findings.append(_resized_note(x, side, options.image_fit))
        x = _resized(x, side, request)
    return replace(dataset, x=x, findings=tuple(findings), _fingerprint=[])


def _resized(x: Array, side: int, request: Request) -> Array:
    options = request.options
    border = full_value(x) if options.background == "white" else 0
    result = np.empty((len(x), x.shape[1], side, side), dtype=x.dtype)
    for index, sample in enumerate(x):
        if index % _PROGRESS_EVERY == 0:
            request.check_cancelled()
            request.progress(index, len(x))
        for channel, plane in enumerate(sample):
            # Every number type fits into Pillow's 32-bit floating-point pictures.
            image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
            fitted = fit_image(image, (side, side), options.image_fit, float(border))
            result[index, channel] = _rounded(np.asarray(fitted), x.dtype)
    request.progress(len(x), len(x))
    return result


def _resized_note(x: Array, side: int, fit: str) -> Finding:
    height, width = x.shape[2:]
    return Finding(
        Severity.NOTE,
        f"The images of {width} x {height} pixels were brought to {side} x {side} ({fit}).",
        "Choose another image side to change that.",
    )


def _rounded(values: Array, dtype: np.dtype[Any]) -> Array:
    return np.rint(values) if np.issubdtype(dtype, np.integer) else values
