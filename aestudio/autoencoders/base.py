"""What every autoencoder is to the trainer and to the views.

Shapes: B batch, L code size, and a sample's own shape after the batch dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from aestudio.autoencoders.mixed_columns import ColumnLosses, MixedColumns
from aestudio.networks.embedding import EmbeddedEncoder
from aestudio.networks.feedback import FeedbackDecoder
from aestudio.networks.noise import NoiseSource
from aestudio.networks.options import NetworkOptions
from aestudio.networks.registry import NetworkPlan, build_network
from aestudio.objectives.reconstruction import reconstruction_loss
from aestudio.options import Options, option
from aestudio.preprocess.table_layout import TableLayout


class AutoencoderOptions(Options):
    """Base of the options that one type of autoencoder adds; ``type`` is its registered name."""

    type: str


def type_option(name: str) -> Any:
    """Declare the option ``type`` of one type of autoencoder; ``name`` is its registered name."""
    return option(
        name,
        title="Type",
        help="What kind of autoencoder learns.",
        hint="Undercomplete for faithful reconstructions, variational for a smooth map.",
        advanced=False,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples in the model's scale, (B, *shape), and their labels, (B,), where there are any.

    Where values are missing, ``present`` is False and something harmless stands in ``x``; None says
    that all are there.
    """

    x: Tensor
    labels: Tensor | None = None
    present: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, for weights that follow a schedule."""

    step: int
    steps_per_epoch: int


#: Means beyond these would start the decoder where a sigmoid hardly moves any more.
_SIGMOID_REACH = (0.01, 0.99)

#: Stands for the end of every schedule: the weights by which finished models are compared.
FINISHED = Progress(step=2**62, steps_per_epoch=1)


@dataclass(frozen=True, slots=True)
class Phase:
    """Parameters that are stepped together, and the terms that they minimise."""

    #: Empty for the first phase, a word for every other.
    name: str
    parameters: tuple[nn.Parameter, ...]
    terms: Callable[[Batch, Progress], Mapping[str, Tensor]]
    #: What the learning rate is multiplied by.
    rate: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an autoencoder is built from, apart from the options of its own type.

    Of tokens, ``sample_shape`` is (T, V): one-hot vectors of V symbols at each of T steps.
    """

    network: NetworkOptions
    loss: str
    sample_shape: tuple[int, ...]
    #: Whether the scaled data lies in [0, 1], so that a sigmoid can end the decoder.
    is_unit_interval: bool
    #: Where the loss ``huber`` stops squaring, in model scale.
    huber_delta: float = 0.1
    #: Whether samples are tokens, so that a softmax over the symbols ends the decoder.
    is_tokens: bool = False
    #: The symbol that fills up, if there is one.
    padding: int | None = None
    #: Of tables with columns of several kinds, which numbers belong together.
    table: TableLayout | None = None
    #: Which of these columns have a loss of their own; None where all are compared as numbers.
    column_losses: ColumnLosses | None = None


class Autoencoder(nn.Module):
    """An encoder, a code and a decoder, and the named terms that training minimises.

    A type is one file with a subclass: its options, its :meth:`terms` and, where a term has a
    weight or a schedule, its :meth:`term_weights`.
    """

    options_class: ClassVar[type[AutoencoderOptions]]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    #: Whether codes follow a known prior, N(0, 1), so that new samples can be drawn.
    is_generative: ClassVar[bool] = False
    #: Whether something other than a small code keeps the network from copying its input.
    is_regularised: ClassVar[bool] = False
    #: Whether a number of the code depends on all others, and not on the sample alone.
    reads_code_as_a_whole: ClassVar[bool] = False
    #: Numbers beside the code that the decoder is given, such as the one-hot of a label.
    num_conditions: int = 0

    input_shift: Tensor
    input_scale: Tensor
    output_centre: Tensor
    output_scale: Tensor

    def __init__(self, options: AutoencoderOptions, plan: Plan) -> None:
        super().__init__()
        self.options = options
        self.sample_shape = plan.sample_shape
        self.code_size = plan.network.code_size
        self.noise = NoiseSource()
        self.encoder, self.decoder = build_network(
            NetworkPlan(
                options=plan.network,
                sample_shape=plan.sample_shape,
                num_code_outputs=self.outputs_per_code(options) * plan.network.code_size,
                num_conditions=self.num_conditions,
                noise=self.noise,
                categories=() if plan.table is None else plan.table.categories,
            )
        )
        self._loss = reconstruction_loss(plan.loss, plan.huber_delta, plan.padding)
        wants_sigmoid = plan.network.output == "sigmoid" or (
            plan.network.output == "auto" and plan.is_unit_interval
        )
        self._ends_in_softmax = plan.is_tokens
        self._ends_in_sigmoid = not plan.is_tokens and (wants_sigmoid or self._loss.takes_logits)
        if plan.is_tokens and isinstance(self.decoder, FeedbackDecoder):
            self.decoder.writes_symbols = True
        self.columns = None if plan.column_losses is None else MixedColumns(plan.column_losses)
        self.register_buffer("input_shift", torch.zeros(plan.sample_shape))
        self.register_buffer("input_scale", torch.ones(()))
        self.register_buffer("output_centre", torch.zeros(plan.sample_shape))
        # Only measured numbers are spread out; logits are as they are.
        scale_shape = () if self.columns is None else plan.sample_shape
        self.register_buffer("output_scale", torch.ones(scale_shape))

    @classmethod
    def outputs_per_code(cls, options: AutoencoderOptions) -> int:
        """How many outputs of the encoder there are for each number of the code.

        2 where it gives a mean and a variance.
        """
        return 1

    def adapt(self, mean: Tensor, spread: float) -> None:
        """Start from the mean sample, so that only what differs from it has to be learned.

        ``mean`` is ``sample_shape``; ``spread`` is the root mean square distance from it per
        feature; both in model scale. Data without any spread changes nothing.
        """
        if not spread > 0:
            return
        self.input_shift.copy_(-mean / spread)
        self.input_scale.fill_(1 / spread)
        if self._ends_in_softmax:
            # A decoder that sees which symbol it chose has to know all that decides about it.
            if not isinstance(self.decoder, FeedbackDecoder):
                self.output_centre.copy_(mean.clamp(min=_SIGMOID_REACH[0]).log())
        elif self._ends_in_sigmoid:
            self.output_centre.copy_(mean.clamp(*_SIGMOID_REACH).logit())
        else:
            self.output_centre.copy_(mean)
            self.output_scale.fill_(spread)
        if self.columns is not None:
            self.columns.begin(mean, self.output_centre, self.output_scale)

    def encoder_output(self, x: Tensor) -> Tensor:
        """Return what the encoder gives, (B, outputs_per_code * L), for samples in model scale."""
        encoder = self.encoder
        if not isinstance(encoder, EmbeddedEncoder):
            x = torch.addcmul(self.input_shift, x, self.input_scale)
        return cast(Tensor, encoder(x))

    def decoder_output(self, z_BL: Tensor, teacher: Tensor | None = None) -> Tensor:
        """Return the decoder's values before :meth:`finish`, (B, *shape), in single precision.

        ``teacher`` is what should come out, (B, *shape) in model scale. Decoders with feedback
        look at it while they train; all others do without.
        """
        decoder = self.decoder
        if teacher is not None and isinstance(decoder, FeedbackDecoder):
            output = decoder(z_BL, self._before_finish(teacher))
        else:
            output = decoder(z_BL)
        # In half precision a step of the mean would already be visible.
        single = cast(Tensor, output).float()
        if not self._ends_in_sigmoid:
            return torch.addcmul(self.output_centre, single, self.output_scale)
        # A copy just made is nobody else's, and may be written to.
        is_copy = single is not output
        return single.add_(self.output_centre) if is_copy else single + self.output_centre

    def encode(self, x: Tensor) -> Tensor:
        """Return the codes (B, L) of samples in the model's scale; no noise."""
        return self.encoder_output(x)

    def encode_with_spread(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return what :meth:`encode` does, and the standard deviations of each code, (B, L).

        None where a code is a single point and not a cloud.
        """
        return self.encode(x), None

    def decode(self, z_BL: Tensor) -> Tensor:
        """Return samples (B, *shape) in the model's scale."""
        return self.finish(self.decoder_output(z_BL))

    def forward(self, x: Tensor) -> Tensor:
        """Return the reconstruction of ``x``."""
        return self.decode(self.encode(x))

    def finish(self, output: Tensor) -> Tensor:
        """Apply the decoder's last activation."""
        if self._ends_in_softmax:
            return torch.softmax(output, dim=-1)
        if self.columns is not None:
            return self.columns.finish(output, self.finish_numbers)
        return self.finish_numbers(output)

    def finish_numbers(self, output: Tensor) -> Tensor:
        """Apply the last activation of what is measured."""
        return torch.sigmoid(output) if self._ends_in_sigmoid else output

    def _before_finish(self, x: Tensor) -> Tensor:
        """Return what a decoder with feedback is shown for samples in model scale.

        What it would itself have to give, or the symbols that it would have to choose.
        """
        if self._ends_in_softmax:
            return x
        if self._ends_in_sigmoid:
            return x.clamp(*_SIGMOID_REACH).logit() - self.output_centre
        return (x - self.output_centre) / self.output_scale

    def reconstruction(
        self, output: Tensor, target: Tensor, present: Tensor | None = None
    ) -> Tensor:
        """Return the chosen loss per sample, (B,), from the decoder's values before ``finish``.

        Of what is ``present``, which has the target's form; of everything where it is None. Summed
        over features; over columns where a table's columns have losses of their own.
        """
        if self.columns is not None:
            return self.columns.loss(output, target, present, self.loss_of_numbers)
        return self.loss_of_numbers(output, target, present)

    def loss_of_numbers(
        self, output: Tensor, target: Tensor, present: Tensor | None = None
    ) -> Tensor:
        """Return the loss of what is measured, and of symbols, per sample, (B,)."""
        values = output if self._loss.takes_logits else self.finish_numbers(output)
        return self._loss.function(values, target, present)

    def terms(self, batch: Batch, progress: Progress) -> dict[str, Tensor]:
        """Return the named parts of the loss, unweighted.

        Each is (B,), one number per sample; a term that only exists over a batch is a scalar.
        """
        raise NotImplementedError

    def term_weights(self, progress: Progress) -> dict[str, float]:
        """Return the weights that differ from 1 at this point of the run."""
        return {}

    def phases(self) -> tuple[Phase, ...]:
        """Return what is stepped in turn; one phase unless the type is adversarial.

        The first phase has no name, and its terms are the loss of the run. The terms of the others
        are reported behind their phase's name, and weighted under that: "discriminator: prior".
        """
        return (Phase("", tuple(self.parameters()), self.terms),)
