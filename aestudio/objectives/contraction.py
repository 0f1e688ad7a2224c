"""How much an encoder stretches small changes of a sample: the size of its Jacobian.

Each function returns (B,): the squared Frobenius norm of one sample's Jacobian dz/dx, the sum of
the squares of all L x D derivatives. Rifai et al. 2011, Contractive auto-encoders, ICML,
https://icml.cc/2011/papers/455_icmlpaper.pdf. Shapes: B batch, D features, L code size, H width of
a layer, K directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor

#: Numbers of Jacobians, (samples, L, H), to work on at once: as many as a processor keeps close by,
#: and on a graphics processor as many as may be in memory.
_NUMBERS_IN_CACHE = 2**18
_MOST_NUMBERS = 2**24


def one_layer_contraction(slope_BL: Tensor, weight_LD: Tensor) -> Tensor:
    """Return the squared norm for z = s(W x + b), (B,), from the slopes s'.

    Rifai et al. 2011, equation 7. The slope is z (1 - z) for the sigmoid and 1 - z^2 for tanh.
    Costs no more than the layer itself.
    """
    return slope_BL.square() @ weight_LD.square().sum(1)


def layered_contraction(
    weights: Sequence[Tensor],
    slopes: Sequence[Tensor],
    code_slope_BL: Tensor,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Return the exact squared norm for layers of sums and elementwise curves, (B,).

    ``weights`` are (H, D), ..., (L, H) from the data to the code, ``slopes`` the derivatives of the
    curves between them, each (B, H), and ``code_slope_BL`` that of the curve after the last layer.
    By the chain rule the Jacobian is S W_n S_(n-1) ... S_1 W_1 with diagonal S. It is never written
    out: the layer next to the data, the widest, enters through G = W_1 W_1^T alone, since
    |M W_1|^2 = tr(M G M^T). That last product, of B x L rows and an H x H matrix, is nearly all of
    the work; it may be done in a shorter ``dtype``, whose errors average out in so long a sum.
    """
    if len(weights) == 1:
        return one_layer_contraction(code_slope_BL, weights[0])
    gram_HH = _gram(weights[0])
    widest = max(weight.shape[1] for weight in weights[1:])
    most = _NUMBERS_IN_CACHE if code_slope_BL.device.type == "cpu" else _MOST_NUMBERS
    step = max(1, most // (len(weights[-1]) * widest))
    parts = [
        _products(weights, [slope[rows] for slope in slopes], code_slope_BL[rows], gram_HH, dtype)
        for rows in (slice(start, start + step) for start in range(0, len(code_slope_BL), step))
    ]
    return torch.cat(parts)


def _products(
    weights: Sequence[Tensor],
    slopes: Sequence[Tensor],
    code_slope_BL: Tensor,
    gram_HH: Tensor,
    dtype: torch.dtype | None,
) -> Tensor:
    rows_BLH = code_slope_BL[:, :, None] * weights[-1]
    for weight, slope_BH in zip(reversed(weights[1:-1]), reversed(slopes[1:]), strict=True):
        rows_BLH = (rows_BLH * slope_BH[:, None, :]) @ weight
    rows_BLH = rows_BLH * slopes[0][:, None, :]
    norms_N = _quadratic_form(rows_BLH.flatten(0, 1), gram_HH, dtype)
    return norms_N.reshape(rows_BLH.shape[:2]).sum(1)


def two_layer_contraction(slope_BH: Tensor, inner_HD: Tensor, outer_LH: Tensor) -> Tensor:
    """Return the exact squared norm for z = V s(W x + b) + c, (B,), from the slopes s'.

    tr(V S W W^T S V^T) = s'^T (W W^T * V^T V) s', the product of both matrices being elementwise:
    the only work per sample is one product with an H x H matrix, whatever the length of the code.
    """
    return _quadratic_form(slope_BH, _gram(inner_HD) * _gram(outer_LH.t()))


def exact_contraction(code_BL: Tensor, x: Tensor, *, differentiable: bool) -> Tensor:
    """Return the exact squared norm of any encoder, (B,), by one backward pass per code number.

    ``code_BL`` has been computed from ``x`` (B, ...), which requires a gradient, and each row of
    it from the same row of ``x`` alone. With ``differentiable`` the result can be minimised.
    """
    directions_LL = torch.eye(code_BL.shape[1], dtype=code_BL.dtype, device=code_BL.device)
    norms = [
        _pulled_back_norm(code_BL, x, direction_L.expand_as(code_BL), differentiable)
        for direction_L in directions_LL
    ]
    return torch.stack(norms).sum(0)


def estimated_contraction(
    code_BL: Tensor, x: Tensor, directions_KBL: Tensor, *, differentiable: bool
) -> Tensor:
    """Return an unbiased estimate of the squared norm of any encoder, (B,).

    The mean of |v^T J|^2 over directions v whose entries are independent with mean 0 and variance
    1, such as random signs: as E[v v^T] = I, its expectation is tr(J J^T). Hutchinson 1989,
    https://doi.org/10.1080/03610918908812806. The other arguments as in :func:`exact_contraction`.
    """
    norms = [
        _pulled_back_norm(code_BL, x, direction_BL.to(code_BL.dtype), differentiable)
        for direction_BL in directions_KBL
    ]
    return torch.stack(norms).mean(0)


def _pulled_back_norm(
    code_BL: Tensor, x: Tensor, direction_BL: Tensor, differentiable: bool
) -> Tensor:
    """Return |v^T J|^2 for one direction v per sample, (B,)."""
    (row,) = torch.autograd.grad(
        code_BL, x, direction_BL, create_graph=differentiable, retain_graph=True
    )
    return row.float().square().flatten(1).sum(1)


class _Gram(torch.autograd.Function):
    """W W^T; autograd would compute the gradient of both factors apart, although they are one."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        return weight @ weight.t()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (weight,) = ctx.saved_tensors
        (gradient,) = gradients
        return cast(Tensor, (gradient + gradient.t()) @ weight)


class _QuadraticForm(torch.autograd.Function):
    """v^T M v for rows v and symmetric M; the product v^T M serves forward and backward."""

    @staticmethod
    def forward(ctx: Any, rows_NH: Tensor, matrix_HH: Tensor, dtype: torch.dtype) -> Tensor:
        rows_NH = rows_NH.to(dtype)
        product_NH = rows_NH @ matrix_HH.to(dtype)
        ctx.save_for_backward(rows_NH, product_NH)
        return (rows_NH * product_NH).sum(1, dtype=matrix_HH.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        rows_NH, product_NH = ctx.saved_tensors
        (gradient_N,) = gradients
        weighted_NH = (gradient_N[:, None] * rows_NH).to(rows_NH.dtype)
        of_rows_NH = 2 * gradient_N[:, None] * product_NH
        return of_rows_NH, (rows_NH.t() @ weighted_NH).to(gradient_N.dtype), None


def _gram(weight: Tensor) -> Tensor:
    return cast(Tensor, _Gram.apply(weight))  # type: ignore[no-untyped-call]  # torch declares none


def _quadratic_form(rows_NH: Tensor, matrix_HH: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    dtype = dtype or rows_NH.dtype
    return cast(Tensor, _QuadraticForm.apply(rows_NH, matrix_HH, dtype))  # type: ignore[no-untyped-call]  # likewise
