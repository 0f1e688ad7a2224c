"""The adversarial autoencoder: a second network makes the codes follow N(0, 1).

Makhzani et al. 2015, Adversarial autoencoders, https://arxiv.org/abs/1511.05644, section 2 with the
deterministic encoder. Shapes: B batch, L code size.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, cast

import torch
from pydantic import Field
from torch import Tensor, nn

from aestudio.autoencoders.base import (
    Autoencoder,
    AutoencoderOptions,
    Batch,
    Phase,
    Plan,
    Progress,
    type_option,
)
from aestudio.autoencoders.registry import autoencoder
from aestudio.objectives.adversarial import taken_for_forged, taken_for_real
from aestudio.options import option

#: The slope of the judge's units below zero; without one, a judge ahead of its opponent stops
#: telling the encoder where to go (Radford et al. 2016, https://arxiv.org/abs/1511.06434).
_SLOPE = 0.2


class AdversarialOptions(AutoencoderOptions):
    """How strongly codes are shaped, and by how large a judge."""

    type: Literal["adversarial"] = type_option("adversarial")
    regularisation: float = option(
        1.0,
        title="Regularisation",
        help="How large the steps are by which codes are drawn towards the unit Gaussian, in parts of the learning rate.",
        hint="0.3 to 3; lower for sharper reconstructions, higher for a map without holes.",
        advanced=False,
        ge=0.0,
        le=1000.0,
    )
    discriminator: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = option(
        (256, 256),
        title="Discriminator widths",
        help="Units of each hidden layer of the network that tells codes from draws of the unit Gaussian.",
        hint="Wider for codes of many numbers; the paper takes [1000, 1000].",
        max_length=16,
    )
    discriminator_rate: float = option(
        1.0,
        title="Discriminator steps",
        help="How large the steps of the discriminator are, in parts of the learning rate.",
        hint="Lower if 'discriminator: codes' falls to zero: it must not win.",
        gt=0.0,
        le=1000.0,
    )


@autoencoder("adversarial")
class Adversarial(Autoencoder):
    """Takes three steps per batch: reconstruction, discriminator, generator.

    The first minimises the reconstruction loss, and is the loss of the run. The second teaches the
    discriminator to tell draws of N(0, 1) from codes, the third teaches the encoder to be taken for
    such draws. All three terms of these two phases stand at ln 2 = 0.693 where nobody can tell.
    The weight of the third phase scales its steps and not its loss, because the optimisers that
    measure a gradient by its own size cancel every factor of the loss.
    """

    options_class = AdversarialOptions
    title = "Adversarial"
    summary = (
        "A second network learns to tell codes from draws of a Gaussian, and the encoder learns to "
        "fool it. Good for a smooth map without blurring each code, and for making new samples."
    )
    citation = "Makhzani et al. 2015, Adversarial autoencoders, https://arxiv.org/abs/1511.05644"
    is_generative = True
    is_regularised = True

    options: AdversarialOptions

    def __init__(self, options: AdversarialOptions, plan: Plan) -> None:
        super().__init__(options, plan)
        widths = (self.code_size, *options.discriminator)
        layers: list[nn.Module] = []
        for num_in, num_out in pairwise(widths):
            layers += [nn.Linear(num_in, num_out), nn.LeakyReLU(_SLOPE)]
        self.discriminator = nn.Sequential(*layers, nn.Linear(widths[-1], 1))

    def judge(self, z_BL: Tensor) -> Tensor:
        """Return the discriminator's log odds, (B,), that codes are draws of N(0, 1)."""
        return cast(Tensor, self.discriminator(z_BL)).float().squeeze(1)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        output = self.decoder_output(self.encode(batch.x), teacher=batch.x)
        return {"reconstruction": self.reconstruction(output, batch.x, batch.present)}

    def discriminator_terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        """Return what the discriminator minimises, each (B,)."""
        with torch.no_grad():
            z_BL = self.encode(batch.x).float()
        # One pass over both costs less than two.
        draws_BL = self.noise.normal_like(z_BL)
        of_prior_B, of_codes_B = self.judge(torch.cat([draws_BL, z_BL])).tensor_split(2)
        return {"prior": taken_for_real(of_prior_B), "codes": taken_for_forged(of_codes_B)}

    def generator_terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        """Return what the encoder minimises in its role as a forger, (B,)."""
        return {"codes": taken_for_real(self.judge(self.encode(batch.x)))}

    def phases(self) -> tuple[Phase, ...]:
        judging = tuple(self.discriminator.parameters())
        judges = {id(parameter) for parameter in judging}
        own = tuple(p for p in self.parameters() if id(p) not in judges)
        encoding = tuple(self.encoder.parameters())
        rates = self.options.discriminator_rate, self.options.regularisation
        return (
            Phase("", own, self.terms),
            Phase("discriminator", judging, self.discriminator_terms, rates[0]),
            Phase("generator", encoding, self.generator_terms, rates[1]),
        )
