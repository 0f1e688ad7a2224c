"""What the grid of samples draws: pictures and series as tiles, whichever rows come into view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.mapped_file import check_unchanged, release
from aestudio.data.splitting import evenly_spaced
from aestudio.gui.workspaces.sample_drawing import brightness_range, series_lines
from aestudio.gui.workspaces.samples import Samples

#: The brightness of all pictures is told from so many of them.
_LOOKED_AT = 256


class SampleTiles(Samples):
    """Draws rows of one dataset of pictures or sequences when they come into view."""

    def __init__(self, dataset: Dataset, captions: Sequence[str]) -> None:
        super().__init__(dataset, captions)
        self.is_pictures = dataset.kind == Kind.IMAGES
        if dataset.windows is not None:
            self.search_hint = "Search times"
            self.search_help = (
                "A part of the time, such as 2014-08; or numbers of samples: #3, 17-20"
            )
        elif not dataset.sample_names:
            self.search_hint = "Search numbers: #3, 17-20"
            self.search_help = "Numbers of samples after #, such as #3, 17-20"
            if dataset.label_names:
                self.search_hint = "Search labels, or #3"
                self.search_help = "A part of the label; or numbers of samples: #3, 17-20"
        self._captions = captions
        some = np.asarray(dataset.x[evenly_spaced(np.arange(dataset.num_samples), _LOOKED_AT)])
        self._some = some
        self._limits = brightness_range(some)

    def pictures(self, rows: Sequence[int], side: int) -> npt.NDArray[np.uint8]:
        """Return rows as (N, H, W, 3), thinned out where they have many more pixels than ``side``."""
        check_unchanged(self.dataset.x)
        step = max(1, max(self.dataset.shape[1:]) // max(1, side))
        x = np.asarray(self.dataset.x[list(rows), :, ::step, ::step])
        release(self.dataset.x)
        return to_rgb8(x, *self._limits)

    def profiles(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return rows as lines of up to three channels, (N, C, T) between 0 and 1."""
        check_unchanged(self.dataset.x)
        lines = series_lines(np.asarray(self.dataset.x[list(rows)]), self._some)
        release(self.dataset.x)
        return lines

    def caption(self, row: int) -> str:
        return self._captions[row]

    def words(self, row: int) -> str:
        """What a sample is called and, of a series, from when to when it goes."""
        name, times = self.cells.name(row), self.dataset.times
        ends = None if times is None else times.ends_in_words(row)
        if ends is None:
            return name
        span = " to ".join(ends)
        return span if name == ends[0] else f"{name}, {span}"
