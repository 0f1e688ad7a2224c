"""Arrays that a person hands over in Python, brought to the stored layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Kind
from aestudio.errors import DataError


def as_samples(x: npt.ArrayLike, kind: Kind, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    r"""Return ``x`` as (N, \*shape), its number type kept.

    Accepted are the stored layout itself, one single sample of it, and flattened samples (N, D); for
    images of shape (C, H, W) also (N, H, W, C), (H, W, C), and without the channel if there is one.
    The stored layout wins where an array fits two of them.

    Raises
    ------
    DataError
        The values are no numbers, or the sizes fit none of these.
    """
    try:
        values = np.asarray(x)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"this is no array ({error}).", subject="x", next_step="Give rows of equal length."
        ) from None
    _check_numbers(values, "x")
    for candidate in _readings(values, kind, shape):
        if candidate.shape[1:] == shape:
            return candidate
    expected = " or ".join(
        f"(N{''.join(f', {size}' for size in one)})" for one in _layouts(kind, shape)
    )
    raise DataError(
        f"an array of shape {values.shape} does not fit {kind.value} of shape {shape}.",
        subject="x",
        next_step=f"Give an array of shape {expected}.",
    )


def as_image(x: npt.ArrayLike, num_channels: int) -> npt.NDArray[Any]:
    """Return one image of any size as (C, H, W), its number type kept.

    Accepted are (C, H, W), (H, W, C) and, of one channel, (H, W).

    Raises
    ------
    DataError
        The values are no numbers, or no axis has that many channels.
    """
    values = np.asarray(x)
    _check_numbers(values, "image")
    if values.ndim == 2 and num_channels == 1:
        return values[None]
    if values.ndim == 3 and values.shape[0] == num_channels:
        return values
    if values.ndim == 3 and values.shape[2] == num_channels:
        return np.moveaxis(values, 2, 0)
    raise DataError(
        f"an array of shape {values.shape} is no image with {num_channels} channels.",
        subject="image",
        next_step=f"Give an array of shape (H, W, {num_channels}).",
    )


def as_series(x: npt.ArrayLike, num_channels: int) -> npt.NDArray[Any]:
    """Return one series of any length as (L, C), its number type kept.

    Accepted are (L, C) and, of one channel, (L,).

    Raises
    ------
    DataError
        The values are no numbers, or there are not that many channels.
    """
    values = np.asarray(x)
    _check_numbers(values, "series")
    if values.ndim == 1 and num_channels == 1:
        return values[:, None]
    if values.ndim == 2 and values.shape[1] == num_channels:
        return values
    raise DataError(
        f"an array of shape {values.shape} is no series with {num_channels} channels.",
        subject="series",
        next_step=f"Give an array of shape (L, {num_channels}).",
    )


def _check_numbers(values: npt.NDArray[Any], name: str) -> None:
    if values.dtype.kind not in "biuf":
        raise DataError(
            f"values of the type '{values.dtype}' are no numbers.",
            subject=name,
            next_step=f"Convert them: numpy.asarray({name}, dtype='float32').",
        )


def _readings(
    values: npt.NDArray[Any], kind: Kind, shape: tuple[int, ...]
) -> list[npt.NDArray[Any]]:
    """Return every way to read the array as samples, the most literal first."""
    single = values[None]
    found = [values, single] if values.ndim else [single]
    if kind is Kind.IMAGES:
        for samples in (values, single):
            if samples.ndim == 4:
                found.append(np.moveaxis(samples, 3, 1))
            if samples.ndim == 3:
                found.append(samples[:, None])
    num_features = int(np.prod(shape, dtype=np.int64))
    if values.ndim == 2 and values.shape[1] == num_features:
        found.append(values.reshape(len(values), *shape))
    return found


def _layouts(kind: Kind, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if kind is not Kind.IMAGES:
        return [shape]
    channels, height, width = shape
    without_channel = [(height, width)] if channels == 1 else []
    return [shape, (height, width, channels), *without_channel]
