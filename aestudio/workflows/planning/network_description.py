"""What network a recipe builds for given data, layer by layer, without building it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from aestudio.autoencoders.registry import autoencoder_class
from aestudio.data.dataset import Dataset, Kind
from aestudio.experiment import Experiment
from aestudio.networks.hourglass import Hourglass, describe_network


@dataclass(frozen=True, slots=True)
class NetworkDescription:
    """The layers of encoder and decoder, what they cost, and how much smaller the code is.

    What a type has beside its two networks (a codebook, a discriminator) is not counted.
    """

    hourglass: Hourglass

    @property
    def summary(self) -> str:
        """The two figures that matter, in one line."""
        ratio = _ratio(self.hourglass.compression_ratio)
        return f"{self.hourglass.num_parameters:,} parameters, compression {ratio}:1"

    def to_json(self) -> dict[str, Any]:
        return {
            "layers": [
                {
                    "name": layer.name,
                    "part": layer.part,
                    "shape": list(layer.shape),
                    "parameters": layer.num_parameters,
                }
                for layer in self.hourglass.layers
            ],
            "parameters": self.hourglass.num_parameters,
            "code_size": self.hourglass.code_size,
            "compression_ratio": self.hourglass.compression_ratio,
        }

    def rows(self) -> list[list[str]]:
        """Return the layers as a table, the head first."""
        return [
            ["Part", "Layer", "Gives", "Parameters"],
            *(
                [
                    layer.part,
                    layer.name,
                    " x ".join(map(str, layer.shape)),
                    f"{layer.num_parameters:,}" if layer.num_parameters else "",
                ]
                for layer in self.hourglass.layers
            ),
        ]


def network_shape(dataset: Dataset) -> tuple[int, ...]:
    """Return the shape of one sample as the network sees it: one-hot for tokens and categories."""
    if dataset.columns:
        return (sum(len(column.categories) or 1 for column in dataset.columns),)
    if dataset.kind is Kind.TOKENS:
        return (*dataset.shape, len(dataset.symbols))
    return dataset.shape


def category_places(dataset: Dataset) -> tuple[tuple[int, int], ...]:
    """Return (start, stop) of each column of categories in a sample as the network sees it."""
    stops = list(accumulate(len(column.categories) or 1 for column in dataset.columns))
    return tuple(
        (stop - len(column.categories), stop)
        for stop, column in zip(stops, dataset.columns, strict=True)
        if column.categories
    )


def describe(
    experiment: Experiment,
    shape: tuple[int, ...],
    categories: tuple[tuple[int, int], ...] = (),
) -> NetworkDescription:
    """Describe the network of ``experiment`` for samples of ``shape``, as it sees them.

    ``categories`` are those of :func:`category_places`.

    Raises :class:`OptionError` where such a network cannot be built.
    """
    outputs = autoencoder_class(experiment.autoencoder.type).outputs_per_code(
        experiment.autoencoder
    )
    return NetworkDescription(
        describe_network(experiment.network, shape, outputs_per_code=outputs, categories=categories)
    )


def _ratio(value: float) -> str:
    """Return three digits, and large ratios whole.

    >>> [_ratio(value) for value in (0.5, 5.5, 24.25, 6144.0)]
    ['0.5', '5.5', '24.2', '6,144']
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
