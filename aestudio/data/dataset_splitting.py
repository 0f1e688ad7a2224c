"""Which samples of a dataset of any kind are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aestudio.data.images.patch_splitting import split_patches
from aestudio.data.series.window_splitting import split_windows
from aestudio.data.splitting import Split, split

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.options import DataOptions


def split_dataset(dataset: Dataset, options: DataOptions) -> Split:
    """Split the samples so that no pixel and no step of a series is in both parts."""
    if dataset.windows is not None:
        return split_windows(dataset.windows, options)
    if dataset.patches is not None:
        return split_patches(dataset.patches, options)
    return split(dataset.num_samples, options)
