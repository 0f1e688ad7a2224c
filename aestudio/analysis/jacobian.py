"""How an encoder stretches the surroundings of chosen samples.

A singular value of the Jacobian dz/dx is the factor by which one direction of small changes of the
sample is stretched in the code. A contractive encoder keeps few large ones: those along which the
data varies. Rifai et al. 2011, section 5.3, https://icml.cc/2011/papers/455_icmlpaper.pdf.

Shapes: N samples, D features, L code size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Floats = npt.NDArray[np.float32]


def jacobians(encode: Callable[[Tensor], Tensor], x: npt.ArrayLike) -> Floats:
    """Return dz/dx at samples ``x`` (N, *shape), (N, L, D).

    ``encode`` maps tensors (N, *shape) to codes (N, L), each row by itself and differentiably; the
    derivatives are in the scale in which it takes samples.
    """
    # Also where the caller computes without gradients.
    with torch.inference_mode(False), torch.enable_grad():
        samples = torch.tensor(np.asarray(x, np.float32), requires_grad=True)
        codes_NL = encode(samples)
        rows = [
            torch.autograd.grad(codes_NL[:, number].sum(), samples, retain_graph=True)[0]
            for number in range(codes_NL.shape[1])
        ]
    return torch.stack([row.flatten(1) for row in rows], dim=1).numpy()


def singular_values(encode: Callable[[Tensor], Tensor], x: npt.ArrayLike) -> Floats:
    """Return the singular values of dz/dx at samples ``x``, largest first, (N, min(L, D))."""
    values: Floats = np.linalg.svd(jacobians(encode, x), compute_uv=False)
    return values
