"""The types of autoencoders: a new one is a new file in this room with one decorated class."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch

from aestudio.autoencoders.base import Autoencoder, AutoencoderOptions, Plan
from aestudio.discovery import import_neighbours
from aestudio.errors import OptionError
from aestudio.objectives.reconstruction import RECONSTRUCTION_LOSSES
from aestudio.options import parse_options, suggest

_TYPES: dict[str, type[Autoencoder]] = {}

AnyAutoencoder = TypeVar("AnyAutoencoder", bound=type[Autoencoder])


def autoencoder(name: str) -> Callable[[AnyAutoencoder], AnyAutoencoder]:
    """Register a type under the name used by ``autoencoder.type``."""

    def register(cls: AnyAutoencoder) -> AnyAutoencoder:
        if name in _TYPES:
            raise ValueError(f"two autoencoders are registered as {name!r}")
        _TYPES[name] = cls
        return cls

    return register


def types() -> Mapping[str, type[Autoencoder]]:
    """Return every registered type by name, in alphabetical order."""
    import_neighbours(__name__, __file__)
    return dict(sorted(_TYPES.items()))


def autoencoder_class(name: str) -> type[Autoencoder]:
    """Return one type; an unknown name is an :class:`OptionError`."""
    known = types()
    if name not in known:
        raise OptionError(
            f"there is no autoencoder called '{name}'.",
            subject="autoencoder.type",
            next_step=suggest(name, list(known)),
        )
    return known[name]


def parse_autoencoder_options(values: Mapping[str, Any]) -> AutoencoderOptions:
    """Validate the options of the type that ``values['type']`` names."""
    name = str(values.get("type", "undercomplete"))
    options_class = autoencoder_class(name).options_class
    return parse_options(options_class, {**values, "type": name}, "autoencoder")


def build(options: AutoencoderOptions, plan: Plan, *, seed: int = 0) -> Autoencoder:
    """Build an autoencoder whose first weights are a function of ``seed``.

    Impossible combinations of options are an :class:`OptionError`.
    """
    _check_loss(plan)
    cls = autoencoder_class(options.type)
    if not cls.is_regularised:
        _refuse_copying(cls.title, plan)
    # The program's own generator stays where it was: building a second model in between changes
    # nothing for anybody.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return cls(options, plan)


def _refuse_copying(title: str, plan: Plan) -> None:
    """Refuse a code that could hold the whole sample when nothing else forces a summary.

    Goodfellow et al. 2016, Deep Learning, section 14.1, https://www.deeplearningbook.org.
    """
    num_features = math.prod(plan.sample_shape)
    code_size = plan.network.code_size
    if code_size < num_features:
        return
    smaller = f"network.code_size to at most {num_features - 1:,}, or " if num_features > 1 else ""
    choices = " or ".join(name for name, cls in types().items() if cls.is_regularised)
    raise OptionError(
        f"a sample has {num_features:,} {'numbers' if num_features > 1 else 'number'} and the code "
        f"{code_size:,}: the network could copy its input and would learn nothing about it. The "
        f"type '{title}' has nothing but a small code to keep it from that.",
        subject="network.code_size",
        next_step=f"Set {smaller}autoencoder.type to {choices}.",
    )


def _check_loss(plan: Plan) -> None:
    """Raise :class:`OptionError` where the loss does not go with the data or the decoder."""
    loss = RECONSTRUCTION_LOSSES[plan.loss]
    if plan.is_tokens and not loss.needs_tokens:
        raise OptionError(
            f"the loss '{plan.loss}' compares numbers by their distance, and the numbers of tokens "
            "are names: 3 is no nearer to 4 than to 40.",
            subject="training.loss",
            next_step="Set training.loss to categorical.",
        )
    if loss.needs_tokens and not plan.is_tokens:
        raise OptionError(
            "categorical cross-entropy compares symbols, and the samples are measured numbers.",
            subject="training.loss",
            next_step="Set training.loss to mse, or data.kind to tokens if they are symbols.",
        )
    if plan.is_tokens and plan.network.output != "auto":
        raise OptionError(
            "of tokens the decoder gives the probability of each symbol, by a softmax.",
            subject="network.output",
            next_step="Set network.output to auto.",
        )
    if loss.needs_pictures and len(plan.sample_shape) != 3:
        raise OptionError(
            f"the loss '{plan.loss}' compares pictures, and the samples have shape "
            f"{plan.sample_shape}.",
            subject="training.loss",
            next_step="Set training.loss to mse.",
        )
    if loss.needs_unit_interval and not plan.is_unit_interval:
        what = "binary cross-entropy" if plan.loss == "bce" else f"the loss '{plan.loss}'"
        raise OptionError(
            f"{what} needs data between 0 and 1, and the scaled data leaves that range.",
            subject="training.loss",
            next_step="Set preprocess.scaling to minmax, or training.loss to mse.",
        )
    if loss.takes_logits and plan.network.output == "linear":
        raise OptionError(
            "binary cross-entropy needs the sigmoid at the end of the decoder.",
            subject="network.output",
            next_step="Set network.output to auto.",
        )
