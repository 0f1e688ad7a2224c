"""Changed copies of samples, so that few of them teach as much as many.

All of a batch is changed at once on its device, and what is drawn is a function of the seed and the
step. A copy is its own target: this teaches what a change does not matter for, which is something
else than to repair damaged samples. Shapes: B batch, C channels, H height, W width.
"""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from aestudio.autoencoders.base import Batch
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.training.options import TrainingOptions

_HEIGHT, _WIDTH = 2, 3
#: Interpolation between ones gives one, up to rounding.
_ALMOST_ONE = 1 - 1e-4
_MIRRORED_AXES: dict[str, tuple[int, ...]] = {
    "none": (),
    "horizontal": (_WIDTH,),
    "both": (_WIDTH, _HEIGHT),
}
#: What is done to pictures only: option, the value that leaves them alone, what cannot be done.
_OF_PICTURES = (
    ("flips", "none", "mirrored"),
    ("shift_pixels", 0, "shifted"),
    ("rotation", 0, "turned"),
    ("crop", 0, "cropped"),
)


def check_augmentation(options: TrainingOptions, sample_shape: tuple[int, ...]) -> None:
    """Raise :class:`OptionError` where samples are no pictures (C, H, W) and would have to be."""
    if len(sample_shape) == 3:
        return
    for name, off, what in _OF_PICTURES:
        if getattr(options, name) != off:
            raise OptionError(
                f"only pictures can be {what}, and the samples have shape {sample_shape}.",
                subject=f"training.{name}",
                next_step=f"Set training.{name} to {off}.",
            )


def augments(options: TrainingOptions, epoch: int) -> bool:
    """Whether samples are changed in ``epoch``, counted from 1."""
    changes = (
        options.flips != "none"
        or options.rotation > 0
        or options.crop > 0
        or options.shift_pixels > 0
        or options.noise > 0
    )
    return changes and epoch <= round(options.augment_until * options.epochs)


def augmented(batch: Batch, options: TrainingOptions, noise: NoiseSource) -> Batch:
    """Return the batch changed as the options say: mirrored, turned and cropped, shifted, noisy."""
    x = batch.x
    num_channels = x.shape[1]
    if batch.present is not None and len(x.shape) == 4:
        # What is missing moves with its picture, as further channels.
        x = torch.cat((x, batch.present.to(x.dtype)), dim=1)
    for axis in _MIRRORED_AXES[options.flips]:
        is_mirrored_B111 = noise.uniform_like(x[:, :1, :1, :1]) < 0.5
        x = torch.where(is_mirrored_B111, x.flip(axis), x)
    if options.rotation > 0 or options.crop > 0:
        x = _turned_and_cropped(x, options.rotation, options.crop, noise)
    if options.shift_pixels > 0:
        offsets_B2 = _offsets(x, options.shift_pixels, options.shift_share, noise)
        x = shifted(x, offsets_B2)
    present = batch.present
    if x.shape[1] > num_channels:
        # A pixel between one that is there and one that is not is not there either.
        x, present = x[:, :num_channels], x[:, num_channels:] > _ALMOST_ONE
    if options.noise > 0:
        # Values that the data does not have stay out: some losses bear only 0 to 1.
        low, high = batch.x.aminmax()
        x = (x + options.noise * noise.normal_like(x)).clamp(low, high)
    return replace(batch, x=x, present=present)


def shifted(x_BCHW: Tensor, offsets_B2: Tensor) -> Tensor:
    """Move each picture by whole pixels, down and to the right; its edge fills what becomes free."""
    height, width = x_BCHW.shape[2:]
    rows_BH = _sources(offsets_B2[:, 0], height)
    columns_BW = _sources(offsets_B2[:, 1], width)
    pixels = rows_BH[:, :, None] * width + columns_BW[:, None, :]
    flat = x_BCHW.flatten(2)
    return flat.gather(2, pixels.flatten(1)[:, None].expand_as(flat)).view_as(x_BCHW)


def _sources(offsets_B: Tensor, size: int) -> Tensor:
    """Return which old place each new place of an axis shows, (B, size)."""
    places = torch.arange(size, device=offsets_B.device)
    return (places - offsets_B[:, None]).clamp(0, size - 1)


def _offsets(x_BCHW: Tensor, most: int, share: float, noise: NoiseSource) -> Tensor:
    """Draw (down, right) from -most..most for the share of pictures to be shifted, else (0, 0)."""
    uniform_B3 = noise.uniform_like(x_BCHW.new_empty(len(x_BCHW), 3))
    is_shifted_B1 = uniform_B3[:, :1] < share
    # A product may round up to the next whole number, which is one too many.
    drawn_B2 = (uniform_B3[:, 1:] * (2 * most + 1)).floor().clamp(max=2 * most) - most
    return torch.where(is_shifted_B1, drawn_B2, 0.0).long()


def _turned_and_cropped(x_BCHW: Tensor, degrees: float, crop: float, noise: NoiseSource) -> Tensor:
    """Turn each picture about its middle and enlarge a window of it to the whole size.

    Angles are uniform up to ``degrees`` either way, the sides of the window uniform from 1 - crop to
    1, its place uniform. Values in between pixels are interpolated; edges fill what becomes free.
    """
    height, width = x_BCHW.shape[2:]
    uniform_B4 = noise.uniform_like(x_BCHW.new_empty(len(x_BCHW), 4))
    angle_B = (2 * uniform_B4[:, 0] - 1) * math.radians(degrees)
    side_B = 1 - crop * uniform_B4[:, 1]
    place_B2 = (2 * uniform_B4[:, 2:] - 1) * (1 - side_B)[:, None]
    cosine_B, sine_B = side_B * angle_B.cos(), side_B * angle_B.sin()
    # Rows give x and y, from -1 to 1, of the old place that a new one shows.
    across = torch.stack((cosine_B, -sine_B * (height / width), place_B2[:, 0]), dim=1)
    down = torch.stack((sine_B * (width / height), cosine_B, place_B2[:, 1]), dim=1)
    places = F.affine_grid(
        torch.stack((across, down), dim=1), list(x_BCHW.shape), align_corners=False
    )
    return F.grid_sample(x_BCHW, places, padding_mode="border", align_corners=False)
