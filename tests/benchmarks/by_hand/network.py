"""A network of four layers, D-H-L-H-D, whose weights and scales are copied from another one.

Shapes: B batch, D pixels, H hidden units, L code size, O outputs of the encoder (L or 2 L).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Network(nn.Module):
    """Weights by the names of a two-layer encoder and decoder, (H, D), (O, H), (H, L), (D, H)."""

    def __init__(self, state: Mapping[str, Tensor]) -> None:
        super().__init__()
        layers = ("encoder.1", "encoder.3", "decoder.0", "decoder.2")
        weights = [state[f"{layer}.weight"].clone() for layer in layers]
        biases = [state[f"{layer}.bias"].clone() for layer in layers]
        # What Adam without decay does to a sum does not depend on where the sum begins.
        biases[3] += state["output_centre"].flatten()
        self.W1, self.W2, self.W3, self.W4 = map(nn.Parameter, weights)
        self.b1, self.b2, self.b3, self.b4 = map(nn.Parameter, biases)
        self.register_buffer("shift_D", state["input_shift"].flatten().clone())
        self.scale = float(state["input_scale"])

    def standardised(self, x_BD: Tensor) -> Tensor:
        return torch.add(self.shift_D, x_BD, alpha=self.scale)

    def encoder(self, x_BD: Tensor) -> Tensor:
        hidden = F.linear(self.standardised(x_BD), self.W1, self.b1).relu()
        return F.linear(hidden, self.W2, self.b2)

    def posterior(self, x_BD: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(x_BD).float().chunk(2, 1)
        return mean, log_variance.clamp(-20, 20)

    def decoder(self, z_BL: Tensor) -> Tensor:
        """Return logits, (B, D)."""
        return F.linear(F.linear(z_BL, self.W3, self.b3).relu(), self.W4, self.b4).float()
