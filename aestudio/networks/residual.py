"""Blocks that learn what to add to their input.

He et al. 2016, Deep residual learning for image recognition, CVPR,
https://arxiv.org/abs/1512.03385, equations 1 and 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """Computes after(body(x) + shortcut(x)); an empty shortcut hands x on as it is."""

    def __init__(
        self,
        *,
        body: Sequence[nn.Module],
        shortcut: Sequence[nn.Module] = (),
        after: Sequence[nn.Module] = (),
    ) -> None:
        super().__init__()
        self.body = nn.Sequential(*body)
        self.shortcut = nn.Sequential(*shortcut)
        self.after = nn.Sequential(*after)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.after(self.body(x) + self.shortcut(x)))
