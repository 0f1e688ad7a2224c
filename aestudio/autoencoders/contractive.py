"""The contractive autoencoder: small changes of a sample should hardly change its code.

Rifai et al. 2011, Contractive auto-encoders: explicit invariance during feature extraction, ICML,
https://icml.cc/2011/papers/455_icmlpaper.pdf, equation 5. Shapes: B batch, L code size, K
directions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import (
    Autoencoder,
    AutoencoderOptions,
    Batch,
    Plan,
    Progress,
    type_option,
)
from aestudio.autoencoders.registry import autoencoder
from aestudio.errors import OptionError
from aestudio.networks.chain import is_chain, run_chain
from aestudio.objectives.contraction import (
    estimated_contraction,
    exact_contraction,
    layered_contraction,
    two_layer_contraction,
)
from aestudio.objectives.precision import in_single_precision
from aestudio.options import option

#: Longer codes are estimated by the method 'auto', unless their length costs nothing.
_EXACT_UP_TO = 8


class ContractiveOptions(AutoencoderOptions):
    """The weight of the contraction and how it is computed."""

    type: Literal["contractive"] = type_option("contractive")
    weight: float = option(
        0.01,
        title="Contraction weight",
        help="How strongly the code is kept from following small changes of a sample; multiplies the squared Frobenius norm of the encoder's Jacobian.",
        hint="0.001 to 0.1; with network.tied, so that the decoder cannot undo a code that only shrank.",
        advanced=False,
        gt=0.0,
        le=10_000.0,
    )
    code_activation: Literal["linear", "sigmoid", "tanh"] = option(
        "linear",
        title="Code activation",
        help="The curve that the code goes through; the published form is one sigmoid layer, and with a linear code the exact norm costs least in networks of one hidden layer.",
        hint="sigmoid with network.depth 0 and a long code, such as 1000, for features as in the paper.",
    )
    method: Literal["auto", "exact", "estimate"] = option(
        "auto",
        title="Method",
        help="Exact sums the squares of all derivatives, which takes longer the longer the code; estimate takes the mean over random directions; auto is exact where that is cheap.",
        hint="exact for small codes and for comparisons.",
    )
    num_projections: int = option(
        1,
        title="Random directions",
        help="How many random directions each estimate is the mean of (method estimate only, and auto for long codes).",
        hint="4 halves the noise of 1 and takes four times as long.",
        ge=1,
        le=1024,
    )


@autoencoder("contractive")
class Contractive(Autoencoder):
    """Minimises reconstruction + weight * |dz/dx|^2, with x in the model's scale.

    ``contraction`` is summed over all L x D derivatives, one number per sample.
    """

    options_class = ContractiveOptions
    title = "Contractive"
    summary = (
        "Teaches the code to ignore small changes of a sample that do not help to draw it again. "
        "Good for robust features, and for seeing in which directions the data really varies."
    )
    citation = (
        "Rifai et al. 2011, Contractive auto-encoders: explicit invariance during feature "
        "extraction, https://icml.cc/2011/papers/455_icmlpaper.pdf"
    )
    is_regularised = True

    options: ContractiveOptions

    def __init__(self, options: ContractiveOptions, plan: Plan) -> None:
        if plan.is_tokens:
            raise OptionError(
                "a contractive code hardly follows small changes of a sample, and a token cannot "
                "change a little: it is one symbol or another.",
                subject="autoencoder.type",
                next_step="Set autoencoder.type to denoising, which replaces symbols.",
            )
        if plan.network.normalization == "batch":
            raise OptionError(
                "batch normalisation lets every sample of a batch change the codes of all others, "
                "so that the code has no derivative by one sample alone.",
                subject="network.normalization",
                next_step="Set network.normalization to layer or none.",
            )
        super().__init__(options, plan)
        self._is_chain = is_chain(self.encoder)
        self._is_recurrent = any(isinstance(module, nn.RNNBase) for module in self.modules())
        self._is_exact = options.method == "exact" or (
            options.method == "auto" and (self.code_size <= _EXACT_UP_TO or self._is_free_of_length)
        )

    @property
    def _is_free_of_length(self) -> bool:
        """Whether the exact norm of a long code costs no more than that of a short one."""
        num_layers = sum(isinstance(module, nn.Linear) for module in self.encoder.children())
        is_linear = self.options.code_activation == "linear"
        return self._is_chain and num_layers <= (2 if is_linear else 1)

    def encode(self, x: Tensor) -> Tensor:
        """Return the codes (B, L)."""
        return _CURVES[self.options.code_activation](self.encoder_output(x))

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        by = self._by_layers if self._is_exact and self._is_chain else self._by_backward_passes
        z_BL, contraction_B = by(batch.x)
        output = self.decoder_output(z_BL, teacher=batch.x)
        return {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            "contraction": contraction_B,
        }

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {"contraction": self.options.weight}

    def _by_layers(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the codes and the norms of their Jacobians from the layers' own derivatives."""
        # What encoder_output does, a layer at a time.
        chain = run_chain(self.encoder, torch.addcmul(self.input_shift, x, self.input_scale))
        z_BL = _CURVES[self.options.code_activation](chain.output)
        slopes = [slope.float() for slope in chain.slopes]
        is_half = torch.is_autocast_enabled(x.device.type)
        dtype = torch.get_autocast_dtype(x.device.type) if is_half else None
        with in_single_precision(x):
            if self.options.code_activation == "linear" and len(chain.weights) == 2:
                norms_B = two_layer_contraction(slopes[0], *chain.weights)
            else:
                code_slope_BL = _SLOPES[self.options.code_activation](z_BL.float())
                norms_B = layered_contraction(chain.weights, slopes, code_slope_BL, dtype)
            return z_BL, norms_B * self.input_scale.square()

    def _by_backward_passes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the codes and the norms of their Jacobians for any encoder."""
        is_learning = torch.is_grad_enabled()
        with torch.enable_grad(), self._twice_differentiable():
            x = x.detach().requires_grad_()
            z_BL = self.encode(x)
            if self._is_exact:
                norms_B = exact_contraction(z_BL, x, differentiable=is_learning)
            else:
                signs_KBL = self._random_signs(z_BL)
                norms_B = estimated_contraction(z_BL, x, signs_KBL, differentiable=is_learning)
        return (z_BL if is_learning else z_BL.detach()), norms_B

    def _random_signs(self, z_BL: Tensor) -> Tensor:
        shape = (self.options.num_projections, *z_BL.shape)
        uniform_KBL = self.noise.uniform_like(torch.empty(shape, device=z_BL.device))
        return (uniform_KBL < 0.5).float() * 2 - 1

    def _twice_differentiable(self) -> AbstractContextManager[object]:
        """Leave out the library whose recurrent layers can be differentiated only once."""
        if self._is_recurrent:
            return torch.backends.cudnn.flags(enabled=False)
        return contextlib.nullcontext()


_CURVES: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda sums_BL: sums_BL,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}
#: The derivatives of the curves, from their values.
_SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": torch.ones_like,
    "sigmoid": lambda z_BL: z_BL * (1 - z_BL),
    "tanh": lambda z_BL: 1 - z_BL.square(),
}
