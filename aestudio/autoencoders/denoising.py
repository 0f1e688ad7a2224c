"""The denoising autoencoder: sees damaged samples and learns to give back the whole ones.

Vincent et al. 2008, Extracting and composing robust features with denoising autoencoders,
https://doi.org/10.1145/1390156.1390294; 2010, JMLR 11, section 3, figure 1,
https://jmlr.org/papers/v11/vincent10a.html.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from aestudio.autoencoders.base import (
    Autoencoder,
    AutoencoderOptions,
    Batch,
    Plan,
    Progress,
    type_option,
)
from aestudio.autoencoders.registry import autoencoder
from aestudio.errors import OptionError
from aestudio.objectives.corruption import Noise
from aestudio.objectives.corruptor import CorruptionName, Corruptor
from aestudio.options import option
from aestudio.preprocess.table_layout import TableLayout

#: Of a one-hot vector these leave the symbol as it is, or nothing at all: an unknown symbol.
TOKEN_CORRUPTIONS = ("masking", "missing_block")


class DenoisingOptions(AutoencoderOptions):
    """How samples are damaged before the network sees them."""

    type: Literal["denoising"] = type_option("denoising")
    corruption: CorruptionName = option(
        "gaussian",
        title="Corruption",
        help="How samples are damaged: Gaussian noise, numbers set to black or white, numbers set to zero (in tables with categories: cells taken for missing), noise in proportion to brightness, light noise as in a dark room, one block missing, or blur.",
        hint="gaussian for noise in general, masking or missing_block to learn to fill gaps.",
        advanced=False,
    )
    strength: float = option(
        0.5,
        title="Strength",
        help="How much is damaged: for gaussian, speckle and poisson a standard deviation in the scale of the model, where pictures reach from 0 to 1; for masking, salt_and_pepper and missing_block a share; for blur a standard deviation in pixels.",
        hint="0.1 to 0.5; for blur 1 to 2.",
        advanced=False,
        ge=0.0,
        le=100.0,
    )
    strength_min: float | None = option(
        None,
        title="Weakest strength",
        help="The strength of each sample is drawn anew between this and the strength above; empty damages all alike.",
        hint="0 makes one network that copes with weak and strong damage.",
        ge=0.0,
        le=100.0,
    )

    def corruptor(self, layout: TableLayout | None = None) -> Corruptor:
        """Return what damages samples as these options say; ``layout`` is that of mixed tables."""
        weakest = self.strength if self.strength_min is None else self.strength_min
        return Corruptor(self.corruption, weakest, self.strength, layout)


@autoencoder("denoising")
class Denoising(Autoencoder):
    """Minimises the reconstruction loss between the decoded damaged sample and the whole one.

    Encoding and decoding are of the sample as it is given: nothing is damaged but in training and
    in the loss of validation.
    """

    options_class = DenoisingOptions
    title = "Denoising"
    summary = (
        "Is shown damaged samples and has to give back the whole ones. "
        "Good for removing noise, for filling gaps, and for codes that ignore small disturbances."
    )
    citation = (
        "Vincent et al. 2008, Extracting and composing robust features with denoising "
        "autoencoders, https://doi.org/10.1145/1390156.1390294"
    )
    is_regularised = True

    options: DenoisingOptions

    def __init__(self, options: DenoisingOptions, plan: Plan) -> None:
        if plan.is_tokens and options.corruption not in TOKEN_CORRUPTIONS:
            raise OptionError(
                f"'{options.corruption}' changes numbers a little, and a token is one symbol or "
                "another.",
                subject="autoencoder.corruption",
                next_step="Set autoencoder.corruption to masking, which takes symbols away.",
            )
        super().__init__(options, plan)
        self.corruptor = options.corruptor(plan.table)
        self.corruptor.check(
            plan.sample_shape,
            is_unit_interval=plan.is_unit_interval,
            option_prefix="autoencoder.",
        )

    def corrupt(self, x: Tensor, noise: Noise) -> Tensor:
        """Return ``x``, (B, *shape) in model scale, damaged as the options say."""
        return self.corruptor(x, noise)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        corrupted = self.corrupt(batch.x, self.noise)
        output = self.decoder_output(self.encode(corrupted), teacher=batch.x)
        return {"reconstruction": self.reconstruction(output, batch.x, batch.present)}
