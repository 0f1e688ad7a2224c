"""The options on size and colour, applied to pictures that are already an array."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.image_geometry import fit_image
from aestudio.data.missing_values import slices

if TYPE_CHECKING:
    from aestudio.data.request import Request

Array = npt.NDArray[Any]

_CHANNELS = {"grey": 1, "rgb": 3, "rgba": 4}
#: Weights of red, green and blue in brightness: Rec. ITU-R BT.601-7, section 2.5.1.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_PROGRESS_EVERY = 256


def resized_and_recoloured(dataset: Dataset, request: Request) -> Dataset:
    """Return images with the wanted side and channels; any other dataset as it is."""
    if dataset.kind is not Kind.IMAGES:
        return dataset
    options = request.options
    x, findings = dataset.x, list(dataset.findings)
    channels = _CHANNELS.get(options.color) or dataset.shape[0]
    if channels != x.shape[1]:
        x = np.concatenate([recoloured(part, channels, options.background) for part in slices(x)])
    side = options.image_size
    if side is not None and x.shape[2:] != (side, side):
        findings.append(_resized_note(x, side, options.image_fit))
        x = _resized(x, side, request)
    return replace(dataset, x=x, findings=tuple(findings), _fingerprint=[])


def recoloured(x: Array, channels: int, background: str) -> Array:
    """Bring (N, C, H, W) to 1, 3 or 4 channels; transparency is laid over the background."""
    full = _full(x)
    colour = x
    if x.shape[1] == 4 and channels < 4:
        alpha = x[:, 3:].astype(np.float32) / full
        behind = full if background == "white" else 0
        colour = _as_type(x[:, :3] * alpha + behind * (1 - alpha), x.dtype)
    if channels == 1:
        if colour.shape[1] == 1:
            return colour
        grey = np.tensordot(colour[:, :3].astype(np.float32), _LUMA, axes=([1], [0]))
        return _as_type(grey, x.dtype)[:, None]
    if colour.shape[1] == 1:
        colour = np.repeat(colour, 3, axis=1)
    if channels == 4 and colour.shape[1] == 3:
        opaque = np.full((len(x), 1, *x.shape[2:]), full, dtype=x.dtype)
        colour = np.concatenate([colour, opaque], axis=1)
    return colour


def _full(x: Array) -> float:
    """Return the value of full brightness and of full opacity."""
    if np.issubdtype(x.dtype, np.integer):
        return float(np.iinfo(x.dtype).max)
    return 1.0 if np.nanmax(x, initial=0) <= 1 else 255.0


def _as_type(values: Array, dtype: np.dtype[Any]) -> Array:
    if np.issubdtype(dtype, np.integer):
        values = np.rint(values)
    return values.astype(dtype)


def _resized(x: Array, side: int, request: Request) -> Array:
    options = request.options
    border = _full(x) if options.background == "white" else 0
    result = np.empty((len(x), x.shape[1], side, side), dtype=x.dtype)
    for index, sample in enumerate(x):
        if index % _PROGRESS_EVERY == 0:
            request.check_cancelled()
            request.progress(index, len(x))
        for channel, plane in enumerate(sample):
            # Every number type fits into Pillow's 32-bit floating-point pictures.
            image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
            fitted = fit_image(image, (side, side), options.image_fit, float(border))
            result[index, channel] = _as_type(np.asarray(fitted), x.dtype)
    request.progress(len(x), len(x))
    return result


def _resized_note(x: Array, side: int, fit: str) -> Finding:
    height, width = x.shape[2:]
    return Finding(
        Severity.NOTE,
        f"The images of {width} x {height} pixels were brought to {side} x {side} ({fit}).",
        "Choose another image side to change that.",
    )
