"""What the browser of samples draws: tiles of any rows of a dataset, and which rows are wanted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.mapped_file import check_unchanged, release
from aestudio.data.sample_choice import numbers_of
from aestudio.gui.workspaces.sample_drawing import brightness_range, sample_rows, series_lines

Rows = npt.NDArray[np.int64]

#: The brightness of all pictures is told from so many of them.
_LOOKED_AT = 256


class SampleTiles:
    """Draws rows of one dataset of pictures or sequences when they come into view."""

    def __init__(self, dataset: Dataset, captions: Sequence[str]) -> None:
        self.dataset = dataset
        self.is_pictures = dataset.kind == Kind.IMAGES
        self._captions = captions
        self._searched = [name.casefold() for name in dataset.sample_names]
        some = np.asarray(dataset.x[sample_rows(dataset.num_samples, _LOOKED_AT)])
        self._some = some
        self._limits = brightness_range(some)

    @property
    def num_samples(self) -> int:
        return self.dataset.num_samples

    @property
    def labels(self) -> tuple[str, ...]:
        return self.dataset.label_names if self.dataset.labels is not None else ()

    def pictures(self, rows: Sequence[int], side: int) -> npt.NDArray[np.uint8]:
        """Return rows as (N, H, W, 3), thinned out where they have many more pixels than ``side``."""
        check_unchanged(self.dataset.x)
        step = max(1, max(self.dataset.shape[1:]) // max(1, side))
        x = np.asarray(self.dataset.x[list(rows), :, ::step, ::step])
        release(self.dataset.x)
        return to_rgb8(x, *self._limits)

    def profiles(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return rows as lines, (N, T) between 0 and 1."""
        check_unchanged(self.dataset.x)
        return series_lines(np.asarray(self.dataset.x[list(rows)]), self._some)

    def caption(self, row: int) -> str:
        return self._captions[row]

    def matching(self, words: str, label: str) -> Rows:
        """Return the rows of one label, or of any, in whose name or caption ``words`` occur."""
        rows = np.arange(self.num_samples)
        dataset = self.dataset
        if label and dataset.labels is not None:
            rows = rows[dataset.labels == dataset.label_names.index(label)]
        wanted = words.casefold().strip()
        if not wanted:
            return rows
        texts = self._searched or [caption.casefold() for caption in self._captions]
        return np.array([row for row in rows.tolist() if wanted in texts[row]], dtype=np.int64)

    def numbers(self, rows: Sequence[int]) -> Rows:
        """Return the numbers by which ``data.exclude`` knows the rows."""
        return numbers_of(self.dataset, np.array(sorted(rows), dtype=np.int64))
