"""Colour patches cut from two photographs: a temple in China and a flower.

The photographs (china.jpg by Val, flower.jpg by dany13) come with scikit-learn under CC BY 2.0.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.samples.bundled import bundled_file
from aestudio.data.samples.registry import sample

SIDE = 16
STEP = 8
_PHOTOGRAPHS = ("china", "flower")


@sample(
    name="patches",
    title="Colour patches",
    description="8,216 patches of 16 x 16 pixels from two photographs; shows which details survive a small code.",
    kind=Kind.IMAGES,
)
def load() -> Dataset:
    parts = [_patches_of(name) for name in _PHOTOGRAPHS]
    return Dataset(
        name="patches",
        kind=Kind.IMAGES,
        x=np.concatenate(parts),
        labels=np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
        label_names=_PHOTOGRAPHS,
        source="patches",
        reader="sample",
    )


def _patches_of(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    # A file of our own dependency, not a stranger's: no helper process is needed.
    with Image.open(bundled_file(f"images/{name}.jpg"), formats=("JPEG",)) as photograph:
        pixels = np.asarray(photograph.convert("RGB")).transpose(2, 0, 1)
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (SIDE, SIDE), axis=(1, 2))
    chosen = windows[:, ::STEP, ::STEP]
    return np.ascontiguousarray(chosen.transpose(1, 2, 0, 3, 4).reshape(-1, 3, SIDE, SIDE))
