"""Symbols as points: each of V symbols is looked up as E learned numbers before a network reads it.

Bengio et al. 2003, A neural probabilistic language model, JMLR 3,
https://www.jmlr.org/papers/v3/bengio03a.html. Shapes: B batch, T time, V symbols, E embedding size.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn


class Embedding(nn.Linear):
    """Looks up one-hot vectors (..., V) as (..., E); no symbol at all is zero.

    As a product, which also takes the weighted symbols that some losses ask for.
    """

    def __init__(self, num_symbols: int, size: int) -> None:
        super().__init__(num_symbols, size, bias=False)
        nn.init.normal_(self.weight)


class EmbeddedEncoder(nn.Module):
    """An encoder of (B, T, E) that is given one-hot vectors (B, T, V)."""

    def __init__(self, num_symbols: int, size: int, encoder: nn.Module) -> None:
        super().__init__()
        self.embedding = Embedding(num_symbols, size)
        self.encoder = encoder

    def forward(self, x_BTV: Tensor) -> Tensor:
        return cast(Tensor, self.encoder(self.embedding(x_BTV)))


def set_embeddings(module: nn.Module, numbers: Tensor, vectors_KE: Tensor) -> None:
    """Replace the embeddings of K of the symbols, wherever in ``module`` there are any.

    All others keep their random ones, spread as widely as these.
    """
    spread = vectors_KE.std()
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, Embedding):
                part.weight *= spread
                part.weight[:, numbers] = vectors_KE.T
