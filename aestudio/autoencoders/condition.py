"""A label beside the code: what is known about a sample need not be told by its code.

Sohn, Lee & Yan 2015, "Learning structured output representation using deep conditional generative
models", https://papers.nips.cc/paper/5775. Two things differ. The prior stays N(0, 1) for every
label, as in Kingma et al. 2014, https://arxiv.org/abs/1406.5298, section 2.2, where Sohn et al.
learn one for each condition. And at every step a share of the labels is hidden behind an entry of
its own, "no label" (Ho & Salimans 2022, https://arxiv.org/abs/2207.12598, section 3.2), so that the
same model encodes and decodes samples that nobody has labelled.

Shapes: B batch, L code size, C labels.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import AutoencoderOptions, Plan
from aestudio.errors import OptionError
from aestudio.networks.noise import NoiseSource
from aestudio.options import option

#: Beyond this a label is rather the name of its sample than a class.
MOST_LABELS = 1000


class ConditionOptions(AutoencoderOptions):
    """Who is told the label of a sample."""

    conditional: Literal["none", "decoder", "both"] = option(
        "none",
        title="Told the label",
        help="Whether the decoder, or encoder and decoder both, are told the label of each sample, so that the code is free for what labels do not say and samples of a chosen label can be drawn.",
        hint="decoder or both for data with labels; then draw the same code with every label.",
    )
    label_dropout: float = option(
        0.1,
        title="Labels hidden",
        help="The share of labels that is hidden at each step, so that the model also works without a label (conditional only).",
        hint="0.1; more if most samples will be used without a label.",
        ge=0.0,
        le=1.0,
    )
    num_labels: int = option(
        0,
        title="Number of labels",
        help="How many labels there are (conditional only); filled in from the data when training starts.",
        hint="Leave it at 0.",
        filled_in=True,
        ge=0,
        le=MOST_LABELS,
    )


class LabelCondition(nn.Module):
    """What encoder and decoder are given for each label, and for none.

    The decoder gets the label as one-hot, (B, C + 1), beside the code. What the encoder gets is
    added to the sample: one learned sample for each label, which for a dense network is a one-hot
    beside its inputs, and which suits filters and recurrent layers too.
    """

    entries: Tensor

    def __init__(self, options: ConditionOptions, plan: Plan, noise: NoiseSource) -> None:
        super().__init__()
        num_entries = num_conditions(options)
        self._dropout = options.label_dropout
        self._noise = noise
        self.register_buffer("entries", torch.eye(num_entries), persistent=False)
        self.input_shift = (
            nn.Parameter(torch.zeros(num_entries, *plan.sample_shape))
            if options.conditional == "both"
            else None
        )

    @property
    def num_labels(self) -> int:
        return len(self.entries) - 1

    def shown(self, labels_B: Tensor | None) -> Tensor | None:
        """Return the labels with a share of them hidden (-1) while training."""
        if labels_B is None or not self.training or self._dropout == 0:
            return labels_B
        is_hidden_B = self._noise.uniform_like(self.entries.new_empty(len(labels_B)))
        return torch.where(is_hidden_B < self._dropout, -1, labels_B)

    def beside(self, z_BL: Tensor, labels_B: Tensor | None) -> Tensor:
        """Return codes with the one-hot of their labels behind them, (B, L + C + 1)."""
        if labels_B is None:
            one_hot = self.entries[-1:].expand(z_BL.shape[0], -1)
        else:
            one_hot = self.entries[self._places(labels_B)]
        return torch.cat([z_BL, one_hot.to(z_BL.dtype)], 1)

    def shifted(self, x: Tensor, labels_B: Tensor | None, scale: Tensor) -> Tensor:
        """Return samples moved by what stands for their labels, in units of 1 / ``scale``."""
        if self.input_shift is None:
            return x
        if labels_B is None:
            return x + self.input_shift[-1] / scale
        return x + self.input_shift[self._places(labels_B)] / scale

    def _places(self, labels_B: Tensor) -> Tensor:
        return torch.where(labels_B < 0, self.num_labels, labels_B)


def num_conditions(options: ConditionOptions) -> int:
    """Return how many numbers stand beside a code: one for each label and one for none, or 0."""
    return 0 if options.conditional == "none" else options.num_labels + 1


def build_condition(
    options: ConditionOptions, plan: Plan, noise: NoiseSource
) -> LabelCondition | None:
    """Return what labels are turned into, or None where nobody is told them."""
    return None if options.conditional == "none" else LabelCondition(options, plan, noise)


def check_condition(options: ConditionOptions, plan: Plan) -> None:
    """Raise :class:`OptionError` where labels cannot be given to this network."""
    if options.conditional == "none":
        return
    if options.num_labels == 0:
        raise OptionError(
            "labels are to be given to the network, and there are none.",
            subject="autoencoder.conditional",
            next_step="Take data with labels, or set autoencoder.conditional to none.",
        )
    if plan.network.tied:
        raise OptionError(
            "a decoder that is told the label has inputs that the encoder, whose weights it would "
            "share, does not have.",
            subject="network.tied",
            next_step="Set network.tied to false, or autoencoder.conditional to none.",
        )
