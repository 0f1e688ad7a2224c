"""The vector-quantised autoencoder: codes are made of entries from one small codebook.

van den Oord, Vinyals & Kavukcuoglu 2017, Neural Discrete Representation Learning,
https://arxiv.org/abs/1711.00937. Shapes: B batch, L code size, P slots of S = L / P numbers each,
K entries of the codebook.
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
from aestudio.autoencoders.codebook import Codebook
from aestudio.autoencoders.registry import autoencoder
from aestudio.errors import OptionError
from aestudio.objectives.quantisation import entry_counts, perplexity, straight_through
from aestudio.objectives.reconstruction import squared_error
from aestudio.options import option

#: Slots wider than this have too many directions for a codebook of usual size.
_WIDEST_SLOT = 4


class VectorQuantisedOptions(AutoencoderOptions):
    """How the code is divided, and how the codebook learns."""

    type: Literal["vector_quantised"] = type_option("vector_quantised")
    num_slots: int = option(
        0,
        title="Slots",
        help="Into how many parts the code is divided, each replaced by its nearest codebook entry; 0 makes parts of at most four numbers.",
        hint="8 to 16 for pictures; 1 sorts samples into as many kinds as there are entries.",
        advanced=False,
        ge=0,
        le=65536,
    )
    codebook_size: int = option(
        512,
        title="Codebook entries",
        help="How many different vectors a slot can hold; all slots share them.",
        hint="64 to 512; the perplexity tells how many are in use.",
        advanced=False,
        ge=2,
        le=65536,
    )
    commitment: float = option(
        0.25,
        title="Commitment",
        help="How strongly the encoder is kept near the entries that it has chosen.",
        hint="0.1 to 2; larger if the reconstruction jumps.",
        ge=0.0,
        le=1000.0,
    )
    codebook_learning: Literal["average", "gradient"] = option(
        "average",
        title="Codebook learning",
        help="Whether entries follow the running average of what chose them, or the gradient of a term of their own.",
        hint="average is steadier.",
    )
    codebook_decay: float = option(
        0.99,
        title="Codebook memory",
        help="How much of the running average is kept in each step (learning by average only).",
        hint="0.9 follows faster, 0.999 is smoother.",
        ge=0.0,
        lt=1.0,
    )
    revive_after: int = option(
        100,
        title="Revive unused after",
        help="After how many steps without use an entry is moved to a random vector of the batch; 0 never moves any.",
        hint="About the number of steps in one epoch.",
        unit="steps",
        ge=0,
        le=1_000_000,
    )


@autoencoder("vector_quantised")
class VectorQuantised(Autoencoder):
    """Minimises reconstruction + commitment, through a step that has no gradient of its own.

    The decoder's gradient is passed straight to the encoder. ``codebook`` is there where the
    entries learn by gradient; ``perplexity``, how many entries are in use, weighs nothing.
    """

    options_class = VectorQuantisedOptions
    title = "Vector quantised"
    summary = (
        "Writes each sample with a few words out of a codebook that it learns. "
        "Good for strong compression, and for codes that other models can read like a text."
    )
    citation = (
        "van den Oord et al. 2017, Neural Discrete Representation Learning, "
        "https://arxiv.org/abs/1711.00937"
    )
    is_regularised = True
    reads_code_as_a_whole = True

    options: VectorQuantisedOptions

    def __init__(self, options: VectorQuantisedOptions, plan: Plan) -> None:
        super().__init__(options, plan)
        self.num_slots = options.num_slots or _automatic_slots(self.code_size)
        if self.code_size % self.num_slots:
            raise OptionError(
                f"a code of {self.code_size:,} numbers cannot be divided into {self.num_slots:,} "
                "equal slots.",
                subject="autoencoder.num_slots",
                next_step="Set it to a divisor of network.code_size, or to 0.",
            )
        by_average = options.codebook_learning == "average"
        self.codebook = Codebook(
            options.codebook_size,
            self.code_size // self.num_slots,
            decay=options.codebook_decay if by_average else None,
            revive_after=options.revive_after,
        )

    def encode(self, x: Tensor) -> Tensor:
        """Return the codes, (B, L), made of entries of the codebook."""
        slots = self._slots(x)
        return self.codebook.look_up(self.codebook.choose(slots)).reshape(-1, self.code_size)

    def chosen_entries(self, x: Tensor) -> Tensor:
        """Return which entry stands in each slot, (B, P)."""
        return self.codebook.choose(self._slots(x)).reshape(-1, self.num_slots)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        slots = self._slots(batch.x)
        if self.training:
            self.codebook.revive(slots, self.noise)
        chosen = self.codebook.choose(slots)
        z_BL = slots.reshape(-1, self.code_size)
        entries_BL = self.codebook.look_up(chosen).reshape(-1, self.code_size)
        output = self.decoder_output(straight_through(z_BL, entries_BL), teacher=batch.x)
        terms = {
            "reconstruction": self.reconstruction(output, batch.x, batch.present),
            "commitment": squared_error(z_BL, entries_BL.detach()),
        }
        if self.options.codebook_learning == "gradient":
            terms["codebook"] = squared_error(entries_BL, z_BL.detach())
        counts_K = entry_counts(chosen, self.options.codebook_size)
        terms["perplexity"] = perplexity(counts_K)
        if self.training:
            self.codebook.follow(slots, chosen, counts_K)
        return terms

    def term_weights(self, progress: Progress) -> dict[str, float]:
        return {"commitment": self.options.commitment, "perplexity": 0.0}

    def _slots(self, x: Tensor) -> Tensor:
        """Return the parts of the codes before they are replaced, (B * P, S)."""
        return self.encoder_output(x).float().reshape(-1, self.code_size // self.num_slots)


def _automatic_slots(code_size: int) -> int:
    """Return into how many slots a code divides whose width is at most four numbers."""
    return next(
        code_size // width for width in range(_WIDEST_SLOT, 0, -1) if code_size % width == 0
    )
