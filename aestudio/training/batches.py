"""Which samples make up each batch, and how they reach the device.

Shapes: N samples, B samples of one batch.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aestudio.autoencoders.base import Batch
from aestudio.data.arrays.chosen_rows import whole_array
from aestudio.data.arrays.file_rows import file_rows
from aestudio.data.arrays.gathered_pages import GatheredPages
from aestudio.data.files.doors import memory_limit
from aestudio.data.missing_values import MISSING_FROM
from aestudio.training.arrays import TrainingArrays
from aestudio.training.table_scale import TableScale

Rows = npt.NDArray[np.int64]

#: The share of a graphics processor's free memory that the data may take.
_DEVICE_SHARE = 0.5
#: Arrays in files of up to this size, but no more than this share of what one array may take, are
#: taken into memory at the beginning, because asking a file for rows at every batch costs more.
_MOST_COPIED_BYTES = 2**31
_COPIED_SHARE = 1 / 4


def epoch_order(rows: Rows, seed: int, epoch: int) -> Rows:
    """Return ``rows`` in the order of one epoch: a function of (seed, epoch) alone."""
    generator = np.random.Generator(np.random.Philox(key=(seed << 32) + epoch))
    return generator.permutation(rows)


def batch_bounds(num_samples: int, batch_size: int) -> list[tuple[int, int]]:
    """Return (start, stop) of each batch of an epoch.

    The last batch is smaller where the sizes do not divide; a last batch of a single sample joins
    the one before it, because batch normalisation has no variance over one sample.

    >>> batch_bounds(9, 4)
    [(0, 4), (4, 9)]
    """
    starts = list(range(0, num_samples, batch_size))
    if len(starts) > 1 and num_samples - starts[-1] == 1:
        del starts[-1]
    return list(zip(starts, [*starts[1:], num_samples], strict=True))


class ResidentData:
    """The samples on the device as they are stored, scaled when a batch is gathered.

    Bytes stay bytes until the batch: a quarter of the memory, and of the memory traffic. Data too
    large for a graphics processor stays in the computer's memory or in its file. Missing values
    stay missing until then too.
    """

    def __init__(self, arrays: TrainingArrays, device: torch.device) -> None:
        self.device = device
        whole, kept = whole_array(arrays.x)
        stored = _as_tensor(whole)
        stays = device.type == "cpu" or not _fits(stored, device)
        # Where the samples stay in their file, which the array is then a mapping of.
        self._file_rows = file_rows(whole) if stays else None
        if self._file_rows is not None and arrays.x.nbytes <= _most_copied_bytes():
            rows = np.arange(len(whole)) if kept is None else kept
            whole, kept, self._file_rows = self._file_rows.read(rows), None, None
            stored = _as_tensor(whole)
        self._gathered = GatheredPages(whole)
        self._x = stored if stays else stored.to(device)
        # Which rows of an array in a file the samples are, where some of it was left out.
        self._kept = None if kept is None else torch.from_numpy(kept).to(self._x.device)
        self._labels = None if arrays.labels is None else torch.from_numpy(arrays.labels).to(device)
        self._offset = torch.from_numpy(arrays.offset).to(device)
        self._scale = torch.from_numpy(arrays.scale).to(device)
        self._table: TableScale | None = None
        if arrays.table is not None:
            # Apple's graphics processors have no double precision.
            dtype = torch.float32 if device.type == "mps" else torch.float64
            self._table = TableScale(arrays.table, dtype).to(device)
        self._num_symbols = 0 if arrays.tokens is None else len(arrays.tokens.symbols)
        self._fill = None if arrays.fill is None else torch.from_numpy(arrays.fill).to(device)
        self._learns_fill = arrays.learns_fill
        self._has_offset = bool(np.any(arrays.offset))
        # Wide integers and doubles keep their digits through the subtraction.
        self._is_wide = self._x.dtype in (torch.float64, torch.int64, torch.int32)

    def order(self, rows: Rows) -> Tensor:
        """Bring row numbers to where the samples are, of which the next batches will be made."""
        order = torch.from_numpy(rows).to(self._x.device)
        if self._file_rows is not None:
            self._file_rows.plan(self._places(order).numpy())
        return order

    def expect(self, rows_B: Tensor) -> None:
        """Say which samples come next; those that lie in a file are fetched meanwhile."""
        if self._file_rows is not None:
            self._file_rows.expect(self._places(rows_B).numpy())

    def batch(self, rows_B: Tensor) -> Batch:
        """Gather samples in model scale, and say what of them is missing."""
        x = self._gather(rows_B).to(self.device)
        labels = None if self._labels is None else self._labels[rows_B.to(self.device)]
        if self._num_symbols:
            return Batch(_one_hot(x.long(), self._num_symbols), labels)
        if self._table is not None:
            x, present = self._table(x)
            is_whole = self._fill is None or self._learns_fill
            return Batch(x, labels, None if is_whole else present)
        # NaN compares false, so it ends on the missing side without a second look.
        present = None if self._fill is None else x.abs() < MISSING_FROM
        # What was gathered is a copy, and may be written to.
        if self._is_wide and self._has_offset and self.device.type != "mps":
            x = x.double().sub_(self._offset.double()).float()
        else:
            x = x.float()
            if self._has_offset:
                x.sub_(self._offset)
        x.mul_(self._scale)
        if present is not None and self._fill is not None:
            x = torch.where(present, x, self._fill)
        return Batch(x, labels, None if self._learns_fill else present)

    def _gather(self, rows_B: Tensor) -> Tensor:
        """Return copies of samples as they are stored."""
        if self._file_rows is not None:
            return torch.from_numpy(self._file_rows.read(self._places(rows_B).numpy()))
        x = self._x.index_select(0, self._places(rows_B))
        self._gathered.count(len(rows_B))
        return x

    def _places(self, rows_B: Tensor) -> Tensor:
        """Return where samples stand in the array that they are gathered from."""
        return rows_B if self._kept is None else self._kept[rows_B]


def _most_copied_bytes() -> float:
    return min(_MOST_COPIED_BYTES, _COPIED_SHARE * memory_limit())


def _one_hot(numbers: Tensor, num_symbols: int) -> Tensor:
    """Return (..., V) of (...): written in place, where torch's own would write whole numbers first."""
    zeros = torch.zeros(*numbers.shape, num_symbols, device=numbers.device)
    return zeros.scatter_(-1, numbers.unsqueeze(-1), 1.0)


def _as_tensor(x: npt.NDArray[np.generic]) -> Tensor:
    native = x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))
    with warnings.catch_warnings():
        # The tensor is only ever read, so an array that must not be written to is no hazard.
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(native)


def _fits(stored: Tensor, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free_bytes, _ = torch.cuda.mem_get_info(device)
    return stored.numel() * stored.element_size() <= _DEVICE_SHARE * free_bytes
