"""How alike two pictures look, as something that can be learned from.

Shapes: B batch, C channels, H height, W width, P and Q the places where the window fits.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

#: Window and constants of the paper, for values between 0 and 1.
_WINDOW_SIZE = 11
_WINDOW_SIGMA = 1.5
_C1, _C2 = 0.01**2, 0.03**2


def structural_similarity(a_BCHW: Tensor, b_BCHW: Tensor) -> Tensor:
    """Return the mean structural similarity per picture, (B,), 1 where both are the same.

    Wang, Bovik, Sheikh & Simoncelli 2004, https://doi.org/10.1109/TIP.2003.819861, equation 13,
    for values in [0, 1]: averaged over channels and over the places where the Gaussian window of 11
    pixels fits entirely. Smaller pictures take the largest odd window that fits.
    """
    with torch.autocast(a_BCHW.device.type, enabled=False):
        # Variances are differences of nearly equal numbers; half precision has no digits for them.
        a, b = a_BCHW.float(), b_BCHW.float()
        maps = torch.stack((a, b, a * a + b * b, a * b))
        mean_a, mean_b, mean_squares, mean_product = _windowed(maps).unbind()
    product = mean_a * mean_b
    squares = mean_a * mean_a + mean_b * mean_b
    luminance = (2 * product + _C1) / (squares + _C1)
    structure = (2 * (mean_product - product) + _C2) / (mean_squares - squares + _C2)
    return (luminance * structure).mean(dim=(1, 2, 3))


def _windowed(maps: Tensor) -> Tensor:
    """Return the weighted mean under the window at every place, (..., P, Q), of (..., H, W)."""
    height, width = maps.shape[-2:]
    side = min(_WINDOW_SIZE, height, width)
    side -= 1 - side % 2
    # A product with a banded matrix: on a processor, an order of magnitude faster than convolving.
    rows_PH = _band(side, height, maps.device)
    columns_WQ = _band(side, width, maps.device).T
    return rows_PH @ (maps @ columns_WQ)


# Kept, because to bring it to a graphics processor at every step would wait for it. A tensor made
# in inference mode could not be used in training later.
@cache
@torch.inference_mode(False)
def _band(size: int, length: int, device: torch.device) -> Tensor:
    """Return (length - size + 1, length): row p weighs the numbers from p to p + size."""
    offsets = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    window = torch.exp(-(offsets**2) / (2 * _WINDOW_SIGMA**2))
    window /= window.sum()
    num_places = length - size + 1
    band = torch.zeros(num_places, length, dtype=torch.float64)
    for place in range(num_places):
        band[place, place : place + size] = window
    return band.float().to(device)
