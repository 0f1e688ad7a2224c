"""How data is read and split."""

from __future__ import annotations

from typing import Literal

from aestudio.options import Options, option


class DataOptions(Options):
    """Where the data comes from, how it is read, and which part is held back."""

    source: str = option(
        "digits",
        title="Data",
        help="The file, folder or built-in sample to learn from.",
        hint="Try 'digits', or drop a folder of images on the window.",
        advanced=False,
    )
    kind: Literal["auto", "images", "table", "sequences", "tokens"] = option(
        "auto",
        title="Read as",
        help="What one sample is; 'auto' guesses from the content. Tokens are whole numbers (samples, time) that stand for symbols: characters, words, nucleotides.",
        hint="Choose another kind if the guess on the data sheet is wrong.",
    )
    padding: int | None = option(
        None,
        title="Padding symbol",
        help="The number that fills up sequences of tokens which are shorter than the longest; what it fills counts for nothing. Empty takes the symbol that is called '<pad>' or has no name.",
        hint="Often 0.",
        ge=0,
        le=65_535,
    )
    image_size: int | None = option(
        None,
        title="Image side",
        help="Every image is brought to this many pixels in height and width; empty keeps the stored size.",
        hint="64 trains quickly and keeps recognisable detail.",
        unit="px",
        advanced=False,
        ge=4,
        le=1024,
    )
    image_fit: Literal["letterbox", "crop", "stretch"] = option(
        "letterbox",
        title="Fit images by",
        help="How an image of another shape is made square: with borders, by cutting, or by stretching.",
        hint="Borders lose nothing; cutting fills the picture.",
    )
    patch_size: int | None = option(
        None,
        title="Patch side",
        help="Square patches of this many pixels are cut out of large images and learned from, instead of whole images; empty takes images as wholes.",
        hint="64 for micrographs, satellite images and textures of a thousand pixels and more.",
        unit="px",
        ge=4,
        le=1024,
    )
    patch_stride: int | None = option(
        None,
        title="Patch stride",
        help="How many pixels lie between the beginnings of neighbouring patches; empty is the side of a patch, so that patches do not overlap.",
        hint="Half the side gives four times as many patches.",
        unit="px",
        ge=1,
        le=65536,
    )
    color: Literal["auto", "grey", "rgb", "rgba"] = option(
        "auto",
        title="Colour",
        help="The channels to keep; 'auto' keeps what most of the images have.",
        hint="Grey trains faster where colour carries no meaning.",
    )
    background: Literal["white", "black"] = option(
        "white",
        title="Background",
        help="What shows through transparent pixels when alpha is not kept.",
        hint="Pictograms drawn in dark ink want white.",
    )
    label_field: str = option(
        "",
        title="Label field",
        help="Which of several things that are known of each sample counts as its label; empty takes the usual one.",
        hint="For the sample 'shapes': scale, rotation, x or y instead of the shape.",
        max_length=1000,
    )
    only_label: str = option(
        "",
        title="Only this label",
        help="Learn from the samples of one class and leave out all others; empty takes every sample.",
        hint="Train on what is normal: what the model reconstructs badly is then odd.",
        max_length=1000,
    )
    validation_fraction: float = option(
        0.1,
        title="Validation share",
        help="The share of the samples that is never trained on and tells whether the model generalises.",
        hint="0.1 is common; take 0.2 when there are only a few hundred samples.",
        ge=0.0,
        le=0.9,
    )
    split_seed: int = option(
        0,
        title="Split seed",
        help="The number that decides which samples are held back.",
        hint="Keep it the same when you compare runs.",
        ge=0,
        le=2**31 - 1,
    )
