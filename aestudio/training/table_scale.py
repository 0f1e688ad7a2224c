"""The scaling of mixed tables on the device: what :class:`TableScaling` does, whole batches at once.

A batch is gathered as stored and becomes numbers here, so that a table of a million rows is never
kept as one-hot vectors; in an exported file the same module begins and ends the graph.

Shapes: B batch, D columns as stored, M numbers in model scale, S columns of one number each, Q of
these scaled by quantiles, K segments between quantiles.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from aestudio.data.missing_values import MISSING_FROM
from aestudio.preprocess.column_scaling import ColumnScaling
from aestudio.preprocess.table import TableScaling

#: The spread of numbers that lie evenly between 0 and 1, inverted.
_EVEN = math.sqrt(12.0)


class TableScale(nn.Module):
    """``forward`` to model scale, what is missing filled in; ``inverse`` back to the table's units."""

    source: Tensor  #: (M,)
    place: Tensor  #: (M,)
    fill: Tensor  #: (M,)
    single: Tensor  #: (S,)
    back: Tensor  #: (D,)

    def __init__(self, scaling: TableScaling, dtype: torch.dtype = torch.float64) -> None:
        super().__init__()
        self._dtype = dtype
        widths_D = np.array(scaling.widths)
        starts_D = np.cumsum(widths_D) - widths_D
        is_one_hot_D = np.array([column.method == "one_hot" for column in scaling.columns])
        places = [place for width in widths_D for place in range(width)]
        for name, values in (
            ("source", np.repeat(np.arange(len(widths_D)), widths_D)),
            ("place", np.array(places, np.float32)),
            ("fill", scaling.scaled_fill),
            ("single", starts_D[~is_one_hot_D]),
            # Categories come back behind all other columns, and then go where they stood.
            ("back", np.argsort(np.argsort(is_one_hot_D, kind="stable"))),
        ):
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(values)))
        self._blocks = [
            (int(start), int(start + width))
            for start, width in zip(starts_D[is_one_hot_D], widths_D[is_one_hot_D], strict=True)
        ]
        singles = [column for column in scaling.columns if column.method != "one_hot"]
        self.numbers = _SingleColumns(singles, dtype)

    def forward(self, cells_BD: Tensor) -> tuple[Tensor, Tensor]:
        """Return the batch in model scale, (B, M) in single precision, and what of it is there."""
        cells_BM = cells_BD.to(self._dtype).index_select(1, self.source)
        # NaN compares false, so it ends on the missing side without a second look.
        present_BM = cells_BM.abs() < MISSING_FROM
        scaled_BM = (cells_BM == self.place).to(self._dtype)
        if len(self.single):
            single_BS = self.numbers(cells_BM.index_select(1, self.single))
            scaled_BM = scaled_BM.index_copy(1, self.single, single_BS)
        return torch.where(present_BM, scaled_BM.float(), self.fill), present_BM

    def inverse(self, scaled_BM: Tensor) -> Tensor:
        """Return (B, D) cells in the table's own units; of categories the place of the likeliest."""
        single_BS = scaled_BM.to(self._dtype).index_select(1, self.single)
        parts = [self.numbers.inverse(single_BS).float()]
        for start, stop in self._blocks:
            parts.append(scaled_BM[:, start:stop].argmax(1, keepdim=True).float())
        return torch.cat(parts, 1).index_select(1, self.back)


class _SingleColumns(nn.Module):
    """The maps of columns that stay one number each."""

    offset: Tensor  #: (S,)
    scale: Tensor  #: (S,)
    unit: Tensor  #: (S,)
    is_log: Tensor  #: (S,)
    ranked: Tensor  #: (Q,)
    low: Tensor  #: (Q, K)
    width: Tensor  #: (Q, K)
    counts: Tensor  #: (Q, K)
    num_segments: Tensor  #: (Q,)

    def __init__(self, columns: list[ColumnScaling], dtype: torch.dtype) -> None:
        super().__init__()
        ranked = [place for place, column in enumerate(columns) if column.method == "quantile"]
        most = max((len(columns[place].knots) - 1 for place in ranked), default=0)
        low_QK, width_QK = np.zeros((len(ranked), most)), np.zeros((len(ranked), most))
        counts_QK = np.zeros((len(ranked), most))
        for row, place in enumerate(ranked):
            knots = np.array(columns[place].knots)
            segments = slice(len(knots) - 1)
            low_QK[row, segments], width_QK[row, segments] = knots[:-1], np.diff(knots)
            # Columns of few cells have fewer segments than others.
            counts_QK[row, segments] = 1.0
        for name, values in (
            ("offset", [column.offset for column in columns]),
            ("scale", [column.scale for column in columns]),
            ("unit", [column.unit for column in columns]),
            ("low", low_QK),
            ("width", width_QK),
            ("counts", counts_QK),
            ("num_segments", counts_QK.sum(1)),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=dtype))
        self.register_buffer("is_log", torch.tensor([c.method == "log" for c in columns]))
        self.register_buffer("ranked", torch.tensor(ranked, dtype=torch.int64))
        self._has_logs = any(column.method == "log" for column in columns)

    def forward(self, x_BS: Tensor) -> Tensor:
        result = x_BS
        if self._has_logs:
            result = torch.where(self.is_log, torch.asinh(x_BS / self.unit), x_BS)
        result = (result - self.offset) * self.scale
        if len(self.ranked):
            share_BQ = self._share_below(x_BS.index_select(1, self.ranked))
            result = result.index_copy(1, self.ranked, (share_BQ - 0.5) * _EVEN)
        return result

    def inverse(self, y_BS: Tensor) -> Tensor:
        result = y_BS / self.scale + self.offset
        if self._has_logs:
            most_S = torch.asinh(MISSING_FROM / self.unit)
            # The other columns see zero, so that nothing overflows that is not used.
            logs = torch.where(self.is_log, result, 0.0).clamp(-most_S, most_S)
            result = torch.where(self.is_log, self.unit * torch.sinh(logs), result)
        if len(self.ranked):
            value_BQ = self._value_at(y_BS.index_select(1, self.ranked) / _EVEN + 0.5)
            result = result.index_copy(1, self.ranked, value_BQ)
        return result

    def _share_below(self, x_BQ: Tensor) -> Tensor:
        """Return how far each cell is through the values seen: see ColumnScaling."""
        ahead_BQK = x_BQ.unsqueeze(2) - self.low
        has_width_QK = self.width > 0
        through = (ahead_BQK / torch.where(has_width_QK, self.width, 1.0)).clamp(0.0, 1.0)
        step = 0.5 * (ahead_BQK.sign() + 1.0)
        parts = torch.where(has_width_QK, through, step) * self.counts
        return parts.sum(2) / self.num_segments

    def _value_at(self, share_BQ: Tensor) -> Tensor:
        segment_K = torch.arange(self.low.shape[1], device=share_BQ.device)
        through = (share_BQ * self.num_segments).unsqueeze(2) - segment_K
        return self.low[:, 0] + (through.clamp(0.0, 1.0) * self.width).sum(2)
