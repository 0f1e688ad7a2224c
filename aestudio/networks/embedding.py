"""Symbols as points: each of V symbols is looked up as E learned numbers before a network reads it.

Of texts: Bengio et al. 2003, A neural probabilistic language model, JMLR 3,
https://www.jmlr.org/papers/v3/bengio03a.html. Of the categories of tables: Guo & Berkhahn 2016,
Entity embeddings of categorical variables, https://arxiv.org/abs/1604.06737, section 4.

Shapes: B batch, T time, V symbols, E embedding size, M numbers of a row of a table, S of them in no
category.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

#: The largest size that is chosen without being asked for.
_LARGEST = 64


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


class ColumnEmbeddings(nn.Module):
    """Looks up each column of categories of a row (B, M); gives (B, S + the sizes of all columns).

    Its other numbers come first. What stands in for a missing category, the shares of all, is looked
    up as their mean. Embeddings begin as small as the weights of a layer of one-hot inputs do: inputs
    that are nearly all zeros are scaled up before they come here, and large beginnings stay noise.
    """

    rest: Tensor  #: (S,)

    def __init__(
        self, num_numbers: int, categories: Sequence[tuple[int, int]], size: int | None
    ) -> None:
        super().__init__()
        self._places = tuple(categories)
        within = {place for start, stop in categories for place in range(start, stop)}
        rest = [place for place in range(num_numbers) if place not in within]
        self.register_buffer("rest", torch.tensor(rest, dtype=torch.int64), persistent=False)
        self.columns = nn.ModuleList(
            [
                Embedding(stop - start, column_embedding_size(stop - start, size))
                for start, stop in categories
            ]
        )
        for column in self.columns:
            embedding = cast(Embedding, column)
            nn.init.normal_(embedding.weight, std=embedding.in_features**-0.5)

    @property
    def num_outputs(self) -> int:
        """How many numbers a row becomes."""
        found = [cast(Embedding, column).out_features for column in self.columns]
        return len(self.rest) + sum(found)

    def forward(self, x_BM: Tensor) -> Tensor:
        found = [
            column(x_BM[:, start:stop])
            for column, (start, stop) in zip(self.columns, self._places, strict=True)
        ]
        return torch.cat([x_BM.index_select(1, self.rest), *found], 1)


def column_embedding_size(num_categories: int, size: int | None) -> int:
    """Return as how many numbers a category is looked up: ``size``, or what suits so many of them.

    The automatic size is the rule of thumb of fastai, 1.6 * V^0.56,
    https://docs.fast.ai/tabular.model.html#emb_sz_rule, up to 64. More than V - 1 numbers never
    say more than V categories can.

    >>> [column_embedding_size(num_categories, None) for num_categories in (2, 10, 100, 1000)]
    [1, 6, 21, 64]
    """
    wanted = size or min(_LARGEST, round(1.6 * num_categories**0.56))
    return max(1, min(wanted, num_categories - 1))


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
