"""Rows of a table whose columns are of several kinds: each kind has its own end and its own loss.

The loss of a row is a sum over its columns, of those that are there:

    numbers, dates     the reconstruction loss, or the likelihood, that is chosen for the run
    categories         weight * cross-entropy of a softmax over the categories of the column, in nats
    truth values       weight * cross-entropy of a sigmoid, in nats

With a likelihood for the numbers and a weight of 1 it is the negative logarithm of the probability
of what was observed: Nazabal et al. 2020, Handling incomplete heterogeneous data using VAEs,
https://arxiv.org/abs/1807.03653, equations 4 and 5 and section 2.3. Squared error is such a
likelihood too, up to a constant: beside a weight of 1 that of a Gaussian of variance 1/2, beside 1/2
one of half the variance.

Shapes: B batch, M numbers of a row in model scale, S of them measured numbers, T truth values, C
columns of W categories each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aestudio.objectives.categorical import categorical_cross_entropy
from aestudio.objectives.reconstruction import LossFunction, binary_cross_entropy
from aestudio.preprocess.table_layout import TableLayout

#: A category that was never met begins as if one row in so many had it.
_RAREST = 1e-4
#: A truth value that never changes begins this near to certainty.
_SUREST = 0.01


@dataclass(frozen=True, slots=True)
class ColumnLosses:
    """Which columns of a table have a loss of their own, and what it weighs."""

    layout: TableLayout
    of_categories: bool
    of_truths: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class _Parts:
    numbers: Tensor  #: (B, S)
    truths: Tensor  #: (B, T)
    #: (B, C, W) each: columns of equal width together, so that one operation does for all of them.
    categories: tuple[Tensor, ...]


class MixedColumns(nn.Module):
    """Takes rows apart by what their numbers stand for, and puts them together again.

    None of its tensors is saved: they follow from the scaling of the table.
    """

    order: Tensor  #: (M,)
    back: Tensor  #: (M,)

    def __init__(self, losses: ColumnLosses) -> None:
        super().__init__()
        layout = losses.layout
        blocks = layout.categories if losses.of_categories else ()
        truths = list(layout.truths) if losses.of_truths else []
        widths = sorted({stop - start for start, stop in blocks})
        in_blocks = [
            place
            for width in widths
            for start, stop in blocks
            if stop - start == width
            for place in range(start, stop)
        ]
        own = {*truths, *in_blocks}
        numbers = [place for place in range(layout.columns[-1][1]) if place not in own]
        order = torch.tensor([*numbers, *truths, *in_blocks])
        self.register_buffer("order", order, persistent=False)
        self.register_buffer("back", torch.argsort(order), persistent=False)
        self._weight = losses.weight
        self._widths = widths
        counts = [sum(stop - start == width for start, stop in blocks) for width in widths]
        self._sizes = [
            len(numbers),
            len(truths),
            *(count * width for count, width in zip(counts, widths, strict=True)),
        ]

    def begin(self, mean_M: Tensor, centre_M: Tensor, scale_M: Tensor) -> None:
        """Let every category and truth value begin with its share of the training rows.

        ``centre`` and ``scale`` are what is added to the decoder's values and multiplies them; those
        of measured numbers stay as they are.
        """
        num_numbers, num_truths, *_ = self._sizes
        truths, blocks = self.order[num_numbers:].tensor_split([num_truths])
        centre_M[truths] = mean_M[truths].clamp(_SUREST, 1 - _SUREST).logit()
        centre_M[blocks] = mean_M[blocks].clamp(min=_RAREST).log()
        scale_M[self.order[num_numbers:]] = 1.0

    def numbers(self, x_BM: Tensor) -> Tensor:
        """Return what of rows is measured, (B, S)."""
        return self._parts(x_BM).numbers

    def finish(self, output_BM: Tensor, of_numbers: Callable[[Tensor], Tensor]) -> Tensor:
        """Return probabilities for categories and truth values, ``of_numbers`` for the rest."""
        parts = self._parts(output_BM)
        finished = [of_numbers(parts.numbers), parts.truths.sigmoid()]
        finished += [logits.softmax(2).flatten(1) for logits in parts.categories]
        return torch.cat(finished, 1).index_select(1, self.back)

    def loss(
        self,
        output_BM: Tensor,
        target_BM: Tensor,
        present_BM: Tensor | None,
        of_numbers: LossFunction,
    ) -> Tensor:
        """Return the loss of each row, (B,), from the decoder's values before :meth:`finish`."""
        output, target = self._parts(output_BM), self._parts(target_BM)
        present = None if present_BM is None else self._parts(present_BM)
        nats_B = output_BM.new_zeros(len(output_BM))
        if self._sizes[1]:
            there = None if present is None else present.truths
            nats_B = nats_B + binary_cross_entropy(output.truths, target.truths, there)
        for place, logits_BCW in enumerate(output.categories):
            there = None if present is None else present.categories[place]
            nats_B = nats_B + categorical_cross_entropy(logits_BCW, target.categories[place], there)
        if not self._sizes[0]:
            return self._weight * nats_B
        there = None if present is None else present.numbers
        return of_numbers(output.numbers, target.numbers, there) + self._weight * nats_B

    def _parts(self, x_BM: Tensor) -> _Parts:
        numbers_BS, truths_BT, *blocks = x_BM.index_select(1, self.order).split(self._sizes, 1)
        categories = tuple(
            block.unflatten(1, (-1, width))
            for block, width in zip(blocks, self._widths, strict=True)
        )
        return _Parts(numbers_BS, truths_BT, categories)
